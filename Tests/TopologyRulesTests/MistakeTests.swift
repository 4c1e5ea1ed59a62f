// SPDX-License-Identifier: BSD-2-Clause

import Testing
import TopologyRules
import Wiring

/// Each row of "Mistakes and when they surface today" in `docs/upstream-facts.md`, in its order: what surfaces there in a
/// template, at link time, at boot or never is said here at lint time, with the place; or cannot be written at all.
@Suite struct MistakeTests {
    private let vms = "VMs(0..<3)\n"

    // MARK: Said at lint time

    @Test func asymmetricLink() {
        expectFindings(
            vms + "Partition(\"t\") {\n    Connect(0, to: 1️⃣1, 2)\n    2️⃣Connect(1, to: 2)\n    Connect(2, to: 0, 1)\n}",
            [Expected("1️⃣", "TOPO304", "VM 0 connects to VM 1, which does not connect back", labels: "2️⃣")])
    }

    @Test func aPeersTopologyIsMissing() {
        expectFindings(
            "VMs(0..<2)\nPartition(\"t\") { Connect(0, to: 1️⃣1) }",
            [Expected("1️⃣", "TOPO304", "VM 0 connects to VM 1, which does not connect back")])
    }

    @Test func theSamePairInTwoTopologies() {
        expectFindings(
            "VMs(0..<2)\nPartition(\"a\") { 1️⃣Link(0, 1) }\nPartition(\"b\") { 2️⃣Link(0, 1) }",
            [
                Expected(
                    "2️⃣", "TOPO305", "VMs 0 and 1 are linked by partition \"b\" and by partition \"a\"", labels: "1️⃣")
            ])
    }

    @Test func duplicatePeer() {
        expectFindings(
            "VMs(0..<2)\nPartition(\"t\") {\n    Connect(0, to: 1️⃣1, 2️⃣1)\n    Connect(1, to: 0)\n}",
            [Expected("2️⃣", "TOPO303", "partition \"t\" links VMs 0 and 1 more than once", labels: "1️⃣")])
    }

    @Test func selfLink() {
        expectFindings(
            "VMs(0..<2)\nPartition(\"t\") {\n    Connect(1️⃣0, to: 1, 2️⃣0)\n    Connect(1, to: 0)\n}",
            [Expected("2️⃣", "TOPO302", "VM 0 is linked with itself", labels: "1️⃣")])
    }

    @Test func duplicateMAC() {
        expectFindings(
            """
            VM(0, mac: 1️⃣"02:00:00:00:AA:01")
            VM(1, mac: 2️⃣"02:00:00:00:AA:01")
            Partition("t") { Link(0, 1) }
            """,
            [Expected("2️⃣", "TOPO206", "VM 0 and VM 1 have the MAC address 02:00:00:00:AA:01", labels: "1️⃣")])
    }

    /// A VM's own address, and so a peer's: each is some VM's own.
    @Test func badMAC() {
        expectFindings(
            "VM(0, mac: 1️⃣\"02:00:00:00:AA:1\")\nVM(1)\nPartition(\"t\") { Link(0, 1) }",
            [Expected("1️⃣", "TOPO201", "VM 0 has the MAC address \"02:00:00:00:AA:1\", which cannot be read")])
    }

    @Test func zeroAndMulticastMAC() {
        expectFindings(
            """
            VM(0, mac: 1️⃣"00:00:00:00:00:00")
            VM(1, mac: 2️⃣"01:00:5E:00:00:01")
            Partition("t") { Link(0, 1) }
            """,
            [
                Expected(
                    "1️⃣", "TOPO202", "VM 0 has the MAC address 00:00:00:00:00:00, which marks a free slot of the switch"),
                Expected("2️⃣", "TOPO204", "VM 1 has the multicast address 01:00:5E:00:00:01 as its own MAC address"),
            ])
    }

    @Test func unknownPeer() {
        expectFindings(
            "VMs(0..<2)\nPartition(\"t\") { Mesh(0, 1, 1️⃣7) }",
            [Expected("1️⃣", "TOPO301", "partition \"t\" names VM 7, which is not declared; did you mean 1?")])
    }

    @Test func aRowWithoutAPeer() {
        expectFindings(
            vms + "Partition(\"t\") {\n    Mesh(0..<3)\n    1️⃣Connect(2)\n}",
            [Expected("1️⃣", "TOPO310", "a Connect names only 2")])
        expectFindings(
            vms + "Partition(\"t\") {\n    Mesh(0..<3)\n    1️⃣Connect(2, to: 0..<0)\n}",
            [Expected("1️⃣", "TOPO310", "a Connect names only 2")])
    }

    @Test func emptyLayout() {
        expectFindings(
            "VM(0)\nVM(1)\nVM(1️⃣2)\nPartition(\"t\") { Link(0, 1) }",
            [Expected("1️⃣", "TOPO308", "VM 2 is in no partition")])
    }

    @Test func fivePeers() {
        expectFindings(
            "VM(1️⃣0)\nVMs(1..<6)\nPartition(\"t\") { 2️⃣Star(hub: 0, 1..<6) }",
            [
                Expected("1️⃣", "TOPO401", "VM 0 has 5 peers, and a VM's switch holds 4", labels: "2️⃣"),
                Expected(
                    "1️⃣", "TOPO402", "VM 0 needs 13 notification badges, and there are 11", labels: "2️⃣"),
            ], target: .newest.overTree, ignoring: ["TOPO309"])
    }

    // MARK: Cannot be written

    private func wiring(_ body: String) throws -> Wiring {
        try #require(Marked(assembly(body)).lint(allowing: ["TOPO309"]).wiring)
    }

    /// A VM without a MAC address of its own has the pool's, so that none is missing, in no VM's layout.
    @Test func aMissingMACADDRESS() throws {
        let wiring = try wiring("VM(0, mac: \"02:00:00:00:BB:00\")\nVM(1)\nPartition(\"t\") { Link(0, 1) }")
        #expect(wiring.vms.map(\.mac.description) == ["02:00:00:00:BB:00", "02:00:00:00:AA:02"])
        #expect(wiring.flows.map(\.destinationMAC.description) == ["02:00:00:00:AA:02", "02:00:00:00:BB:00"])
    }

    /// `01` is the number 1, and is written as one.
    @Test func anIdWithAZeroBefore() throws {
        let wiring = try wiring("VM(00)\nVM(01)\nPartition(\"t\") { Link(00, 01) }")
        #expect(wiring.vms.map(\.instance) == ["vm0", "vm1"])
        #expect(wiring.vms[0].peers.map(\.sendInterface) == ["ether_1_send"])
    }

    /// No CONNECT, no CONFIG, a misspelt topology entry, a handler for the wrong VM, crossed wiring, swapped or duplicate
    /// ids, an absent MAC, unknown instances: all of them are read from one wiring, in which each end of each VM stands in
    /// one connection, once, and meets the end that answers it.
    @Test(arguments: [
        "VMs(0..<4)\nPartition(\"t\") { Mesh(0..<4) }",
        "VMs(0..<5)\nPartition(\"t\") { Ring(0..<5) }",
        "VMs(0..<5)\nPartition(\"a\") { Mesh(0, 1, 2) }\nPartition(\"b\") { Star(hub: 2, 3, 4) }",
        "VMs(0..<3)\nPartition(\"t\") {\n    Connect(2, to: 1, 0)\n    Connect(0, to: 2)\n    Connect(1, to: 2)\n}",
        "VMs(0..<4)\nPartition(\"t\") {\n    Link(0, 1)\n    Link(2, 3, queueLength: 128)\n    Link(1, 2, sharedMemory: 65536)\n}",
    ])
    func crossedOrMissingEnds(_ body: String) throws {
        let wiring = try wiring(body)
        for vm in wiring.vms {
            // Ids run from 0 without a gap; to send is even, to receive is odd.
            #expect(vm.peers.map(\.sendID) == vm.peers.indices.map { 2 * $0 })
            #expect(vm.peers.map(\.receiveID) == vm.peers.indices.map { 2 * $0 + 1 })
            #expect(Set(vm.peers.map(\.number)).count == vm.peers.count)
            for peer in vm.peers {
                let other = try #require(wiring.vms[peer.number].peers.first { $0.number == vm.number })
                #expect(other.connection == peer.connection)
                #expect(other.sharedMemory == peer.sharedMemory)
                let rows = wiring.connections[peer.connection].rows
                #expect(rows.filter { $0.vm == vm.number }.map { $0.peers.filter { $0 == peer.number }.count } == [1])
            }
        }
        // The ends of all connections are those of all VMs, and each flow meets its answer.
        let ends = wiring.connections.flatMap(\.rows).map(\.peers.count).reduce(0, +)
        #expect(ends == wiring.vms.map(\.peers.count).reduce(0, +))
        let flows = wiring.flows
        #expect(flows.count == ends)
        for flow in flows {
            #expect(flow.destinationMAC == wiring.vms[flow.destination].mac)
            #expect(flows.contains { $0.source == flow.destination && $0.destination == flow.source })
        }
        #expect(Set(wiring.connections.map(\.initInstance)).count == wiring.connections.count)
    }
}
