// SPDX-License-Identifier: BSD-2-Clause

import Testing
import Topology

@testable import Wiring

/// Three VMs, each joined with each, as upstream's zmq_samples.
private let mesh = Assembly("zmq_samples") {
    for n in 0..<3 {
        VM(n, mac: "02:00:00:00:AA:0\(n + 1)", ip: "192.168.1.\(n + 1)/24")
    }
    Partition("topology_def") {
        Mesh(0, 1, 2)
    }
}

@Suite struct WiringTests {
    @Test func theMeshIsWiredAsUpstreamWiresIt() throws {
        let wiring = try #require(Wiring(Network(mesh), target: .newest))
        #expect(wiring.connections.map(\.name) == ["topology_def_conn"])
        #expect(wiring.connections.map(\.toEnd) == ["init.init"])
        #expect(wiring.connections[0].rows.map(\.peers) == [[1, 2], [0, 2], [0, 1]])
        #expect(wiring.vms[1].peers.map(\.sendID) == [0, 2])
        #expect(wiring.vms[1].peers.map(\.receiveID) == [1, 3])
        #expect(wiring.vms[2].guest.initrd.value == "vm2_rootfs.cpio")
        #expect(wiring.flows.count == 6)
    }

    @Test func sixteenMachinesAreThreeLines() throws {
        let assembly = Assembly("grid") {
            VMs(0..<16)
            Partition("lan") { Mesh(0..<16) }
        }
        let wiring = try #require(Wiring(Network(assembly), target: .newest))
        #expect(wiring.vms[15].mac.description == "02:00:00:00:AA:10")
        #expect(wiring.vms[15].ip.description == "192.168.1.16/24")
        #expect(wiring.flows.count == 16 * 15)
    }

    @Test func aMachineInTwoPartitionsHasIdsThatNeverCollide() throws {
        let assembly = Assembly("bridge") {
            VMs(0..<3)
            Partition("left") { Link(0, 1) }
            Partition("right") { Link(1, 2) }
        }
        let wiring = try #require(Wiring(Network(assembly), target: .newest))
        #expect(wiring.vms[1].peers.map(\.sendID) == [0, 2])
        #expect(wiring.connections.map(\.initInstance) == ["init_left", "init_right"])
    }

    @Test func linksOfOtherSizesGetAConnectionOfTheirOwn() throws {
        let assembly = Assembly("sizes") {
            VMs(0..<3)
            Partition("lan", queueLength: 128) {
                Link(0, 1)
                Link(1, 2, sharedMemory: 65536)
            }
        }
        let wiring = try #require(Wiring(Network(assembly), target: .newest))
        #expect(wiring.connections.map(\.topology) == ["lan_q128_s32768", "lan_q128_s65536"])
    }

    @Test func aRowWithoutAnAnswerIsNotWired() {
        let assembly = Assembly("half") {
            VMs(0..<2)
            Partition("lan") { Connect(0, to: 1) }
        }
        #expect(Wiring(Network(assembly), target: .newest) == nil)
    }
}
