// SPDX-License-Identifier: BSD-2-Clause

import CLabHost
import Dispatch
import FoundationEssentials
import Processes
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A stream of messages over a Unix socket: a line of JSON each, with which a descriptor may come.
final class ControlConnection: Sendable {
    /// A line, and the descriptor that came before its end.
    struct Message: Sendable {
        let line: Data
        let file: Descriptor?
    }

    /// A peer that reads nothing is given up when so many bytes wait for it.
    private static let backlogLimit = 64 << 20

    /// What comes, until the other end is closed; for one reader.
    let messages: AsyncStream<Message>

    private let socket: Descriptor
    private let watch: ReadWatch
    private let writing = DispatchQueue(label: "lab.connection.writing")
    private let backlog = Mutex(0)

    init(_ socket: Descriptor) {
        self.socket = socket
        let (messages, sink) = AsyncStream.makeStream(of: Message.self)
        self.messages = messages
        let reader = LineReader()
        watch = ReadWatch(socket) {
            let lines = reader.read(socket)
            for line in lines ?? [] { sink.yield(line) }
            return lines != nil
        } end: {
            sink.finish()
        }
    }

    deinit {
        watch.stop()
    }

    /// Sends a value, in the order of the calls, without waiting. Nothing is sent to one who has gone.
    func send(_ value: some Encodable, passing file: Descriptor? = nil) {
        guard var line = try? JSONEncoder().encode(value) else { return }
        line.append(UInt8(ascii: "\n"))
        let size = line.count
        let isTooMuch = backlog.withLock { backlog in
            backlog += size
            return backlog > Self.backlogLimit
        }
        if isTooMuch { return close() }
        let bytes = line
        writing.async { [self] in
            let failed = bytes.withUnsafeBytes {
                topoc_lab_send(socket.number, $0.baseAddress, $0.count, file?.number ?? -1) == -1
            }
            backlog.withLock { $0 -= size }
            if failed { close() }
        }
    }

    /// Waits until all is sent.
    func drain() async {
        await withCheckedContinuation { continuation in writing.async { continuation.resume() } }
    }

    /// Ends the conversation, for both.
    func close() {
        shutdown(socket.number, Int32(SHUT_RDWR))
    }
}
