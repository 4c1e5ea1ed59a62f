// SPDX-License-Identifier: BSD-2-Clause

import CLabHost
import Processes
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The one thread that waits for all files that are watched, with epoll(7).
///
/// Not Dispatch: where its sources come and go, it now and then frees what epoll still names, and the process ends of
/// it (swift-corelibs-libdispatch, issue 949). Here epoll names numbers, and one that stands for nothing is passed over.
final class Watching: Sendable {
    static let all = Watching()

    private struct Watched {
        let file: Descriptor
        let take: @Sendable () -> Bool
        let end: @Sendable () -> Void
        var isStopped = false
    }

    private struct State {
        var last: UInt64 = 0
        var watched: [UInt64: Watched] = [:]
        /// Those that the thread has to end.
        var stopped: [UInt64] = []
    }

    private let state = Mutex(State())
    private let poll: Int32
    /// Wakes the thread; its number is 0.
    private let bell: Int32

    private init() {
        poll = topoc_lab_poll_new()
        bell = topoc_lab_bell()
        var thread = pthread_t()
        guard topoc_lab_poll_add(poll, bell, 0) == 0,
            pthread_create(
                &thread, nil,
                { watching in
                    if let watching { Unmanaged<Watching>.fromOpaque(watching).takeUnretainedValue().serve() }
                    return nil
                }, Unmanaged.passRetained(self).toOpaque()) == 0
        else {
            // Without descriptors or threads nothing can be watched: whatever is added ends at once.
            state.withLock { $0.last = .max }
            return
        }
        pthread_detach(thread)
    }

    func add(_ file: Descriptor, take: @escaping @Sendable () -> Bool, end: @escaping @Sendable () -> Void) -> UInt64 {
        let number = state.withLock { state -> UInt64? in
            guard state.last < .max else { return nil }
            state.last += 1
            state.watched[state.last] = Watched(file: file, take: take, end: end)
            return state.last
        }
        guard let number else {
            end()
            return 0
        }
        if topoc_lab_poll_add(poll, file.number, number) != 0 { stop(number) }
        return number
    }

    /// No `take` begins after this; the `end` comes from the thread.
    func stop(_ number: UInt64) {
        let isNew = state.withLock { state in
            guard state.watched[number]?.isStopped == false else { return false }
            state.watched[number]?.isStopped = true
            state.stopped.append(number)
            return true
        }
        guard isNew else { return }
        var ring: UInt64 = 1
        _ = write(bell, &ring, MemoryLayout.size(ofValue: ring))
    }

    // MARK: - The thread

    private func serve() {
        var numbers = [UInt64](repeating: 0, count: Int(TOPOC_LAB_POLL_MAX))
        while true {
            let count = topoc_lab_poll_wait(poll, &numbers)
            for number in numbers.prefix(max(Int(count), 0)) {
                if number == 0 {
                    var rings: UInt64 = 0
                    _ = read(bell, &rings, MemoryLayout.size(ofValue: rings))
                } else if let watched = state.withLock({ $0.watched[number] }), !watched.isStopped, !watched.take() {
                    stop(number)
                }
            }
            endStopped()
        }
    }

    private func endStopped() {
        let ended = state.withLock { state in
            defer { state.stopped = [] }
            return state.stopped.compactMap { state.watched.removeValue(forKey: $0) }
        }
        for watched in ended {
            topoc_lab_poll_remove(poll, watched.file.number)
            watched.end()
        }
    }
}
