// SPDX-License-Identifier: BSD-2-Clause

import Foundation
import Processes
import Testing

/// Guests that end and begin again, behind devices that stay.
@Suite(.timeLimit(.minutes(10)), .serialized)
struct RebootTests {
    /// What `kind` of guest makes no difference to.
    private func reboots(_ lab: LabProgram) async throws {
        func exec(_ vm: String, _ line: String) async throws -> Completed {
            try await lab.run("exec", [vm, "--", "sh", "-c", line])
        }
        func devices() async throws -> [Substring] {
            let status = try await lab.run("status", ["--json"])
            return status.outputText.split(separator: "\n").filter { $0.contains("\"deviceProcess\"") }
        }
        #expect(try await lab.reaches("vm0", "vm1"))
        let before = try await devices()
        #expect(before.count == 2)
        #expect(
            try await exec("vm1", "hostname other && echo kept > /run/mark && cat /run/mark").outputText == "kept\n")
        let last = try lab.start("exec", ["vm1", "--", "sh", "-c", "echo it runs; sleep 1000"])
        for await _ in last.output { break }

        let done = try await lab.run("reboot", ["vm1"], within: .seconds(300))
        #expect(done.succeeded, "\(done.errorText)")
        #expect(done.outputText == "")
        // All of it has ended, and what it is comes of the topology again.
        #expect(await last.ending != .exited(0))
        #expect(try await exec("vm1", "cat /run/mark").succeeded == false)
        #expect(try await exec("vm1", "hostname").outputText == "vm1\n")
        #expect(try await exec("vm1", "ip addr show dev eth0").outputText.contains("inet 192.168.1.2/24"))
        #expect(try await lab.reaches("vm0", "vm1"))
        #expect(try await devices() == before)
        #expect(try await lab.run("status").outputText.contains("vm1  -     running  running"))
    }

    @Test(
        .enabled("this host lets nobody have network namespaces with TAPs") {
            await LabProgram.namespacesAreAvailable()
        },
        .enabled(if: Command.find("ping") != nil, "there is no ping"))
    func aNamespaceBeginsAgain() async throws {
        try await LabProgram.withLab(Topologies.pair) { lab in
            try await reboots(lab)
            // Its first process may also have ended by itself; then there is nothing to run in.
            let end = try await lab.run("exec", ["vm1", "--", "sh", "-c", "kill -9 $(pgrep -P 1 -x cat)"])
            #expect(end.ending == .exited(0) || end.ending == .exited(137), "\(end.errorText)")
            var gone = try await lab.run("exec", ["vm1", "--", "true"])
            #expect(
                try await eventually {
                    gone = try await lab.run("exec", ["vm1", "--", "true"])
                    return !gone.succeeded
                })
            #expect(gone.errorText.contains("error: [TOPO811] vm1 is gone: its first process "), "\(gone.errorText)")
            #expect(gone.errorText.contains("`topoc lab reboot vm1` boots it again"))
            #expect(try await lab.run("reboot", ["1"]).succeeded)
            #expect(try await lab.reaches("vm0", "vm1"))
            let nobody = try await lab.run("reboot", ["vm7"])
            #expect(nobody.ending == .exited(74))
            #expect(nobody.errorText.hasPrefix("error: [TOPO808] there is no VM `vm7`"))
        }
    }

    @Test(
        .enabled("this host lets nobody have network namespaces with TAPs") {
            await LabProgram.namespacesAreAvailable()
        })
    func aGuestWithoutADeviceIsNotRebooted() async throws {
        try await LabProgram.withLab(Topologies.pair, ["--no-healing"]) { lab in
            #expect(try await lab.run("kill", ["vm1"]).succeeded)
            let isSeen = try await eventually { try await lab.run("status").outputText.contains("was stopped") }
            #expect(isSeen)
            let done = try await lab.run("reboot", ["vm1"])
            #expect(done.ending == .exited(74))
            #expect(done.errorText.hasPrefix("error: [TOPO812] the device of vm1 does not run: was stopped"))
            #expect(done.errorText.contains("`topoc lab restart vm1` starts it"))
            // The guest is as it was.
            #expect(try await lab.run("exec", ["vm1", "--", "true"]).succeeded)
        }
    }

    @Test(
        .enabled(if: ProcessInfo.processInfo.environment["TOPOC_GUESTS"] != nil, "make test-guests boots the guests"),
        .enabled(if: Command.find("qemu-system-x86_64") != nil, "there is no qemu-system-x86_64"))
    func aGuestOfQEMUBootsAgain() async throws {
        try await LabProgram.withLab(Topologies.pair, ["--memory", "128"], guests: "qemu") { lab in
            try await reboots(lab)
            // One that has ended by itself.
            _ = try await lab.run("exec", ["vm1", "--", "poweroff", "-f"])
            let gone = try await lab.run("exec", ["vm1", "--", "true"])
            #expect(gone.errorText.contains("error: [TOPO811] vm1 is gone: QEMU "), "\(gone.errorText)")
            #expect(try await lab.run("reboot", ["vm1"], within: .seconds(300)).succeeded)
            #expect(try await lab.reaches("vm0", "vm1"))
        }
    }
}
