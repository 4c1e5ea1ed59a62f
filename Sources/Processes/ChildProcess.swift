// SPDX-License-Identifier: BSD-2-Clause

import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A running program in a process group of its own.
///
/// It never outlives this process, however that ends; and where it has a bound, not that.
public final class ChildProcess: Sendable {
    public let id: pid_t
    /// What comes over its standard output, as it comes; for one reader.
    public let output: AsyncStream<[UInt8]>
    /// What comes over its standard error, as it comes; for one reader.
    public let errors: AsyncStream<[UInt8]>
    /// What comes over its channel, as it comes; for one reader.
    public let channel: AsyncStream<[UInt8]>

    /// The number of the file that the program finds its channel at.
    public static let channelNumber = 3

    /// Of the process itself (pidfd_open).
    public let handle: Descriptor
    private let life: Life
    private let input: Mutex<Descriptor?>
    private let channelEnd: Descriptor?

    /// - Parameters:
    ///   - bound: it is killed when so much time has passed; `nil`: it may run as long as this process.
    ///   - takesInput: `write` reaches its standard input, which otherwise is empty.
    ///   - hasChannel: it has a socket more, over which it and this process talk.
    ///   - channel: it has this end of somebody else's instead.
    ///   - files: it finds them at `MemoryFile.path(at:)`.
    ///   - namespaces: where it runs.
    public init(
        _ command: Command, bound: Duration?, takesInput: Bool = false, hasChannel: Bool = false,
        channel given: Descriptor? = nil, files: [Descriptor] = [], namespaces: Namespaces = .shared
    ) throws(ProcessError) {
        guard let path = Command.find(command.program) else {
            throw ProcessError(message: "cannot run `\(command.program)`: there is no such program")
        }
        let pipes: [Pipe]
        do throws(ErrorNumber) {
            pipes =
                [try takesInput ? Pipe.ofSockets() : Pipe(reading: "/dev/null"), try Pipe(), try Pipe()]
                + [try hasChannel ? Pipe.ofSockets() : Pipe(reading: "/dev/null")]
        } catch {
            throw ProcessError(message: "cannot run `\(path)`: no pipe to it: \(error)")
        }
        let (output, outputSink) = AsyncStream.makeStream(of: [UInt8].self)
        let (errors, errorSink) = AsyncStream.makeStream(of: [UInt8].self)
        let (channel, channelSink) = AsyncStream.makeStream(of: [UInt8].self)
        // Both ends of a channel read and write; `writing` is the one that stays here.
        let channelEnd = pipes[3].writing
        let life = Life()
        let keeper = Keeper(
            path: path, command: command,
            files: [pipes[0].reading, pipes[1].writing, pipes[2].writing, given ?? pipes[3].reading] + files,
            sources: [(pipes[1].reading, outputSink), (pipes[2].reading, errorSink), (channelEnd, channelSink)],
            bound: bound, life: life, namespaces: namespaces)
        do throws(ErrorNumber) {
            (id, handle) = try keeper.start()
        } catch {
            throw ProcessError(message: "cannot run `\(path)`: \(error)")
        }
        self.output = output
        self.errors = errors
        self.life = life
        self.channel = channel
        self.channelEnd = channelEnd
        input = Mutex(pipes[0].writing)
    }

    /// Writes to its channel; false where it does not read there any more, or has none.
    @discardableResult
    public func writeToChannel(_ bytes: [UInt8]) -> Bool {
        channelEnd?.write(bytes) ?? false
    }

    /// Writes to its standard input; false where nobody reads there any more.
    @discardableResult
    public func write(_ bytes: [UInt8]) -> Bool {
        input.withLock { $0?.write(bytes) ?? false }
    }

    /// Ends its standard input.
    public func closeInput() {
        input.withLock { $0 = nil }
    }

    /// How it ended; waits for it.
    public var ending: Ending {
        get async { await life.ending }
    }

    /// Kills it with all that it has started, where it still runs.
    public func stop() {
        life.kill(.stopped)
    }

    /// Runs a program and gives what it said; an unwanted program is stopped with its task.
    ///
    /// - Parameter files: it finds them at `MemoryFile.path(at:)`.
    public static func run(
        _ command: Command, within bound: Duration, input: [UInt8]? = nil, files: [Descriptor] = []
    ) async throws(ProcessError) -> Completed {
        let child = try ChildProcess(command, bound: bound, takesInput: input != nil, files: files)
        return await withTaskCancellationHandler {
            async let output = child.output.joined()
            async let errors = child.errors.joined()
            if let input {
                // A long input waits for its reader, who waits for nobody: what it says is being read.
                child.write(input)
                child.closeInput()
            }
            return await Completed(ending: child.ending, output: output, errors: errors)
        } onCancel: {
            child.stop()
        }
    }
}

extension AsyncStream<[UInt8]> {
    /// All of it.
    public func joined() async -> [UInt8] {
        await reduce(into: []) { $0 += $1 }
    }
}
