// SPDX-License-Identifier: BSD-2-Clause

import CLab
import CLabHost
import FoundationEssentials
import Processes

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Frames of a lab on their way into a file: each VM's device writes a pipe of its own, and none waits for another.
public actor Capture {
    /// So many frames, and no more.
    private let most: Int
    private let write: @Sendable (Data) throws -> Void
    private var file = PcapNG()
    private var interfaces: [End: UInt32] = [:]
    private var isOver = false
    public private(set) var frames = 0
    /// From the host's monotonic clock to that of 1970.
    private let offset: UInt64

    private struct End: Hashable {
        let vm: Int
        let link: Int
    }

    /// - Parameter write: takes the file, piece by piece.
    public init(most: Int, write: @escaping @Sendable (Data) throws -> Void) throws {
        self.most = most
        self.write = write
        offset = Self.now(CLOCK_REALTIME) &- Self.now(CLOCK_MONOTONIC)
        try write(PcapNG.header)
    }

    private static func now(_ clock: clockid_t) -> UInt64 {
        var now = timespec()
        clock_gettime(clock, &now)
        return UInt64(now.tv_sec) * 1_000_000_000 + UInt64(now.tv_nsec)
    }

    /// Captures at a VM until the lab, or who waits for it, ends.
    ///
    /// - Parameters:
    ///   - other: only the link to this VM.
    ///   - client: of its own, for the VM.
    func take(_ vm: LabStatus.VM, other: String?, with client: LabClient) async throws {
        var ends: [Int32] = [-1, -1]
        guard topoc_lab_pipe(&ends) == 0 else {
            throw LabError(LabRules.supervisor, "no pipe for a capture: \(ErrorNumber())")
        }
        let reading = Descriptor(ends[0])
        let (pieces, sink) = AsyncStream.makeStream(of: Data.self)
        let watch = ReadWatch(reading) {
            let piece = Data(reading.read(upTo: 1 << 18))
            if !piece.isEmpty { sink.yield(piece) }
            return !piece.isEmpty
        } end: {
            sink.finish()
        }
        defer { watch.stop() }
        // The writing end goes with the request: the pipe ends when the device, or what was asked for, does.
        let asked = Task { [ends] in
            try await client.ask(.capture(vm: vm.instance, other: other), passing: Descriptor(ends[1]))
        }
        var records = RecordReader()
        for await piece in pieces {
            for record in records.take(piece) { try put(record, of: vm) }
            if isOver { break }
        }
        if isOver { client.close() }
        do {
            _ = try await asked.value
        } catch {
            // Who ends the conversation gets no answer.
            if !isOver { throw error }
        }
    }

    /// Takes no more.
    func stop() {
        isOver = true
    }

    private func put(_ record: RecordReader.Record, of vm: LabStatus.VM) throws {
        guard !isOver else { return }
        let end = End(vm: vm.number, link: record.link)
        let interface: UInt32
        if let known = interfaces[end] {
            interface = known
        } else {
            let peer = vm.peers.indices.contains(record.link) ? "vm\(vm.peers[record.link])" : "link\(record.link)"
            let added = file.interface("\(vm.instance)-\(peer)")
            try write(added.block)
            interfaces[end] = added.number
            interface = added.number
        }
        try write(
            PcapNG.frame(
                interface: interface, time: record.time &+ offset, isReceived: record.isReceived,
                original: record.original, dropped: record.dropped, record.frame))
        frames += 1
        if frames >= most { isOver = true }
    }
}

/// Takes records of lab/control.h out of what comes over a pipe.
struct RecordReader {
    struct Record {
        let time: UInt64
        let link: Int
        let isReceived: Bool
        let original: UInt32
        let dropped: UInt64
        let frame: Data
    }

    private var rest = Data()

    mutating func take(_ piece: Data) -> [Record] {
        rest.append(piece)
        var records: [Record] = []
        var place = rest.startIndex
        let size = MemoryLayout<lab_record>.size
        while rest.endIndex - place >= size {
            let head = rest[place..<place + size].withUnsafeBytes { $0.loadUnaligned(as: lab_record.self) }
            let length = Int(head.length)
            guard rest.endIndex - place - size >= length else { break }
            let begin = place + size
            records.append(
                Record(
                    time: head.time, link: Int(head.link), isReceived: head.direction == LAB_RECEIVED.rawValue,
                    original: head.original, dropped: head.dropped, frame: Data(rest[begin..<begin + length])))
            place = begin + length
        }
        rest = Data(rest[place...])
        return records
    }
}
