// SPDX-License-Identifier: BSD-2-Clause

import CLabHost
import FoundationEssentials
import Processes
import Wiring

/// Whose frames a guest gets, by the records of its device, from the beginning to `end`.
struct Arrivals {
    /// What was seen at a VM.
    struct Seen: Sendable {
        var frames = 0
        /// The VMs whose addresses the frames came from.
        var senders: Set<Int> = []
        /// Addresses of no VM, over links that admit none.
        var strangers: Set<String> = []
        /// Frames that found no room in the pipe.
        var missed: UInt64 = 0
    }

    /// Of a frame, no more is looked at: destination, source and type.
    private static let header = 14

    let vm: Int
    private let lab: Lab
    private let capture: Lab.RunningCapture
    private let reading: Task<Seen, Never>

    /// Begins. The device of the VM runs.
    init(at vm: VMWiring, of lab: Lab) async throws(LabError) {
        self.vm = vm.number
        self.lab = lab
        var ends: [Int32] = [-1, -1]
        guard topoc_lab_pipe(&ends) == 0 else {
            throw LabError(LabRules.supervisor, "no pipe for a capture: \(ErrorNumber())")
        }
        let file = Descriptor(ends[0])
        let (pieces, sink) = AsyncStream.makeStream(of: Data.self)
        _ = ReadWatch(file) {
            let piece = Data(file.read(upTo: 1 << 16))
            if !piece.isEmpty { sink.yield(piece) }
            return !piece.isEmpty
        } end: {
            sink.finish()
        }
        // Without this end the pipe ends with the device's.
        capture = try await lab.beginCapture(
            vm.instance, nil, length: UInt32(Self.header), into: Descriptor(ends[1]))
        let stations = Self.stations(of: lab.wiring)
        reading = Task {
            var records = RecordReader()
            var seen = Seen()
            for await piece in pieces {
                for record in records.take(piece) { seen.take(record, at: vm, stations) }
            }
            return seen
        }
    }

    /// Ends, and gives what has been seen until now.
    func end() async -> Seen {
        await lab.endCapture(capture)
        return await reading.value
    }

    private static func stations(of wiring: Wiring) -> [[UInt8]: Int] {
        Dictionary(
            wiring.vms.flatMap { vm in vm.interfaces.map { ($0.mac.octets, vm.number) } },
            uniquingKeysWith: { first, _ in first })
    }
}

extension Arrivals.Seen {
    mutating func take(_ record: RecordReader.Record, at vm: VMWiring, _ stations: [[UInt8]: Int]) {
        missed = record.dropped
        guard record.isReceived else { return }
        frames += 1
        let source = Array(record.frame.dropFirst(6).prefix(6))
        if let sender = stations[source] {
            senders.insert(sender)
        } else if !vm.peers.indices.contains(record.link) || vm.peers[record.link].sources == .pinned {
            strangers.insert(source.map { String($0, radix: 16) }.joined(separator: ":"))
        }
    }
}
