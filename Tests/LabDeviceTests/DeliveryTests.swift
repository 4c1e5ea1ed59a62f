// SPDX-License-Identifier: BSD-2-Clause

import CLab
import Testing
import Topology
import Wiring

/// Frames go where the wiring says, and nowhere else.
@Suite(.timeLimit(.minutes(5))) struct DeliveryTests {
    /// Two partitions that have VM 1 in common, and one VM that has no link.
    private let assembly = Assembly("two") {
        VMs(0..<5)
        Partition("near") { Mesh(0, 1, 2) }
        Partition("far") { Link(1, 3) }
    }

    /// With a process each or one for all, asleep or polling while there is nothing to do, and in either layout.
    @Test(
        arguments: [
            (false, 0, .packed), (true, 0, .packed), (false, 200, .packed), (true, 200, .packed),
            (false, 0, .libvirtqueue), (true, 0, .libvirtqueue),
        ] as [(Bool, UInt32, LinkLayout)])
    func unicastGoesWhereTheWiringSays(_ shared: Bool, _ poll: UInt32, _ layout: LinkLayout) throws {
        var settings = SmallVM.Settings()
        settings.busyPoll = poll
        settings.layout = layout
        let lab = try SmallLab(assembly, settings, shared: shared)
        let flows = Set(lab.wiring.flows.map { Direction(from: $0.source, to: $0.destination) })
        var number: UInt32 = 0
        for from in lab.vms {
            for to in lab.vms where to.wiring.number != from.wiring.number {
                number += 1
                from.send(Frame(to: to.wiring.mac, from: from.wiring.mac, number: number, length: 60 + Int(number)))
                let isWired = flows.contains(Direction(from: from.wiring.number, to: to.wiring.number))
                let frame = to.receive(within: isWired ? patience : 20)
                #expect(frame?.number == (isWired ? number : nil))
                #expect(frame?.isWhole ?? true)
            }
        }
        for vm in lab.vms { #expect(vm.receiveAll(quiet: 20) == []) }
        // Devices that share a process ring no bells.
        func haveRung() -> Bool {
            lab.vms.contains { vm in vm.wiring.peers.indices.contains { vm.statistics(ofLink: $0).signals > 0 } }
        }
        #expect(shared ? !haveRung() : poll > 0 || eventually(haveRung))
    }

    /// Many frames in a row, one by one or as many as there are: none is lost where the guest waits for room.
    @Test(arguments: [1, 3, 256] as [UInt32], [LinkLayout.packed, .libvirtqueue])
    func batchesOfAnySizeLoseNothing(_ batch: UInt32, _ layout: LinkLayout) throws {
        var settings = SmallVM.Settings.roomy
        settings.batch = batch
        settings.layout = layout
        let lab = try SmallLab(assembly, settings)
        let (from, to) = (lab.vms[0], lab.vms[1])
        var arrived: [UInt32] = []
        for number in 0..<2000 as Range<UInt32> {
            while !from.guests[0].isWritable || Int(number) - arrived.count > 500 {
                if let frame = to.receive(within: 100) { arrived.append(frame.number) }
            }
            from.send(Frame(to: to.wiring.mac, from: from.wiring.mac, number: number, length: 60 + Int(number) % 1400))
            while let frame = to.receive(within: 0) {
                #expect(frame.isWhole)
                arrived.append(frame.number)
            }
        }
        arrived += to.receiveAll(2000 - arrived.count).map(\.number)
        #expect(arrived == Array(0..<2000))
    }

    @Test func broadcastGoesToAllPeers() throws {
        let lab = try SmallLab(assembly)
        let everyone = MACAddress(frameNumber: 0xffff_ffff_ffff)
        for from in lab.vms {
            from.send(Frame(to: everyone, from: from.wiring.mac, number: UInt32(from.wiring.number)))
            for to in lab.vms {
                let isPeer = from.wiring.peers.contains { $0.number == to.wiring.number }
                let frames = to.receiveAll(isPeer ? 1 : 0, quiet: 50).map(\.number)
                #expect(frames == (isPeer ? [UInt32(from.wiring.number)] : []), "to VM \(to.wiring.number)")
            }
        }
    }

    /// A VM with an interface for each partition: each has its own address, its own links, and its own frames.
    @Test func interfacesAreApart() throws {
        let lab = try SmallLab(
            Assembly("apart") {
                VM(0)
                VM(1, interfaces: .perPartition)
                VM(2)
                Partition("near") { Link(0, 1) }
                Partition("far") { Link(1, 2) }
            })
        let middle = lab.vms[1]
        try #require(middle.wiring.interfaces.count == 2)
        for (interface, peer) in [(0, 0), (1, 2)] {
            let own = middle.wiring.interfaces[interface].mac
            let other = lab.vms[peer].wiring.mac
            lab.vms[peer].send(Frame(to: own, from: other, number: 1))
            #expect(middle.receive(on: interface)?.number == 1)
            #expect(middle.receive(within: 20, on: 1 - interface) == nil)
            middle.send(Frame(to: other, from: own, number: 2), on: interface)
            #expect(lab.vms[peer].receive()?.number == 2)
            // On the other interface neither its address nor the peer's is known.
            middle.send(Frame(to: other, from: own, number: 3), on: 1 - interface)
            #expect(lab.vms[peer].receive(within: 20) == nil)
        }
    }

    @Test func aFrameUnderAnotherAddressIsDropped() throws {
        let lab = try SmallLab(assembly)
        lab.vms[0].send(Frame(to: lab.vms[1].wiring.mac, from: lab.vms[2].wiring.mac, number: 1))
        lab.vms[0].send(Frame(to: lab.vms[1].wiring.mac, from: lab.vms[0].wiring.mac, number: 2))
        #expect(lab.vms[1].receiveAll(1).map(\.number) == [2])
        let isCounted = eventually {
            let drops = lab.vms[0].statistics().interfaces.0.from_guest
            return withUnsafePointer(to: drops) { lab_flow_drops($0, LAB_DROP_SOURCE) } == 1
        }
        #expect(isCounted)
    }

    @Test func aStreamArrivesWholeAndInOrder() throws {
        let lab = try SmallLab(assembly)
        let (from, to) = (lab.vms[0], lab.vms[1])
        var arrived: [UInt32] = []
        for number in 0..<4_000 {
            let frame = Frame(
                to: to.wiring.mac, from: from.wiring.mac, number: UInt32(number), length: 60 + number % 1455)
            #expect(from.send(frame))
            // Never more on their way than a ring holds: on a busy host the peer may stand still for long.
            while let frame = to.receive(within: number - arrived.count < 32 ? 0 : patience) {
                #expect(frame.isWhole)
                arrived.append(frame.number)
            }
        }
        arrived += to.receiveAll(4_000 - arrived.count).map(\.number)
        #expect(arrived == Array(0..<4_000))
        let link = from.statistics(ofLink: try from.link(to: 1)) { $0.sent.frames == 4_000 }
        #expect(link.sent.frames == 4_000)
        let back = to.statistics(ofLink: try to.link(to: 0)) { $0.received.frames == 4_000 }
        #expect(back.received.frames == 4_000)
        #expect(back.received.bytes == link.sent.bytes)
        #expect(
            (0..<LAB_HISTOGRAM_BUCKETS).reduce(0) { sum, bucket in
                sum + withUnsafePointer(to: back.latency) { lab_histogram_count($0, bucket) }
            } == 4_000)
    }
}
