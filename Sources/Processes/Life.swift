// SPDX-License-Identifier: BSD-2-Clause

import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Whether a child runs, and how it ended. Its number is used only while it is its own.
final class Life: Sendable {
    private struct State {
        var process: pid_t?
        var ending: Ending?
        /// Why this process killed it.
        var reason: Ending?
        var waiters: [CheckedContinuation<Ending, Never>] = []
    }

    private let state = Mutex(State())

    func begin(_ process: pid_t) {
        state.withLock { $0.process = process }
    }

    /// Kills the child's process group, unless it has ended.
    func kill(_ reason: Ending) {
        state.withLock { state in
            guard let process = state.process, state.ending == nil else { return }
            if state.reason == nil { state.reason = reason }
            _ = sendSignal(-process, SIGKILL)
        }
    }

    /// Kills what a child that has ended has left in its group.
    func sweep() {
        state.withLock { state in
            // Until its end is taken, nobody else has its number, nor its group's.
            if let process = state.process, state.ending == nil { _ = sendSignal(-process, SIGKILL) }
        }
    }

    /// Takes the child's end, which has come.
    func end() {
        let (ending, waiters) = state.withLock { state -> (Ending, [CheckedContinuation<Ending, Never>]) in
            guard let process = state.process else { return (.stopped, []) }
            var status: Int32 = 0
            while waitpid(process, &status, 0) == -1 && errno == EINTR {}
            // The exit status stands in the second byte, the signal that ended the process in the first.
            let signal = status & 0x7f
            let ending: Ending =
                signal == 0 ? .exited(status >> 8 & 0xff) : (state.reason ?? .signalled(signal))
            let waiters = state.waiters
            state.ending = ending
            state.waiters = []
            return (ending, waiters)
        }
        for waiter in waiters { waiter.resume(returning: ending) }
    }

    var ending: Ending {
        get async {
            await withCheckedContinuation { continuation in
                let ending = state.withLock { state in
                    if state.ending == nil { state.waiters.append(continuation) }
                    return state.ending
                }
                if let ending { continuation.resume(returning: ending) }
            }
        }
    }
}

private func sendSignal(_ process: pid_t, _ signal: Int32) -> Int32 { kill(process, signal) }
