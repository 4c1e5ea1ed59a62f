// SPDX-License-Identifier: BSD-2-Clause

import CVSwitch
import CVirtqueue
import Wiring

/// What the links and the switches of a test are built with.
struct Build {
    var ringLength: UInt16 = 8
    /// Bytes of a link's shared memory.
    var memory: UInt32 = 4096
    var parked: UInt16 = 8
    /// The stations that send from addresses that are not their own.
    var bridges: Set<Int> = []
    /// Learned addresses that a bridge's peers have room for.
    var learned: UInt32 = 0
    var frameMax: UInt32 = 1514

    func sources(of station: Int) -> topoc_switch_sources {
        bridges.contains(station) ? TOPOC_SOURCES_ANY : TOPOC_SOURCES_PINNED
    }
}

/// Memory that lives as long as its owner.
final class Storage {
    private var allocations: [UnsafeMutableRawPointer] = []

    func zeroed<Value>(_ type: Value.Type, count: Int) -> UnsafeMutablePointer<Value> {
        let bytes = max(count, 1) * MemoryLayout<Value>.stride
        let raw = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 4096)
        raw.initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
        allocations.append(raw)
        return raw.bindMemory(to: type, capacity: max(count, 1))
    }

    deinit {
        allocations.forEach { $0.deallocate() }
    }
}

/// A VM: its switch, and a guest that notes down what it is given.
final class Station {
    let number: Int
    let address: MACAddress
    /// The stations behind the links, in the links' order.
    let peers: [Int]
    let sw: UnsafeMutablePointer<topoc_switch>
    let links: UnsafeMutablePointer<topoc_switch_link>
    /// Signals to each peer.
    let signals: UnsafeMutablePointer<Int>
    /// Frames that the guest was given, and how many more it has room for.
    var delivered: [[UInt8]] = []
    var room = Int.max
    /// The cookies of frames that were parked and are through, and what the guest does when it hears of one.
    var completed: [Int] = []
    var onCompletion: ((Station) -> Void)?
    private var waiting: [Int: UnsafeMutableBufferPointer<UInt8>] = [:]
    private var lastCookie = 0
    private let storage: Storage

    init(number: Int, address: MACAddress, peers: [Int], storage: Storage) {
        self.number = number
        self.address = address
        self.peers = peers
        self.storage = storage
        sw = storage.zeroed(topoc_switch.self, count: 1)
        links = storage.zeroed(topoc_switch_link.self, count: peers.count)
        signals = storage.zeroed(Int.self, count: peers.count)
    }

    deinit {
        waiting.values.forEach { $0.deallocate() }
    }

    var waitingCookies: Set<Int> { Set(waiting.keys) }

    /// The configuration of this station's switch over a table.
    func config(_ table: UnsafePointer<topoc_mac_table>, _ build: Build) -> topoc_switch_config {
        var config = topoc_switch_config()
        config.address = address.frameNumber
        config.sources = build.sources(of: number)
        config.frame_max = build.frameMax
        config.table = table
        config.links = links
        config.link_count = UInt16(peers.count)
        config.parked_count = build.parked
        config.parked = storage.zeroed(topoc_switch_parked.self, count: Int(build.parked))
        let learned = build.bridges.isDisjoint(with: peers) ? 0 : build.learned
        config.learned = storage.zeroed(UInt64.self, count: Int(learned))
        config.learned_count = learned
        config.context = Unmanaged.passUnretained(self).toOpaque()
        config.done = { context, cookie in
            guard let context, let cookie else { return }
            Unmanaged<Station>.fromOpaque(context).takeUnretainedValue().complete(Int(bitPattern: cookie))
        }
        return config
    }

    private func complete(_ cookie: Int) {
        completed.append(cookie)
        waiting.removeValue(forKey: cookie)?.deallocate()
        onCompletion?(self)
    }

    /// Sends a frame; its bytes live until the switch has done with them. The cookie if it waits.
    @discardableResult
    func send(_ bytes: [UInt8], cuts: [Int] = [], flush: Bool = true) -> Int? {
        lastCookie += 1
        let cookie = lastCookie
        let buffer = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: max(bytes.count, 1))
        _ = buffer.initialize(from: bytes)
        guard let base = buffer.baseAddress else { return nil }
        let result: topoc_switch_send_result
        if cuts.isEmpty {
            result = topoc_switch_send(sw, base, UInt32(bytes.count), UnsafeMutableRawPointer(bitPattern: cookie))
        } else {
            let bounds = [0] + cuts + [bytes.count]
            let segments = storage.zeroed(topoc_vq_segment.self, count: bounds.count - 1)
            for (index, (from, to)) in zip(bounds, bounds.dropFirst()).enumerated() {
                segments[index] = topoc_vq_segment(base: base + from, length: UInt32(to - from))
            }
            result = topoc_switch_send_chain(
                sw, segments, UInt32(bounds.count - 1), UnsafeMutableRawPointer(bitPattern: cookie))
        }
        if flush { topoc_switch_flush(sw) }
        guard result == TOPOC_SWITCH_WAITS else {
            buffer.deallocate()
            return nil
        }
        waiting[cookie] = buffer
        return cookie
    }

    @discardableResult
    func receive(budget: UInt32 = 1000) -> topoc_switch_receive_result {
        topoc_switch_receive(
            sw, budget,
            { context, frame in
                guard let context, let frame else { return true }
                return Unmanaged<Station>.fromOpaque(context).takeUnretainedValue().take(frame)
            }, Unmanaged.passUnretained(self).toOpaque())
    }

    private func take(_ frame: UnsafePointer<topoc_switch_frame>) -> Bool {
        guard room > 0 else { return false }
        room -= 1
        var bytes = [UInt8](repeating: 0, count: Int(frame.pointee.length))
        bytes.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            topoc_switch_frame_copy(frame, base)
        }
        delivered.append(bytes)
        return true
    }

    func resume() { topoc_switch_resume(sw) }
    func listen() -> Bool { topoc_switch_listen(sw) }
    func expire() -> Bool { topoc_switch_expire(sw) }
    var ready: Bool { topoc_switch_ready(sw) }

    /// The link to a peer.
    func link(to peer: Int) -> UnsafeMutablePointer<topoc_switch_link> {
        guard let index = peers.firstIndex(of: peer) else { preconditionFailure("no link to \(peer)") }
        return links + index
    }

    func sendDrops(to peer: Int, _ cause: topoc_switch_drop) -> Int {
        withUnsafeBytes(of: link(to: peer).pointee.counters.send_drops) { Self.counter($0, cause) }
    }

    func receiveDrops(from peer: Int, _ cause: topoc_switch_drop) -> Int {
        withUnsafeBytes(of: link(to: peer).pointee.counters.receive_drops) { Self.counter($0, cause) }
    }

    func drops(_ cause: topoc_switch_drop) -> Int {
        withUnsafeBytes(of: sw.pointee.drops) { Self.counter($0, cause) }
    }

    private static func counter(_ counters: UnsafeRawBufferPointer, _ cause: topoc_switch_drop) -> Int {
        Int(counters.bindMemory(to: UInt64.self)[Int(cause.rawValue)])
    }
}

/// Stations joined by links, all in this process and on this thread.
final class Network {
    let stations: [Station]
    let storage = Storage()
    /// The shared memory in which one station sends to another.
    private(set) var memory: [[Int]: UnsafeMutablePointer<UInt8>] = [:]

    /// Each pair is joined by a link.
    init(_ count: Int, joined pairs: [(Int, Int)], _ build: Build = Build()) throws {
        let storage = storage
        stations = (0..<count).map { number in
            let peers = pairs.compactMap { pair in
                pair.0 == number ? pair.1 : pair.1 == number ? pair.0 : nil
            }
            return Station(number: number, address: Self.address(number), peers: peers, storage: storage)
        }
        for (left, right) in pairs {
            for (from, to) in [(left, right), (right, left)] {
                memory[[from, to]] = storage.zeroed(UInt8.self, count: Int(build.memory))
            }
        }
        for station in stations {
            try open(station, build)
        }
    }

    /// Everyone with everyone.
    convenience init(mesh count: Int, _ build: Build = Build()) throws {
        let pairs = (0..<count).flatMap { left in ((left + 1)..<max(count, left + 1)).map { (left, $0) } }
        try self.init(count, joined: pairs, build)
    }

    struct Refused: Error {
        var refusal: topoc_switch_refusal
        var place: UInt32
    }

    static func address(_ number: Int) -> MACAddress {
        MACAddress(value: 0x0200_0000_aa01 + UInt64(number))
    }

    func table(_ table: MACTable) -> UnsafePointer<topoc_mac_table> {
        let entries = storage.zeroed(UInt64.self, count: table.entries.count)
        entries.update(from: table.entries, count: table.entries.count)
        let displacements = storage.zeroed(UInt16.self, count: table.displacements.count)
        displacements.update(from: table.displacements, count: table.displacements.count)
        let result = storage.zeroed(topoc_mac_table.self, count: 1)
        result.pointee = topoc_mac_table(
            entries: entries, displacements: displacements, multiplier: table.multiplier,
            entry_mask: table.entryMask, bucket_mask: table.bucketMask)
        return UnsafePointer(result)
    }

    private func open(_ station: Station, _ build: Build) throws {
        for (index, peer) in station.peers.enumerated() {
            let link = station.links + index
            guard let out = memory[[station.number, peer]], let into = memory[[peer, station.number]] else { continue }
            let ends = storage.zeroed(UInt32.self, count: Int(build.ringLength))
            guard topoc_link_driver_init(&link.pointee.driver, out, build.memory, build.ringLength, ends),
                topoc_link_device_init(&link.pointee.device, into, build.memory, build.ringLength)
            else { throw Refused(refusal: TOPOC_SWITCH_LINK_TOO_SMALL, place: UInt32(index)) }
            link.pointee.peer = stations[peer].address.frameNumber
            link.pointee.sources = build.sources(of: peer)
            link.pointee.context = UnsafeMutableRawPointer(station.signals + index)
            link.pointee.signal = { $0?.assumingMemoryBound(to: Int.self).pointee += 1 }
        }
        let wired = try MACTable(links: station.peers.enumerated().map { (Self.address($1), $0) })
        var config = station.config(table(wired), build)
        var place: UInt32 = 0
        let refusal = topoc_switch_init(station.sw, &config, &place)
        guard refusal == TOPOC_SWITCH_SOUND else { throw Refused(refusal: refusal, place: place) }
    }

    subscript(number: Int) -> Station { stations[number] }
}

extension MACAddress {
    /// As `topoc_mac_number` reads it.
    var frameNumber: UInt64 { octets.withUnsafeBufferPointer { topoc_mac_number($0.baseAddress) } }

    static let broadcast = MACAddress(value: 0xffff_ffff_ffff)
}

/// An Ethernet frame whose payload counts up from a mark.
func frame(to: MACAddress, from: MACAddress, length: Int = 64, mark: Int = 0) -> [UInt8] {
    let header = to.octets + from.octets + [0x88, 0xb5]
    let payload = withUnsafeBytes(of: UInt64(mark).littleEndian) { [UInt8]($0) }
    let body = (0..<max(0, length - header.count)).map { index in
        index < payload.count ? payload[index] : UInt8(truncatingIfNeeded: index &+ mark)
    }
    return Array((header + body).prefix(length))
}

/// The mark of a frame of at least 22 bytes.
func mark(of frame: [UInt8]) -> Int {
    Int(frame[14..<22].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
}
