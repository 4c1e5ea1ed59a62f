// SPDX-License-Identifier: BSD-2-Clause

import CProcesses
import Dispatch
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The threads of one child. The first passes on what it says, and takes its end. The second starts it and does nothing
/// else until the child has ended: the kernel kills the child if its thread ends before it, and a thread that has entered
/// another PID namespace to start a child there can make no more threads, which Swift may want of whoever resumes a task.
final class Keeper: Sendable {
    typealias Sink = AsyncStream<[UInt8]>.Continuation

    private let path: String
    private let command: Command
    private let bound: Duration?
    private let life: Life
    private let namespaces: Namespaces
    /// The files of the child, which this process gives up when it has started.
    private let files: Mutex<[Descriptor?]>
    private let sources: [(file: Descriptor?, sink: Sink)]
    private let started = DispatchSemaphore(value: 0)
    /// Between the two threads: there is a child, or none; and it has ended.
    private let isBorn = DispatchSemaphore(value: 0)
    private let isOver = DispatchSemaphore(value: 0)
    private let birth = Mutex<Result<(pid_t, Descriptor), ErrorNumber>>(.failure(ErrorNumber(ECHILD)))
    private let result = Mutex<Result<(pid_t, Descriptor), ErrorNumber>>(.failure(ErrorNumber(ECHILD)))

    init(
        path: String, command: Command, files: [Descriptor?], sources: [(Descriptor?, Sink)], bound: Duration?,
        life: Life, namespaces: Namespaces
    ) {
        self.path = path
        self.command = command
        self.files = Mutex(files)
        self.sources = sources.map { (file: $0.0, sink: $0.1) }
        self.bound = bound
        self.life = life
        self.namespaces = namespaces
    }

    /// The child's number, and a descriptor of it.
    func start() throws(ErrorNumber) -> (pid_t, Descriptor) {
        try begin { $0.serve() }
        started.wait()
        return try result.withLock { $0 }.get()
    }

    /// Starts a thread.
    private func begin(_ work: @escaping @Sendable (Keeper) -> Void) throws(ErrorNumber) {
        final class Order {
            let keeper: Keeper
            let work: @Sendable (Keeper) -> Void
            init(_ keeper: Keeper, _ work: @escaping @Sendable (Keeper) -> Void) {
                self.keeper = keeper
                self.work = work
            }
        }
        var thread = pthread_t()
        let order = Unmanaged.passRetained(Order(self, work))
        let failure = pthread_create(
            &thread, nil,
            { order in
                if let order {
                    let order = Unmanaged<Order>.fromOpaque(order).takeRetainedValue()
                    order.work(order.keeper)
                }
                return nil
            }, order.toOpaque())
        guard failure == 0 else {
            order.release()
            throw ErrorNumber(failure)
        }
        pthread_detach(thread)
    }

    private func serve() {
        let deadline = bound.map { ContinuousClock.now + $0 }
        do throws(ErrorNumber) {
            try begin { $0.parent() }
            isBorn.wait()
            defer { isOver.signal() }
            let (process, pidfd) = try birth.withLock { $0 }.get()
            life.begin(process)
            result.withLock { $0 = .success((process, pidfd)) }
            started.signal()
            pass(until: pidfd, deadline: deadline)
            life.end()
        } catch {
            result.withLock { $0 = .failure(error) }
            started.signal()
        }
        for source in sources { source.sink.finish() }
    }

    private func parent() {
        do throws(ErrorNumber) {
            let child = try startProcess()
            birth.withLock { $0 = .success(child) }
        } catch {
            birth.withLock { $0 = .failure(error) }
        }
        isBorn.signal()
        isOver.wait()
    }

    private func startProcess() throws(ErrorNumber) -> (pid_t, Descriptor) {
        let files = files.withLock { files in
            defer { files = [] }
            return files
        }
        return try command.start(path, files: files, namespaces: namespaces, isDetached: false)
    }

    /// Passes on what the child says until it has ended.
    private func pass(until pidfd: Descriptor, deadline: ContinuousClock.Instant?) {
        var open = sources.map { $0.file != nil }
        var polled = ([pidfd] + sources.map(\.file)).map {
            pollfd(fd: $0?.number ?? -1, events: Int16(POLLIN), revents: 0)
        }
        var late = false
        while true {
            for (index, isOpen) in open.enumerated() where !isOpen { polled[index + 1].fd = -1 }
            var milliseconds: Int32 = -1
            if let deadline, !late {
                let rest = (deadline - .now) / .milliseconds(1)
                milliseconds = Int32(min(max(rest.rounded(.up), 0), Double(Int32.max)))
            }
            let ready = poll(&polled, nfds_t(polled.count), milliseconds)
            if ready == -1 && errno != EINTR { return life.kill(.stopped) }
            if ready == 0, let bound {
                late = true
                life.kill(.outOfTime(bound))
            }
            guard ready > 0 else { continue }
            for (index, source) in sources.enumerated() where polled[index + 1].revents != 0 {
                open[index] = passOn(source)
            }
            if polled[0].revents != 0 {
                life.sweep()
                for (index, source) in sources.enumerated() where open[index] {
                    while source.file?.isReadable == true, passOn(source) {}
                }
                return
            }
        }
    }

    /// False: there is no more.
    private func passOn(_ source: (file: Descriptor?, sink: Sink)) -> Bool {
        guard let bytes = source.file?.read(upTo: 65536), !bytes.isEmpty else { return false }
        source.sink.yield(bytes)
        return true
    }
}
