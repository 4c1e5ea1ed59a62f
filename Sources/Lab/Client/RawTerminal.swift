// SPDX-License-Identifier: BSD-2-Clause

import FoundationEssentials
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The user's terminal while it is a guest's: every key goes there but Ctrl-], which ends it.
public final class RawTerminal: Sendable {
    private static let end = UInt8(0x1D)

    private let before: Mutex<termios?>

    /// What is typed, until Ctrl-] or the end of standard input.
    public let typed: AsyncStream<Data>

    public init() {
        var settings = termios()
        if tcgetattr(STDIN_FILENO, &settings) == 0 {
            before = Mutex(settings)
            cfmakeraw(&settings)
            tcsetattr(STDIN_FILENO, TCSANOW, &settings)
        } else {
            before = Mutex(nil)
        }
        let (typed, sink) = AsyncStream.makeStream(of: Data.self)
        self.typed = typed
        var thread = pthread_t()
        // A thread of its own, since a read of standard input waits.
        let box = Unmanaged.passRetained(Sink(sink))
        let failure = pthread_create(
            &thread, nil,
            { box in
                if let box { Unmanaged<Sink>.fromOpaque(box).takeRetainedValue().read() }
                return nil
            }, box.toOpaque())
        if failure == 0 {
            pthread_detach(thread)
        } else {
            box.release()
            sink.finish()
        }
    }

    /// Gives the terminal back.
    public func restore() {
        before.withLock { before in
            if var settings = before { tcsetattr(STDIN_FILENO, TCSANOW, &settings) }
            before = nil
        }
    }

    private final class Sink {
        private let sink: AsyncStream<Data>.Continuation

        init(_ sink: AsyncStream<Data>.Continuation) {
            self.sink = sink
        }

        func read() {
            var buffer = [UInt8](repeating: 0, count: 4096)
            while true {
                let size = Glibc.read(STDIN_FILENO, &buffer, buffer.count)
                guard size > 0 else { break }
                let bytes = buffer[..<size]
                sink.yield(Data(bytes.prefix { $0 != RawTerminal.end }))
                if bytes.contains(RawTerminal.end) { break }
            }
            sink.finish()
        }
    }
}
