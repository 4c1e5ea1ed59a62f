// SPDX-License-Identifier: BSD-2-Clause

import Synchronization

/// The messages to a device that wait for their answers, by serial number.
final class DeviceConversation: Sendable {
    typealias Answer = Result<Void, Refusal>

    private struct State {
        var serial: UInt32 = 0
        var waiting: [UInt32: AsyncStream<Answer>.Continuation] = [:]
        var isOver = false
    }

    private let state = Mutex(State())

    /// The number of a message, and its answer: none where the device has ended.
    func begin() -> (UInt32, AsyncStream<Answer>) {
        let (answers, sink) = AsyncStream.makeStream(of: Answer.self)
        let serial = state.withLock { state in
            // 0 is no serial number.
            state.serial = state.serial == .max ? 1 : state.serial + 1
            if state.isOver { sink.finish() } else { state.waiting[state.serial] = sink }
            return state.serial
        }
        return (serial, answers)
    }

    /// `nil`: there is no answer.
    func end(_ serial: UInt32, _ answer: Answer?) {
        let sink = state.withLock { $0.waiting.removeValue(forKey: serial) }
        if let answer { sink?.yield(answer) }
        sink?.finish()
    }

    var isOver: Bool { state.withLock { $0.isOver } }

    func endAll() {
        let sinks = state.withLock { state in
            state.isOver = true
            defer { state.waiting = [:] }
            return Array(state.waiting.values)
        }
        for sink in sinks { sink.finish() }
    }
}
