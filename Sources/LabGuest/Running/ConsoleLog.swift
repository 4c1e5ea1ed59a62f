// SPDX-License-Identifier: BSD-2-Clause

import Synchronization

/// What a guest says on its console: the end of it for whoever comes late, and all that comes from then on.
public final class ConsoleLog: Sendable {
    /// So many bytes are kept.
    static let limit = 64 << 10

    private struct State {
        var kept: [UInt8] = []
        var readers: [Int: AsyncStream<[UInt8]>.Continuation] = [:]
        var count = 0
        var isOver = false
    }

    private let state = Mutex(State())

    /// What is kept, and then what comes, until the guest ends.
    public var bytes: AsyncStream<[UInt8]> {
        let (stream, sink) = AsyncStream.makeStream(of: [UInt8].self)
        let reader: Int? = state.withLock { state in
            sink.yield(state.kept)
            guard !state.isOver else { return nil }
            state.count += 1
            state.readers[state.count] = sink
            return state.count
        }
        guard let reader else {
            sink.finish()
            return stream
        }
        sink.onTermination = { [weak self] _ in
            _ = self?.state.withLock { $0.readers.removeValue(forKey: reader) }
        }
        return stream
    }

    /// The last lines, without what moves a cursor.
    public func lastLines(_ count: Int) -> [String] {
        let kept = state.withLock { $0.kept }
        let text = String(decoding: kept.filter { $0 == UInt8(ascii: "\n") || $0 >= 32 }, as: UTF8.self)
        return text.split(separator: "\n").suffix(count).map(String.init)
    }

    func append(_ bytes: [UInt8]) {
        let readers = state.withLock { state in
            state.kept += bytes
            if state.kept.count > 2 * Self.limit { state.kept.removeFirst(state.kept.count - Self.limit) }
            return Array(state.readers.values)
        }
        for reader in readers { reader.yield(bytes) }
    }

    func finish() {
        let readers = state.withLock { state in
            state.isOver = true
            return Array(state.readers.values)
        }
        for reader in readers { reader.finish() }
    }
}
