// SPDX-License-Identifier: BSD-2-Clause

import Foundation
import Processes
import Testing
import Wiring

@testable import LabGuest

/// Programs of this host in a guest's place: what goes wrong, and that nothing is left.
@Suite(.timeLimit(.minutes(5)))
struct GuestTests {
    /// An agent as Resources/guest-init has it, over the channel.
    private static let agent = """
        echo "the console speaks"
        export AGENT=$$
        printf 'topoc ready\\n' >&3
        while read -r mark seconds command <&3; do
            echo "$command" | base64 -d | timeout -s KILL "$seconds" sh >&3 2>&1
            printf '\\n%s %d\\n' "$mark" "$?" >&3
        done
        """

    private func boot(_ script: String, within bound: Duration = .seconds(100)) async throws(GuestError) -> Guest {
        try await Guest.boot(Command("bash", ["-c", script]), name: "vm0", within: bound)
    }

    @Test func runsPrograms() async throws {
        let guest = try await boot(Self.agent)
        let done = try await guest.run(["sh", "-c", "echo $((6 * 7)); echo no >&2; exit 3"])
        #expect(done == Guest.Result(status: 3, output: Array("42\nno\n".utf8)))
        #expect(try await guest.run(["printf", "%s", "it's"]).text == "it's")
        #expect(guest.console.lastLines(1) == ["the console speaks"])
        guest.stop()
        #expect(await guest.ending == .stopped)
    }

    @Test func runsThemOneAfterTheOther() async throws {
        let guest = try await boot(Self.agent)
        let texts = try await withThrowingTaskGroup(of: String.self) { group in
            for number in 0..<8 { group.addTask { try await guest.run(["echo", "\(number)"]).text } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(texts.sorted() == (0..<8).map { "\($0)\n" })
    }

    @Test func saysAsItGoes() async throws {
        let guest = try await boot(Self.agent)
        let scratch = try Scratch()
        let (pieces, sink) = AsyncStream.makeStream(of: [UInt8].self)
        // Longer than a mark, of which the first bytes might be in it; and it goes on when some of that has been seen.
        let words = ["sh", "-c", "seq 100; until [ -e \(scratch.path)/seen ]; do sleep 0.1; done; echo end"]
        let done = try await guest.run(words) {
            sink.yield($0)
            _ = try? scratch.put("seen", "")
        }
        sink.finish()
        #expect(done.status == 0)
        let all = await pieces.reduce(into: [[UInt8]]()) { $0.append($1) }
        #expect(all.count > 1)
        #expect(all.flatMap(\.self) == done.output)
    }

    @Test func endsAProgramThatTakesTooLong() async throws {
        let guest = try await boot(Self.agent)
        #expect(try await guest.run(["sleep", "1000"], within: .seconds(1)).status == 137)
        #expect(try await guest.run(["echo", "on"]).text == "on\n")
    }

    @Test func aGuestThatIsNotReadyShowsItsLastLines() async throws {
        let error = await #expect(throws: GuestError.self) {
            try await boot("echo one; echo 'Kernel panic'; sleep 60", within: .seconds(5))
        }
        #expect(error == GuestError("vm0 was not ready within 5 s", notes: ["one", "Kernel panic"]))
    }

    @Test func aGuestThatEndsAtOnceShowsWhy() async throws {
        let error = await #expect(throws: GuestError.self) { try await boot("echo 'no such machine' >&2; exit 1") }
        #expect(error?.message == "vm0 ended before it was ready: QEMU ended with status 1")
        #expect(error?.notes == ["no such machine"])
    }

    @Test func aGuestThatEndsMeanwhileIsGone() async throws {
        let guest = try await boot(Self.agent)
        let error = await #expect(throws: GuestError.self) { try await guest.run(["sh", "-c", "kill -KILL $AGENT"]) }
        #expect(error?.message.hasPrefix("vm0 is gone: QEMU ") == true)
        let again = await #expect(throws: GuestError.self) { try await guest.run(["true"]) }
        #expect(again?.message.hasPrefix("vm0 is gone: QEMU ") == true)
    }

    @Test func aProgramThatIsNotThereIsNamed() async throws {
        let error = await #expect(throws: GuestError.self) {
            try await Guest.boot(Command("no-such-qemu"), name: "vm0", within: .seconds(1))
        }
        #expect(error?.message == "vm0 cannot start: cannot run `no-such-qemu`: there is no such program")
    }

    @Test func itEndsWhenNobodyHoldsIt() async throws {
        var guest: Guest? = try await boot(Self.agent)
        let process = try #require(try await guest?.run(["sh", "-c", "echo $AGENT"]).text.split(separator: "\n").first)
        guest = nil
        for _ in 0..<1200 where FileManager.default.fileExists(atPath: "/proc/\(process)") {
            try await Task.sleep(for: .milliseconds(50))
        }
        #expect(!FileManager.default.fileExists(atPath: "/proc/\(process)"))
    }

    @Test func theConsoleKeepsItsEnd() async {
        let log = ConsoleLog()
        for number in 0..<50_000 { log.append(Array("line \(number)\r\n".utf8)) }
        #expect(log.lastLines(2) == ["line 49998", "line 49999"])
        let reader = log.bytes
        log.append(Array("more".utf8))
        log.finish()
        let all = await reader.joined()
        #expect(all.count <= 2 * ConsoleLog.limit + 4)
        #expect(String(decoding: all.suffix(13), as: UTF8.self) == "e 49999\r\nmore")
        #expect(await log.bytes.joined().suffix(4) == Array("more".utf8))
    }
}
