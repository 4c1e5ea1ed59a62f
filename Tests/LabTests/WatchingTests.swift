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
    /// What comes is taken, whole and in order, and the end is told once; of thousands of sockets, several at a time.
    @Test func whatComesIsTakenAndTheEndIsToldOnce() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for task in 0..<4 {
                group.addTask {
                    for round in 0..<1000 {
                        try await Self.exchange("\(task) says \(round)", isStopped: round % 3 == 0)
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    /// - Parameter isStopped: the watch is, before the other end closes.
    private static func exchange(_ text: String, isStopped: Bool) async throws {
        var ends: [Int32] = [-1, -1]
        try #require(topoc_lab_pair(&ends) == 0)
        let file = Descriptor(ends[0])
        var other: Descriptor? = Descriptor(ends[1])
        let (pieces, sink) = AsyncStream.makeStream(of: [UInt8].self)
        let ended = Mutex(0)
        let (ending, endSink) = AsyncStream.makeStream(of: Int.self)
        let watch = ReadWatch(file) {
            let piece = file.read(upTo: 4096)
            if !piece.isEmpty { sink.yield(piece) }
            return !piece.isEmpty
        } end: {
            sink.finish()
            endSink.yield(
                ended.withLock {
                    $0 += 1
                    return $0
                })
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
        if isStopped { watch.stop() }
        other = nil
        watch.stop()
        #expect(await ending.reduce(0, +) == 1)
        #expect(ended.withLock { $0 } == 1)
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
