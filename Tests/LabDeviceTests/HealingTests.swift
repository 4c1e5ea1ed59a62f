// SPDX-License-Identifier: BSD-2-Clause

import CLab
import Foundation
import Testing
import Topology
import Wiring

/// Peers that die, and peers that lie.
@Suite(.timeLimit(.minutes(5))) struct HealingTests {
    private let mesh = Assembly("mesh") {
        VMs(0..<3)
        Partition("lan") { Mesh(0..<3) }
    }

    /// Numbered frames, both ways, while one end is killed and healed again and again: none comes twice, none is torn,
    /// none out of order, and after each healing they come again.
    @Test func noFrameComesTwiceAndNoneIsTorn() throws {
        let lab = try SmallLab(mesh)
        var sent: [UInt32] = [0, 0]
        var arrived: [[UInt32]] = [[], []]
        func exchange(_ count: Int) {
            for _ in 0..<count {
                for (side, other) in [(0, 1), (1, 0)] {
                    sent[side] += 1
                    let frame = Frame(
                        to: lab.vms[other].wiring.mac, from: lab.vms[side].wiring.mac, number: sent[side],
                        length: 60 + Int(sent[side]) * 37 % 1400)
                    if lab.vms[side].guests[0].isWritable { lab.vms[side].send(frame) }
                }
                collect(0)
            }
        }
        /// All that comes, and of each at least one more than there were.
        func collect(_ quiet: Int32, beyond before: [Int] = [-1, -1]) {
            for (side, other) in [(0, 1), (1, 0)] {
                let frames = lab.vms[other].receiveAll(before[side] + 1 - arrived[side].count, quiet: quiet)
                #expect(frames.allSatisfy { $0.isWhole })
                arrived[side] += frames.map(\.number)
            }
        }
        for round in 0..<6 {
            exchange(200)
            lab.vms[1].process.kill()
            exchange(round * 3)
            try lab.heal(1)
            collect(100)
            let before = arrived.map(\.count)
            exchange(20)
            collect(100, beyond: before)
            #expect(arrived[0].count > before[0] && arrived[1].count > before[1], "it heals, round \(round)")
        }
        for side in 0..<2 {
            #expect(zip(arrived[side], arrived[side].dropFirst()).allSatisfy { $0 < $1 }, "twice, or out of order")
        }
        // The page went on from where the dead process had left it.
        #expect(lab.vms[1].statistics().starts == 7)
        #expect(lab.vms[0].statistics(ofLink: try lab.vms[0].link(to: 1)) { $0.generation == 7 }.generation == 7)
    }

    /// What a peer published before it died arrives, though the memory has been replaced by then: also more than the
    /// guest has room for at once.
    @Test func whatWasPublishedArrives() throws {
        var settings = SmallVM.Settings()
        settings.memory = 1 << 18
        settings.queueLength = 1024
        let lab = try SmallLab(mesh, settings)
        let (from, to) = (lab.vms[1], lab.vms[0])
        // The receiver stands still while the sender publishes.
        kill(to.process.id, SIGSTOP)
        for number in 0..<700 {
            from.send(Frame(to: to.wiring.mac, from: from.wiring.mac, number: UInt32(number)))
        }
        let link = try from.link(to: 0)
        #expect(from.statistics(ofLink: link) { $0.sent.frames == 700 }.sent.frames == 700)
        from.process.kill()
        kill(to.process.id, SIGCONT)
        try lab.heal(1)
        from.send(Frame(to: to.wiring.mac, from: from.wiring.mac, number: 700))
        #expect(to.receiveAll(701).map(\.number) == Array(0...700))
    }

    /// What the dead had not read is lost, and counted where it was sent.
    @Test func whatWasNotReadIsCounted() throws {
        let lab = try SmallLab(mesh)
        let (from, to) = (lab.vms[0], lab.vms[1])
        let link = try from.link(to: 1)
        kill(to.process.id, SIGSTOP)
        for number in 0..<10 {
            from.send(Frame(to: to.wiring.mac, from: from.wiring.mac, number: UInt32(number)))
        }
        #expect(from.statistics(ofLink: link) { $0.sent.frames == 10 }.sent.frames == 10)
        try lab.restart(1)
        #expect(to.receiveAll() == [])
        #expect(from.statistics(ofLink: link) { $0.generation == 2 }.drops(LAB_DROP_RESTART) == 10)
    }

    /// Memory in which nothing is as it should be: the link is broken and said to be, the other goes on, and a renewed
    /// link carries frames again.
    @Test(arguments: 0..<8) func aLyingPeerHarmsItsOwnLinkAlone(_ seed: Int) throws {
        let lab = try SmallLab(mesh)
        let victim = lab.vms[0]
        let link = try victim.link(to: 1)
        var random = SplitMix(state: UInt64(seed))
        for direction in [Direction(from: 1, to: 0), Direction(from: 0, to: 1)] {
            let memory = try Mapping(try #require(lab.memories[direction]), 32768)
            for offset in stride(from: 0, to: 32768, by: 8) {
                memory.base.storeBytes(
                    of: seed == 0 ? UInt64.max : random.next(), toByteOffset: offset, as: UInt64.self)
            }
            // Descriptors that are available, or used, by their flags.
            if seed > 3 {
                for slot in 0..<256 {
                    let flags: UInt16 = direction.from == 1 ? 1 << 7 : 1 << 7 | 1 << 15
                    memory.base.storeBytes(of: flags, toByteOffset: slot * 16 + 14, as: UInt16.self)
                }
            }
        }
        ring(lab, 1, 0)
        for number in 0..<300 {
            victim.send(Frame(to: lab.vms[1].wiring.mac, from: victim.wiring.mac, number: UInt32(number), length: 1000))
        }
        if seed > 3 {
            #expect(victim.process.event { $0 == .broken(link: UInt32(link), generation: 1) } != nil)
            let broken = UInt64(LAB_LINK_BROKEN.rawValue)
            #expect(victim.statistics(ofLink: link) { $0.state == broken }.state == broken)
        }
        // Whatever the memory made of it: the others are not harmed.
        victim.receiveAll(quiet: 20)
        victim.send(Frame(to: lab.vms[2].wiring.mac, from: victim.wiring.mac, number: 7))
        #expect(lab.vms[2].receive()?.number == 7)
        lab.vms[2].send(Frame(to: victim.wiring.mac, from: lab.vms[2].wiring.mac, number: 8))
        #expect(victim.receiveAll(1).map(\.number) == [8])
        try lab.renewLink(0, 1)
        lab.vms[1].receiveAll(quiet: 50)
        victim.send(Frame(to: lab.vms[1].wiring.mac, from: victim.wiring.mac, number: 9))
        #expect(lab.vms[1].receives(9))
        lab.vms[1].send(Frame(to: victim.wiring.mac, from: lab.vms[1].wiring.mac, number: 10))
        #expect(victim.receives(10))
    }

    /// A peer that takes nothing: its ring fills, frames are parked and then dropped, and the others are served.
    @Test func aPeerThatStandsStillHoldsNobodyUp() throws {
        let lab = try SmallLab(mesh)
        let sender = lab.vms[0]
        kill(lab.vms[1].process.id, SIGSTOP)
        defer { kill(lab.vms[1].process.id, SIGCONT) }
        for number in 0..<100 {
            sender.send(Frame(to: lab.vms[1].wiring.mac, from: sender.wiring.mac, number: UInt32(number), length: 1514))
        }
        sender.send(Frame(to: lab.vms[2].wiring.mac, from: sender.wiring.mac, number: 1000))
        #expect(lab.vms[2].receive()?.number == 1000)
        let link = sender.statistics(ofLink: try sender.link(to: 1)) {
            $0.state == UInt64(LAB_LINK_STALLED.rawValue) && $0.drops(LAB_DROP_STALLED) > 0
        }
        #expect(link.state == UInt64(LAB_LINK_STALLED.rawValue))
        #expect(link.drops(LAB_DROP_STALLED) > 0)
    }

    private func ring(_ lab: SmallLab, _ from: Int, _ to: Int) {
        _ = lab.bells[Direction(from: from, to: to)]?.write([1, 0, 0, 0, 0, 0, 0, 0])
    }
}

extension SmallVM {
    /// Whether the frame of a number comes, maybe behind others.
    fileprivate func receives(_ number: UInt32) -> Bool {
        while let frame = receive() {
            if frame.number == number { return true }
        }
        return false
    }
}

struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var value = (state ^ (state >> 30)) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
        return value ^ (value >> 31)
    }
}
