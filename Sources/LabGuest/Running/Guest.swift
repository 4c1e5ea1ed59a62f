// SPDX-License-Identifier: BSD-2-Clause

import Processes
import Wiring

/// A running Linux guest. It ends with this process, and when it is stopped or no longer held.
public actor Guest {
    public nonisolated let name: String
    public nonisolated let console: ConsoleLog

    private nonisolated let process: ChildProcess
    private var conversation = AgentConversation()
    private var isReady = false
    private var isOver = false
    private var isBusy = false
    /// The output of the command that runs.
    private var sink: AsyncThrowingStream<AgentConversation.Event, any Error>.Continuation?
    private var waiters: [CheckedContinuation<Void, Never>] = []

    /// What a command in a guest left.
    public struct Result: Sendable, Hashable {
        /// 137 where the guest killed it, as its time was up.
        public let status: Int32
        /// Of its standard output and standard error, as they came.
        public let output: [UInt8]

        public var text: String { String(decoding: output, as: UTF8.self) }
    }

    /// Boots a VM, and waits until it takes commands.
    ///
    /// - Parameters:
    ///   - memory: of the guest, in MiB.
    ///   - within: it is an error when the guest is not ready by then.
    public static func boot(
        _ vm: VMWiring, in wiring: Wiring, image: GuestImage, qemu: QEMU, cards: [NetworkCard],
        memory: Int = 192, within bound: Duration = .seconds(60)
    ) async throws(GuestError) -> Guest {
        let initrd: MemoryFile
        do throws(ProcessError) {
            initrd = try MemoryFile("\(vm.instance).initrd", image.files(of: vm, in: wiring).bytes)
        } catch {
            throw GuestError(error.message)
        }
        let command = qemu.command(
            name: vm.instance, kernel: image.kernel.image, initrd: MemoryFile.path(at: 0), memory: memory, cards: cards)
        return try await boot(command, name: vm.instance, files: [initrd.file], within: bound)
    }

    static func boot(
        _ command: Command, name: String, files: [Descriptor] = [], within bound: Duration
    ) async throws(GuestError) -> Guest {
        let process: ChildProcess
        do throws(ProcessError) {
            process = try ChildProcess(command, bound: nil, takesInput: true, hasChannel: true, files: files)
        } catch {
            throw GuestError("\(name) cannot start: \(error.message)")
        }
        let guest = Guest(name: name, process: process)
        await guest.listen()
        do throws(GuestError) {
            try await guest.awaitReady(within: bound)
        } catch {
            guest.stop()
            throw error
        }
        return guest
    }

    private init(name: String, process: ChildProcess) {
        self.name = name
        self.process = process
        console = ConsoleLog()
    }

    deinit {
        process.stop()
    }

    /// Writes to the console, as from its keyboard.
    public nonisolated func type(_ bytes: [UInt8]) {
        process.write(bytes)
    }

    /// Runs a program in the guest; one at a time, in the order in which they are asked for.
    ///
    /// Its bound ends it, not the end of the task that waits for it: the guest is busy until then.
    ///
    /// - Parameters:
    ///   - bound: the guest kills the program when so much time has passed.
    ///   - each: gets what the program says, as it comes.
    public func run(
        _ words: [String], within bound: Duration = .seconds(60), each: (@Sendable ([UInt8]) -> Void)? = nil
    ) async throws(GuestError) -> Result {
        let conversation = Task { () async -> Swift.Result<Result, GuestError> in
            do throws(GuestError) {
                return .success(try await converse(words, within: bound, each: each))
            } catch {
                return .failure(error)
            }
        }
        return try await conversation.value.get()
    }

    private func converse(
        _ words: [String], within bound: Duration, each: (@Sendable ([UInt8]) -> Void)?
    ) async throws(GuestError) -> Result {
        await takeTurn()
        defer { giveTurn() }
        let seconds = max(1, Int(bound.components.seconds))
        let (events, sink) = AsyncThrowingStream.makeStream(of: AgentConversation.Event.self)
        self.sink = sink
        defer { self.sink = nil }
        guard !isOver, process.writeToChannel(conversation.begin(words, seconds: seconds)) else { throw await over() }
        // The guest keeps the bound; one that does not answer even then has no more to say.
        let name = name
        let alarm = Task {
            try await Task.sleep(for: .seconds(seconds + 10))
            sink.finish(throwing: GuestError("\(name) does not answer: `\(words.joined(separator: " "))`"))
        }
        defer { alarm.cancel() }
        var output: [UInt8] = []
        do {
            for try await event in events {
                switch event {
                case .output(let bytes):
                    output += bytes
                    each?(bytes)
                case .done(let status): return Result(status: status, output: output)
                case .ready: throw GuestError("\(name) booted again", notes: console.lastLines(12))
                }
            }
        } catch let error as GuestError {
            throw error
        } catch {
            throw GuestError("\(name): \(error)")
        }
        throw await over()
    }

    /// Ends the guest, without its consent.
    public nonisolated func stop() {
        process.stop()
    }

    /// How it ended; waits for it.
    public nonisolated var ending: Ending {
        get async { await process.ending }
    }

    // MARK: - What comes from the guest

    private func listen() {
        let (process, console) = (process, console)
        Task {
            for await bytes in process.output { console.append(bytes) }
            console.finish()
        }
        // What QEMU itself complains of stands with what the guest said last.
        Task {
            for await bytes in process.errors { console.append(bytes) }
        }
        Task { [weak self] in
            for await bytes in process.channel { await self?.take(bytes) }
            await self?.channelIsOver()
        }
    }

    private func take(_ bytes: [UInt8]) {
        for event in conversation.take(bytes) {
            if event == .ready, !isReady {
                isReady = true
                wake()
            } else {
                sink?.yield(event)
            }
        }
    }

    private func channelIsOver() {
        isOver = true
        sink?.finish()
        wake()
    }

    private func awaitReady(within bound: Duration) async throws(GuestError) {
        let process = process
        let alarm = Task {
            try await Task.sleep(for: bound)
            process.stop()
        }
        defer { alarm.cancel() }
        await withTaskCancellationHandler {
            if !isReady && !isOver { await withCheckedContinuation { waiters.append($0) } }
        } onCancel: {
            process.stop()
        }
        guard !isReady else { return }
        let ending = await process.ending
        let lines = console.lastLines(24)
        guard ending == .stopped else {
            throw GuestError("\(name) ended before it was ready: QEMU \(ending)", notes: lines)
        }
        guard !Task.isCancelled else { throw GuestError("\(name) is no longer wanted") }
        throw GuestError("\(name) was not ready within \(bound.components.seconds) s", notes: lines)
    }

    private func over() async -> GuestError {
        GuestError("\(name) is gone: QEMU \(await process.ending)", notes: console.lastLines(12))
    }

    // MARK: - Turns

    private func takeTurn() async {
        while isBusy { await withCheckedContinuation { waiters.append($0) } }
        isBusy = true
    }

    private func giveTurn() {
        isBusy = false
        wake()
    }

    private func wake() {
        let waiters = waiters
        self.waiters = []
        for waiter in waiters { waiter.resume() }
    }
}
