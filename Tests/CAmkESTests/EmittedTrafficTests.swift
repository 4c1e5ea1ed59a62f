// SPDX-License-Identifier: BSD-2-Clause

import Testing
import Topology
import Wiring

/// Frames through the emitted C: the device, its tables and the core, as they stand in an app, run on this host.
@Suite struct EmittedTrafficTests {
    private func frame(to: MACAddress, from: MACAddress, length: Int = 600) -> [UInt8] {
        to.octets + from.octets + [0x88, 0xb5] + (0..<length - 14).map { UInt8(truncatingIfNeeded: $0) }
    }

    private func machines(_ assembly: Assembly) throws -> (Wiring, Machines) {
        let wiring = try Topologies.wiring(assembly, target: .newest)
        return (wiring, try Machines(wiring))
    }

    @Test func everyFlowCarriesAFrameAndNobodyElseGetsIt() throws {
        let (wiring, machines) = try machines(Topologies.mixed)
        for flow in wiring.flows {
            guard let source = machines[flow.source], machines[flow.destination] != nil else { continue }
            let sent = frame(to: flow.destinationMAC, from: flow.sourceMAC)
            try source.send(sent)
            try machines.settle()
            for (number, machine) in machines.machines {
                #expect(try machine.received() == (number == flow.destination ? [sent] : []), "\(flow)")
            }
        }
    }

    /// What lies in the memory of a link to a VM of the tree is what its libvirtqueue would read; a link between others
    /// holds virtio's packed ring.
    @Test func theLayoutIsThatOfTheWiring() throws {
        let (wiring, machines) = try machines(Topologies.mixed)
        for (source, destination, isTrees) in [(0, 1, true), (2, 3, true), (4, 5, false)] {
            let flow = try #require(wiring.flows.first { $0.source == source && $0.destination == destination })
            let memory = try #require(machines.memory[flow])
            let sent = frame(to: flow.destinationMAC, from: flow.sourceMAC)
            try machines[source]?.send(sent)
            func number<Number: FixedWidthInteger>(_ place: Int, as type: Number.Type) -> Number {
                Number(littleEndian: memory.loadUnaligned(fromByteOffset: place, as: Number.self))
            }
            // virtqueue.h: the available ring (flags, idx, ring), the used ring, the descriptors, the buffers.
            let used = 4 + 2 * flow.queueLength
            let descriptors = used + 4 + 8 * flow.queueLength
            let buffers = descriptors + 16 * flow.queueLength
            guard isTrees else {
                // A packed descriptor: address, length, id, and flags that say that it is available.
                #expect(number(8, as: UInt32.self) == UInt32(sent.count))
                #expect(number(14, as: UInt16.self) & 0x8080 == 0x80)
                continue
            }
            #expect(number(2, as: UInt16.self) == 1)
            let first = descriptors + 16 * Int(number(4, as: UInt16.self))
            #expect(number(first + 8, as: UInt32.self) == UInt32(sent.count))
            let address = buffers + Int(number(first, as: UInt64.self))
            #expect(Array(memory[address..<address + sent.count]) == sent)
        }
    }

    /// VM 4 is a bridge. A station behind it reaches VM 5 and gets its answer; nobody else can do the same.
    @Test func aForeignSourcePassesWhereItWasDeclared() throws {
        let (wiring, machines) = try machines(Topologies.mixed)
        let behind = MACAddress(value: 0x0200_0000_cc01)
        func mac(_ vm: Int) -> MACAddress { wiring.vms[vm].mac }
        let bridge = try #require(machines[4])
        let peer = try #require(machines[5])

        let unasked = frame(to: behind, from: mac(5))
        try peer.send(unasked)
        try machines.settle()
        #expect(try bridge.received() == [], "nothing was learned yet")

        let question = frame(to: mac(5), from: behind)
        try bridge.send(question)
        try machines.settle()
        #expect(try peer.received() == [question])
        try peer.send(unasked)
        try machines.settle()
        #expect(try bridge.received() == [unasked])

        // As the peer itself, the bridge is not believed.
        try bridge.send(frame(to: mac(5), from: mac(5)))
        // The others are pinned: by their own device.
        try peer.send(frame(to: mac(4), from: behind))
        try machines[0]?.send(frame(to: mac(2), from: behind))
        try machines.settle()
        for machine in machines.machines.values { #expect(try machine.received() == []) }
    }

    /// Without the word the same frame goes nowhere.
    @Test func withoutTheWordAForeignSourceIsDropped() throws {
        let (wiring, machines) = try machines(
            Assembly("pair") {
                VMs(0..<2)
                Partition("pair") { Link(0, 1) }
            })
        let source = try #require(machines[0])
        try source.send(frame(to: wiring.vms[1].mac, from: MACAddress(value: 0x0200_0000_cc01)))
        try machines.settle()
        #expect(try machines[1]?.received() == [])
        let own = frame(to: wiring.vms[1].mac, from: wiring.vms[0].mac, length: 1514)
        try source.send(own)
        try machines.settle()
        #expect(try machines[1]?.received() == [own])
    }
}
