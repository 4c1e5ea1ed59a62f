// SPDX-License-Identifier: BSD-2-Clause

import CVSwitch
import Testing
import Wiring

/// Random traffic between switches, against a model that only knows who is joined to whom: every frame is delivered once
/// to each place where it belongs, in the order of its link, or it is counted with a cause.
@Suite struct ModelTests {
    @Test(arguments: Array(UInt64(0)..<16))
    func everyFrameIsDeliveredOnceOrCounted(_ seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        let count = Int.random(in: 2...7, using: &random)
        var pairs: [(Int, Int)] = []
        for left in 0..<count {
            for right in (left + 1)..<max(count, left + 1) where Int.random(in: 0..<4, using: &random) > 0 {
                pairs.append((left, right))
            }
        }
        let build = Build(
            ringLength: [4, 8, 16, 32].randomElement(using: &random) ?? 8,
            memory: [4096, 8192, 16384].randomElement(using: &random) ?? 4096,
            parked: UInt16.random(in: 0...12, using: &random))
        let network = try Network(count, joined: pairs, build)
        var model = Model(network, parked: Int(build.parked))
        for _ in 0..<2000 {
            let station = network[Int.random(in: 0..<count, using: &random)]
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<6: model.send(from: station, using: &random)
            case 6: model.resume(station)
            case 7: model.receive(station, budget: UInt32.random(in: 0...6, using: &random))
            case 8:
                station.room = Int.random(in: 0...10, using: &random)
                model.receive(station, budget: 100)
                station.room = .max
            default:
                // A station that sleeps for a while is one that takes nothing for a while.
                if Int.random(in: 0..<20, using: &random) == 0 { model.expire(station) }
            }
        }
        for _ in 0..<100 {
            for station in network.stations {
                model.resume(station)
                model.receive(station, budget: 1000)
            }
        }
        model.checkTheEnd()
    }
}

/// What is on its way, link by link.
private struct Model {
    let network: Network
    let records: Int
    /// In the ring from one station to another; behind it, what waits for room.
    private var ring: [[Int]: [Int]] = [:]
    private var waiting: [[Int]: [Int]] = [:]
    /// The cookies of the frames that wait, and their links.
    private var links: [Int: [Int: Set<Int>]] = [:]
    private var marks: [Int: [Int: Int]] = [:]
    private var frames: [Int: [UInt8]] = [:]
    private var offered = 0
    private var settled = 0
    private var nextMark = 1
    /// Drops that the model foresees, for each station: no link, wrong source, wrong length.
    private var unsent: [Int: [Int]] = [:]

    init(_ network: Network, parked: Int) {
        self.network = network
        records = parked
    }

    mutating func send(from station: Station, using random: inout SplitMix) {
        let mark = nextMark
        nextMark += 1
        var source = station.address
        var to = MACAddress.broadcast
        var length = Int.random(in: 22...300, using: &random)
        switch Int.random(in: 0..<12, using: &random) {
        case 0: to = MACAddress(value: 0x0100_5e00_0000 | random.next() & 0x7f_ffff)
        case 1: to = Network.address(Int.random(in: 0..<40, using: &random))
        case 2: source = Network.address(Int.random(in: 50..<60, using: &random))
        case 3: length = 1515
        case 4: length = 1514
        case 5: break
        default: to = Network.address(Int.random(in: 0..<network.stations.count, using: &random))
        }
        let bytes = frame(to: to, from: source, length: length, mark: mark)
        var targets = station.peers.filter { to.isMulticast || Network.address($0) == to }
        let unsentCause: topoc_switch_drop? =
            if length > 1514 {
                TOPOC_DROP_LENGTH
            } else if source != station.address {
                TOPOC_DROP_SOURCE
            } else if targets.isEmpty && !to.isMulticast {
                TOPOC_DROP_DESTINATION
            } else {
                nil
            }
        if let unsentCause {
            targets = []
            unsent[station.number, default: [0, 0, 0]][Int(unsentCause.rawValue)] += 1
        }
        let free = records - (links[station.number]?.count ?? 0)
        let before = targets.map { Tally(station, $0) }
        let cuts = Int.random(in: 0..<4, using: &random) == 0 ? [3, 14, 20] : []
        let cookie = station.send(bytes, cuts: cuts)
        frames[mark] = bytes
        offered += targets.count
        var waits: Set<Int> = []
        for (target, before) in zip(targets, before) {
            let path = [station.number, target]
            let after = Tally(station, target)
            let queue = waiting[path] ?? []
            if after.sent == before.sent + 1 {
                #expect(queue.isEmpty, "it overtook \(queue.count) frames")
                ring[path, default: []].append(mark)
            } else if after.parked == before.parked + 1 {
                #expect(queue.count < free, "beyond its share of the records")
                waiting[path, default: []].append(mark)
                waits.insert(target)
            } else if after.stalled == before.stalled + 1 {
                settled += 1
            } else {
                #expect(after.noRoom == before.noRoom + 1, "neither sent, nor parked, nor counted")
                #expect(queue.count >= free, "dropped, though there was room to wait")
                settled += 1
            }
        }
        #expect((cookie == nil) == waits.isEmpty)
        if let cookie {
            links[station.number, default: [:]][cookie] = waits
            marks[station.number, default: [:]][cookie] = mark
        }
    }

    mutating func resume(_ station: Station) {
        let before = station.peers.map { Tally(station, $0) }
        station.resume()
        for (target, before) in zip(station.peers, before) {
            for _ in before.sent..<Tally(station, target).sent { leave(station, target, toRing: true) }
        }
        checkCompletions(station)
    }

    mutating func expire(_ station: Station) {
        let before = station.peers.map { Tally(station, $0) }
        _ = station.expire()
        for (target, before) in zip(station.peers, before) {
            for _ in before.stalled..<Tally(station, target).stalled { leave(station, target, toRing: false) }
        }
        checkCompletions(station)
    }

    /// The frame that has waited longest for a link waits no more.
    private mutating func leave(_ station: Station, _ target: Int, toRing: Bool) {
        let path = [station.number, target]
        guard let mark = waiting[path]?.first else {
            Issue.record("a frame left that was not waiting")
            return
        }
        waiting[path]?.removeFirst()
        if toRing { ring[path, default: []].append(mark) } else { settled += 1 }
        for (cookie, waitingMark) in marks[station.number] ?? [:] where waitingMark == mark {
            links[station.number]?[cookie]?.remove(target)
        }
    }

    private mutating func checkCompletions(_ station: Station) {
        let through = (links[station.number] ?? [:]).filter { $0.value.isEmpty }.map(\.key)
        #expect(Set(station.completed) == Set(through))
        #expect(station.completed.count == through.count)
        station.completed = []
        for cookie in through {
            links[station.number]?[cookie] = nil
            marks[station.number]?[cookie] = nil
        }
    }

    mutating func receive(_ station: Station, budget: UInt32) {
        station.delivered = []
        let result = station.receive(budget: budget)
        for bytes in station.delivered {
            guard let from = network.stations.first(where: { $0.address.octets == Array(bytes[6..<12]) })?.number,
                let expected = ring[[from, station.number]]?.first
            else {
                Issue.record("a frame from nowhere")
                return
            }
            ring[[from, station.number]]?.removeFirst()
            settled += 1
            #expect(bytes == frames[expected])
        }
        #expect(station.delivered.count <= Int(budget))
        if result == TOPOC_SWITCH_IDLE {
            for peer in station.peers { #expect(ring[[peer, station.number]]?.isEmpty ?? true) }
        }
        if result == TOPOC_SWITCH_BLOCKED { #expect(station.room == 0) }
    }

    func checkTheEnd() {
        #expect(settled == offered)
        #expect(waiting.values.allSatisfy { $0.isEmpty })
        for station in network.stations {
            let expected = unsent[station.number] ?? [0, 0, 0]
            #expect(station.drops(TOPOC_DROP_LENGTH) == expected[0])
            #expect(station.drops(TOPOC_DROP_SOURCE) == expected[1])
            #expect(station.drops(TOPOC_DROP_DESTINATION) == expected[2])
            #expect(station.waitingCookies.isEmpty)
            #expect(!station.listen())
        }
    }

    /// A link's counters.
    private struct Tally {
        var sent: Int
        var parked: Int
        var noRoom: Int
        var stalled: Int

        init(_ station: Station, _ target: Int) {
            let counters = station.link(to: target).pointee.counters
            sent = Int(counters.sent_frames)
            parked = Int(counters.parked_frames)
            noRoom = station.sendDrops(to: target, TOPOC_DROP_NO_ROOM)
            stalled = station.sendDrops(to: target, TOPOC_DROP_STALLED)
        }
    }
}
