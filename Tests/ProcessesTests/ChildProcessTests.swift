// SPDX-License-Identifier: BSD-2-Clause

import CProcesses
import Foundation
import Processes
import Testing

@Suite(.timeLimit(.minutes(5)))
struct ChildProcessTests {
    @Test func saysWhatItSaid() async throws {
        let command = Command("sh", ["-c", "echo $GREETING; echo no >&2; exit 3"], environment: ["GREETING": "hello"])
        let done = try await ChildProcess.run(command, within: .seconds(100))
        #expect(done.ending == .exited(3))
        #expect(done.outputText == "hello\n")
        #expect(done.errorText == "no\n")
    }

    @Test func takesInputAndGivesMuch() async throws {
        let bytes = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let done = try await ChildProcess.run(Command("cat"), within: .seconds(100), input: bytes)
        #expect(done.succeeded)
        #expect(done.output == bytes)
    }

    @Test func writingToOneThatReadsNoMoreIsFalse() async throws {
        let child = try ChildProcess(Command("true"), bound: .seconds(100), takesInput: true)
        #expect(await child.ending == .exited(0))
        // A program that another test starts just now holds the other end too, until it is itself.
        while child.write([1]) { try await Task.sleep(for: .milliseconds(10)) }
    }

    @Test func namesTheProgramThatIsNotThere() async throws {
        let error = await #expect(throws: ProcessError.self) {
            try await ChildProcess.run(Command("no-such-program"), within: .seconds(1))
        }
        #expect(error?.message == "cannot run `no-such-program`: there is no such program")
    }

    @Test func saysWhyAProgramCannotBeStarted() async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "topoc-script-\(UUID().uuidString)")
        try Data("#!/no/such/interpreter\n".utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: file.path)
        let error = await #expect(throws: ProcessError.self) {
            try await ChildProcess.run(Command(file.path), within: .seconds(1))
        }
        #expect(error?.message == "cannot run `\(file.path)`: no such file or directory")
    }

    @Test func endsWhenItsTimeIsUp() async throws {
        let done = try await ChildProcess.run(Command("sh", ["-c", "echo begun; sleep 1000"]), within: .seconds(4))
        #expect(done.ending == .outOfTime(.seconds(4)))
        #expect(done.outputText == "begun\n")
    }

    @Test func takesItsOwnChildrenWithIt() async throws {
        // The grandchild holds the pipe open: without its end there would be none of the output either.
        let child = try ChildProcess(Command("sh", ["-c", "sleep 1000 & echo $!; wait"]), bound: .seconds(100))
        var text = ""
        for await bytes in child.output {
            text += String(decoding: bytes, as: UTF8.self)
            child.stop()
        }
        #expect(await child.ending == .stopped)
        let grandchild = try #require(pid_t(text.trimmingCharacters(in: .whitespacesAndNewlines)))
        #expect(await isGone(grandchild))
    }

    @Test func theRestOfAGroupEndsWithItsFirst() async throws {
        let done = try await ChildProcess.run(Command("sh", ["-c", "sleep 1000 & echo $!"]), within: .seconds(100))
        #expect(done.ending == .exited(0))
        let grandchild = try #require(pid_t(done.outputText.trimmingCharacters(in: .whitespacesAndNewlines)))
        #expect(await isGone(grandchild))
    }

    @Test func endsWithItsTask() async throws {
        let task = Task { try await ChildProcess.run(Command("sleep", ["1000"]), within: .seconds(100)) }
        try await Task.sleep(for: .milliseconds(100))
        task.cancel()
        #expect(try await task.value.ending == .stopped)
    }

    @Test func saysWhichSignalEndedIt() async throws {
        let done = try await ChildProcess.run(Command("sh", ["-c", "kill -TERM $$"]), within: .seconds(100))
        #expect(done.ending == .signalled(SIGTERM))
    }

    @Test func talksOverAChannel() async throws {
        let child = try ChildProcess(
            Command("sh", ["-c", "head -c 5 <&3; echo >&3 back"]), bound: .seconds(100), hasChannel: true)
        #expect(child.writeToChannel(Array("there".utf8)))
        #expect(await child.output.joined() == Array("there".utf8))
        #expect(await child.channel.joined() == Array("back\n".utf8))
    }

    @Test func findsItsFiles() async throws {
        let files = [try MemoryFile("one", Array("first ".utf8)), try MemoryFile("two", Array("second".utf8))]
        let child = try ChildProcess(
            Command("cat", [MemoryFile.path(at: 0), MemoryFile.path(at: 1)]), bound: .seconds(100),
            files: files.map(\.file))
        #expect(await child.output.joined() == Array("first second".utf8))
    }

    @Test func inheritsNothingElse() async throws {
        // Without O_CLOEXEC, as a careless library would open it.
        let file = open("/dev/null", O_RDONLY)
        defer { close(file) }
        let done = try await ChildProcess.run(Command("ls", ["/proc/self/fd"]), within: .seconds(100))
        // The fourth is the channel, or nothing where it has none; the fifth is of `ls` itself.
        #expect(done.outputText == "0\n1\n2\n3\n4\n")
    }

    /// The kernel keeps the promise: it is kept towards the thread that starts the child.
    @Test func endsWithTheThreadThatStartedIt() async throws {
        let ending: Int32 = try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                let null = open("/dev/null", O_RDWR)
                defer { close(null) }
                var arguments = [strdup("sleep"), strdup("1000"), nil]
                defer { for text in arguments { free(text) } }
                var environment: [UnsafeMutablePointer<CChar>?] = [nil]
                var process: pid_t = 0
                var ending: Int32 = -1
                let failure = [null, null, null].withUnsafeBufferPointer { files in
                    var start = topoc_start(
                        files: files.baseAddress, count: files.count, root: false, isolated: false, neighbour: -1,
                        detached: false)
                    return topoc_start_process(
                        "/bin/sleep", &arguments, &environment, &start, &process, &ending)
                }
                if failure == 0 {
                    continuation.resume(returning: ending)
                } else {
                    continuation.resume(throwing: POSIXError(POSIXErrorCode(rawValue: failure) ?? .EIO))
                }
            }
        }
        defer { close(ending) }
        var polled = pollfd(fd: ending, events: Int16(POLLIN), revents: 0)
        #expect(poll(&polled, 1, 60_000) == 1)
    }

    /// Whether a process ends soon, or is one that nobody has taken the end of.
    private func isGone(_ process: pid_t) async -> Bool {
        for _ in 0..<1200 {
            let stat = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)
            guard let stat, !stat.contains(") Z ") else { return true }
            try? await Task.sleep(for: .milliseconds(50))
        }
        return false
    }
}
