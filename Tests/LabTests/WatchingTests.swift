// SPDX-License-Identifier: BSD-2-Clause

import CLabHost
import Foundation
import Processes
import Synchronization
import Testing

@testable import Lab

/// Files that are watched, while others come and go.
@Suite(.timeLimit(.minutes(10)))
struct WatchingTests {
    /// How a watch ends.
    private enum End: CaseIterable {
        case stopped
        case hungUp
        case both
    }

    /// What comes is taken, whole and in order; the end is told once, and then the file is let go of. Of hundreds of
    /// sockets, several at a time.
    @Test func whatComesIsTakenAndTheEndIsToldOnce() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for task in 0..<4 {
                group.addTask {
                    for round in 0..<100 {
                        for end in End.allCases { try await Self.exchange("\(task) says \(round)", end) }
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    private static func exchange(_ text: String, _ end: End) async throws {
        var ends: [Int32] = [-1, -1]
        try #require(topoc_lab_pair(&ends) == 0)
        var other: Descriptor? = Descriptor(ends[1])
        let (pieces, sink) = AsyncStream.makeStream(of: [UInt8].self)
        let (ending, endSink) = AsyncStream.makeStream(of: Void.self)
        let told = Mutex(0)
        let watch = Self.watch(Descriptor(ends[0])) {
            sink.yield($0)
        } end: {
            told.withLock { $0 += 1 }
            endSink.finish()
        }
        let bytes = Array(text.utf8)
        if let other {
            for byte in bytes { _ = withUnsafeBytes(of: byte) { topoc_lab_send(other.number, $0.baseAddress, 1, -1) } }
        }
        var seen: [UInt8] = []
        for await piece in pieces {
            seen += piece
            if seen.count >= bytes.count { break }
        }
        #expect(seen == bytes)
        if end != .stopped { other = nil }
        if end != .hungUp { watch.stop() }
        for await _ in ending {}
        if let other {
            let isLetGo = try await eventually { other.isReadable }
            try #require(isLetGo)
        }
        watch.stop()
        #expect(told.withLock { $0 } == 1)
    }

    /// Holds the file no longer than the watch does.
    private static func watch(
        _ file: Descriptor, take: @escaping @Sendable ([UInt8]) -> Void, end: @escaping @Sendable () -> Void
    ) -> ReadWatch {
        ReadWatch(
            file,
            take: {
                let piece = file.read(upTo: 4096)
                if !piece.isEmpty { take(piece) }
                return !piece.isEmpty
            }, end: end)
    }

    /// Nothing is taken after it, whatever there is.
    @Test func whatIsStoppedTakesNothingMore() async throws {
        var ends: [Int32] = [-1, -1]
        try #require(topoc_lab_pair(&ends) == 0)
        let (file, other) = (Descriptor(ends[0]), Descriptor(ends[1]))
        let (ending, endSink) = AsyncStream.makeStream(of: Void.self)
        let taken = Mutex(0)
        let watch = ReadWatch(file) {
            taken.withLock { $0 += 1 }
            return !file.read(upTo: 16).isEmpty
        } end: {
            endSink.finish()
        }
        watch.stop()
        for await _ in ending {}
        #expect(topoc_lab_send(other.number, "x", 1, -1) == 0)
        try await Task.sleep(for: .milliseconds(50))
        #expect(taken.withLock { $0 } == 0)
        #expect(file.isReadable)
    }

    /// A file of a disk cannot be waited for: it is at its end.
    @Test func whatCannotBeWatchedIsAtItsEnd() async throws {
        let (ending, endSink) = AsyncStream.makeStream(of: Void.self)
        let file = Descriptor(open("/proc/self/exe", O_RDONLY | O_CLOEXEC))
        try #require(file.number != -1)
        _ = ReadWatch(file) {
            Issue.record("it is read")
            return false
        } end: {
            endSink.finish()
        }
        for await _ in ending {}
    }
}
