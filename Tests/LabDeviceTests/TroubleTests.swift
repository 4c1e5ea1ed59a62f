// SPDX-License-Identifier: BSD-2-Clause

import CLab
import Foundation
import Testing
import Topology
import Wiring

/// Loss, delay, rate, cuts and captures do what they say, to the link that is named.
@Suite(.timeLimit(.minutes(5))) struct TroubleTests {
    private let mesh = Assembly("mesh") {
        VMs(0..<3)
        Partition("lan") { Mesh(0..<3) }
    }

    /// Sends frames 0… from VM 0 to VM 1, some at a time, and gives the numbers of those that arrive.
    /// - Parameter lost: those that are not waited for; `nil`: all.
    private func pass(_ count: Int, _ lab: SmallLab, length: Int = 60, to: Int = 1, lost: Int? = 0) -> [UInt32] {
        var arrived: [UInt32] = []
        for number in 0..<count {
            lab.vms[0].send(
                Frame(to: lab.vms[to].wiring.mac, from: lab.vms[0].wiring.mac, number: UInt32(number), length: length))
            if number % 16 == 15 {
                while let frame = lab.vms[to].receive(within: 0) { arrived.append(frame.number) }
            }
        }
        let rest = count - (lost ?? count) - arrived.count
        return arrived + lab.vms[to].receiveAll(rest, quiet: 200).map(\.number)
    }

    @Test func asManyAreLostAsWereAskedForAndTheSameWithTheSameSeed() throws {
        var runs: [[UInt32]] = []
        for seed: UInt64 in [1, 1, 2] {
            let lab = try SmallLab(mesh, .roomy)
            let link = try lab.vms[0].link(to: 1)
            try lab.vms[0].impair(link) {
                $0.loss = 200_000
                $0.seed = seed
            }
            var arrived = pass(2000, lab, lost: nil)
            // Mean 400, standard deviation 18: five of them.
            let lost = lab.vms[0].statistics(ofLink: link) { $0.sent.frames + $0.drops(LAB_DROP_LOSS) == 2000 }
            #expect((310...490).contains(lost.drops(LAB_DROP_LOSS)))
            arrived += lab.vms[1].receiveAll(Int(lost.sent.frames) - arrived.count).map(\.number)
            #expect(arrived.count == Int(lost.sent.frames))
            runs.append(arrived)
            // The other links lose nothing.
            #expect(pass(100, lab, to: 2).count == 100)
        }
        #expect(runs[0] == runs[1])
        #expect(runs[0] != runs[2])
    }

    @Test func framesAreDelayedAndKeepTheirOrder() throws {
        let lab = try SmallLab(mesh, .roomy)
        let link = try lab.vms[0].link(to: 1)
        try lab.vms[0].impair(link) {
            $0.delay = 30_000_000
            $0.jitter = 10_000_000
        }
        #expect(pass(300, lab) == Array(0..<300))
        let back = lab.vms[1].statistics(ofLink: try lab.vms[1].link(to: 0)) { $0.received.frames == 300 }
        let (least, median) = withUnsafePointer(to: back.latency) {
            (lab_histogram_quantile($0, 0), lab_histogram_quantile($0, 0.5))
        }
        #expect(least >= 20_000_000, "\(least) ns")
        #expect(median >= 25_000_000, "\(median) ns")
        // Taken back, frames pass at once again, and behind those that wait.
        try lab.vms[0].impair(link) { _ in }
        #expect(pass(10, lab) == Array(0..<10))
    }

    @Test func aRateIsKept() throws {
        let lab = try SmallLab(mesh, .roomy)
        let link = try lab.vms[0].link(to: 1)
        try lab.vms[0].impair(link) {
            $0.rate = 8_000_000
            $0.queue_bytes = 1 << 20
        }
        let begin = ContinuousClock.now
        // 300 frames of 1000 bytes at a megabyte a second.
        #expect(pass(300, lab, length: 1000) == Array(0..<300))
        let time = ContinuousClock.now - begin - .milliseconds(200)
        #expect(time > .milliseconds(290), "\(time)")
    }

    @Test func whatFindsNoRoomInTheQueueIsCounted() throws {
        let lab = try SmallLab(mesh, .roomy)
        let link = try lab.vms[0].link(to: 1)
        try lab.vms[0].impair(link) {
            // All have been sent when the first of them leaves the queue.
            $0.delay = 4_000_000_000
            $0.queue_bytes = 1 << 17
        }
        var arrived = pass(200, lab, length: 1400, lost: nil)
        let counted = lab.vms[0].statistics(ofLink: link) { $0.sent.frames + $0.drops(LAB_DROP_QUEUE) == 200 }
        arrived += lab.vms[1].receiveAll(Int(counted.sent.frames) - arrived.count).map(\.number)
        #expect(counted.drops(LAB_DROP_QUEUE) > 100)
        #expect(arrived.count == Int(counted.sent.frames))
        #expect(arrived == Array(0..<UInt32(arrived.count)))
    }

    @Test func aCutLinkCarriesNothingAndIsHealed() throws {
        let lab = try SmallLab(mesh, .roomy)
        let out = try lab.vms[0].link(to: 1)
        let back = try lab.vms[1].link(to: 0)
        try lab.vms[0].cut(out, true)
        #expect(pass(10, lab, lost: nil) == [])
        #expect(pass(10, lab, to: 2).count == 10)
        #expect(lab.vms[0].statistics(ofLink: out) { $0.drops(LAB_DROP_CUT) == 10 }.drops(LAB_DROP_CUT) == 10)
        #expect(lab.vms[0].statistics(ofLink: out).state == UInt64(LAB_LINK_CUT.rawValue))
        // At the receiving end alone.
        try lab.vms[0].cut(out, false)
        try lab.vms[1].cut(back, true)
        #expect(pass(10, lab, lost: nil) == [])
        func cut(_ stats: lab_link_stats) -> UInt64 {
            withUnsafePointer(to: stats.received) { lab_flow_drops($0, LAB_DROP_CUT) }
        }
        let counted = lab.vms[1].statistics(ofLink: back) { cut($0) == 10 }
        #expect(cut(counted) == 10)
        #expect(counted.received.frames == 0)
        try lab.vms[1].cut(back, false)
        #expect(pass(10, lab).count == 10)
    }

    @Test func captureSeesWhatPasses() throws {
        let lab = try SmallLab(mesh, .roomy)
        let sender = lab.vms[0]
        let link = try sender.link(to: 1)
        let (reading, writing) = try Descriptor.pipe()
        var said = lab_capture()
        said.number = 2
        said.link = UInt32(link)
        said.length = 64
        #expect(sender.process.say(said, LAB_CAPTURE, head: \.head, [writing]) == .done)
        #expect(pass(20, lab, length: 100).count == 20)
        #expect(pass(5, lab, to: 2).count == 5)
        lab.vms[1].send(Frame(to: sender.wiring.mac, from: lab.vms[1].wiring.mac, number: 500))
        #expect(sender.receive()?.number == 500)
        let records = Record.all(of: reading, 21)
        #expect(records.map(\.head.link) == Array(repeating: UInt32(link), count: 21))
        #expect(records.dropLast().map { Frame($0.bytes).number } == Array(0..<20))
        #expect(records.dropLast().allSatisfy { $0.head.direction == LAB_SENT.rawValue && $0.head.original == 100 })
        #expect(records.dropLast().allSatisfy { $0.bytes.count == 64 && Frame($0.bytes).isWhole })
        #expect(records.last?.head.direction == LAB_RECEIVED.rawValue)
        #expect(records.last.map { Frame($0.bytes).number } == 500)
        #expect(sender.process.say(said, LAB_CAPTURE, head: \.head) == .done)
        #expect(pass(3, lab).count == 3)
        #expect(Record.all(of: reading).isEmpty)
    }

    /// A reader that stands still loses records, which are counted; frames pass all the same. One that goes is reported.
    @Test func captureNeverHoldsFramesUp() throws {
        let lab = try SmallLab(mesh, .roomy)
        let sender = lab.vms[0]
        try watchSlowly(lab)
        #expect(pass(10, lab).count == 10)
        #expect(sender.process.event { $0 == .captureEnded(number: 0) } != nil)
    }

    /// The pipe is closed when this returns.
    private func watchSlowly(_ lab: SmallLab) throws {
        let (reading, writing) = try Descriptor.pipe()
        var said = lab_capture()
        said.link = LAB_ALL_LINKS
        #expect(lab.vms[0].process.say(said, LAB_CAPTURE, head: \.head, [writing]) == .done)
        // A pipe of 64 KiB and a buffer of 256 KiB take 208 of these.
        #expect(pass(400, lab, length: 1514).count == 400)
        // The next record that finds room says how many did not.
        let isSaid = eventually {
            let dropped = Record.all(of: reading).map(\.head.dropped).max() ?? 0
            #expect(pass(1, lab).count == 1)
            return dropped > 100
        }
        #expect(isSaid)
    }
}

extension lab_link_stats {
    func drops(_ cause: lab_drop) -> UInt64 { withUnsafePointer(to: sent) { lab_flow_drops($0, cause) } }
}

/// A record of a capture.
struct Record {
    let head: lab_record
    let bytes: [UInt8]

    /// So many of a pipe, and all that comes behind them until nothing has come for a while.
    static func all(of pipe: Descriptor, _ count: Int = 0) -> [Record] {
        var stream: [UInt8] = []
        var records: [Record] = []
        while let more = pipe.read(within: records.count < count ? patience : 150) {
            stream += more
            while let record = Record(first: stream) {
                records.append(record)
                stream.removeFirst(MemoryLayout<lab_record>.size + record.bytes.count)
            }
        }
        return records
    }

    /// What stands at the front of a stream, once it is there whole.
    private init?(first stream: [UInt8]) {
        let size = MemoryLayout<lab_record>.size
        guard stream.count >= size else { return nil }
        head = stream.withUnsafeBytes { $0.loadUnaligned(as: lab_record.self) }
        guard stream.count >= size + Int(head.length) else { return nil }
        bytes = Array(stream[size..<size + Int(head.length)])
    }
}
