// SPDX-License-Identifier: BSD-2-Clause

import CLabHost
import FoundationEssentials
import Processes
import Synchronization

/// Takes lines out of what comes over a socket.
final class LineReader: Sendable {
    /// No message is longer.
    private static let limit = 16 << 20

    private struct State {
        var rest = Data()
        var file: Descriptor?
    }

    private let state = Mutex(State())

    /// The lines that are there, once some bytes are; `nil` at the end, and where a line is too long.
    func read(_ socket: Descriptor) -> [ControlConnection.Message]? {
        var number: Int32 = -1
        var size = 0
        let piece = [UInt8](unsafeUninitializedCapacity: 65536) { buffer, count in
            size = topoc_lab_receive(socket.number, buffer.baseAddress, buffer.count, &number)
            count = max(size, 0)
        }
        let file = number == -1 ? nil : Descriptor(number)
        guard size > 0 else { return nil }
        return state.withLock { state in
            if let file { state.file = file }
            state.rest.append(contentsOf: piece)
            var parts = state.rest.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            // Behind the last end of a line stands what is not whole.
            state.rest = Data(parts.removeLast())
            let messages = parts.map { line in
                defer { state.file = nil }
                return ControlConnection.Message(line: Data(line), file: state.file)
            }
            return state.rest.count > Self.limit ? nil : messages
        }
    }
}
