// SPDX-License-Identifier: BSD-2-Clause

import Foundation
import Processes
import Testing

/// `topoc lab console`: a VM's shell, over pipes and at a terminal.
@Suite(
    .timeLimit(.minutes(10)),
    .enabled("this host lets nobody have network namespaces with TAPs") {
        await LabProgram.namespacesAreAvailable()
    })
struct ConsoleTests {
    /// Ctrl-].
    private static let leave: [UInt8] = [0x1D]

    @Test func whatIsTypedReachesTheVMAndWhatItSaysComesBack() async throws {
        try await LabProgram.withLab(Topologies.pair) { lab in
            let console = try lab.start("console", ["vm1"], takesInput: true)
            console.write(Array("echo \"$(hostname) says $((6 * 7))\"\n".utf8))
            #expect(await Self.hears("vm1 says 42", from: console))
            console.write(Self.leave)
            #expect(await console.ending == .exited(0))
            let notes = String(decoding: await console.errors.joined(), as: UTF8.self)
            #expect(notes == "the console of vm1; Ctrl-] leaves it\r\n")
            // The shell of the VM ends with it, and the VM goes on.
            #expect(try await lab.run("exec", ["vm1", "--", "true"]).succeeded)
        }
    }

    @Test func itEndsWithStandardInputAndWithTheShell() async throws {
        try await LabProgram.withLab(Topologies.pair) { lab in
            #expect(try await lab.run("console", ["vm0"], input: "").ending == .exited(0))
            let console = try lab.start("console", ["vm0"], takesInput: true)
            console.write(Array("exit\n".utf8))
            #expect(await console.ending == .exited(0))
            let unknown = try await lab.run("console", ["vm7"], input: "")
            #expect(unknown.ending == .exited(74))
            #expect(unknown.errorText.contains("error: [TOPO808] there is no VM `vm7`"), "\(unknown.errorText)")
        }
    }

    /// Keys go to the VM as they are, Ctrl-C too; afterwards the terminal is as it was.
    @Test(.enabled(if: Command.find("script") != nil, "there is no script"))
    func aTerminalIsGivenBackAsItWas() async throws {
        try await LabProgram.withLab(Topologies.pair) { lab in
            let words = "'\(LabProgram.topoc)' lab console vm0 --name \(lab.name); stty -a; echo over"
            let terminal = try ChildProcess(
                Command("script", ["-qec", words, "/dev/null"]), bound: .seconds(300), takesInput: true)
            var seen = terminal.output.makeAsyncIterator()
            var text = ""
            func hears(_ wanted: String) async -> Bool {
                while !text.contains(wanted), let bytes = await seen.next() {
                    text += String(decoding: bytes, as: UTF8.self)
                }
                return text.contains(wanted)
            }
            try #require(await hears("Ctrl-] leaves it"))
            // The program says itself that it runs: only then do the terminal's signals go to it, and not to the shell.
            terminal.write(Array("sh -c 'echo begins-$((1 + 1)); exec sleep 1000'\n".utf8))
            try #require(await hears("begins-2"))
            // It ends what runs in the VM, and not topoc.
            terminal.write([0x03] + Array("echo \"$(hostname) goes on\"\n".utf8))
            try #require(await hears("vm0 goes on"))
            terminal.write(Self.leave)
            try #require(await hears("over"))
            #expect(text.contains(" icanon ") && text.contains(" echo "), "\(text)")
        }
    }

    private static func hears(_ wanted: String, from process: ChildProcess) async -> Bool {
        var text = ""
        for await bytes in process.output {
            text += String(decoding: bytes, as: UTF8.self)
            if text.contains(wanted) { return true }
        }
        return false
    }
}
