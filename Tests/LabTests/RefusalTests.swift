// SPDX-License-Identifier: BSD-2-Clause

import Foundation
import Processes
import Testing

/// What a host lacks, and what a lab is wrongly asked for: each has a code and a way out, and leaves nothing.
@Suite(.timeLimit(.minutes(10)))
struct RefusalTests {
    private func refused(
        _ code: String, _ command: String, _ arguments: [String] = [], environment: [String: String] = [:]
    ) async throws -> String {
        let lab = LabProgram()
        let done = try await lab.run(command, arguments, environment: environment)
        #expect(done.ending == .exited(74), "\(done.outputText)\(done.errorText)")
        #expect(done.errorText.contains("error: [\(code)] "), "\(done.errorText)")
        #expect(done.errorText.contains("\n  = note: "), "\(done.errorText)")
        #expect(try await lab.isGone([]))
        return done.errorText
    }

    @Test(arguments: ["status", "down", "stats", "kill", "exec"])
    func whatIsNotUpIsNotReached(_ command: String) async throws {
        let arguments = ["kill": ["vm0"], "exec": ["vm0", "--", "true"]][command] ?? []
        _ = try await refused("TOPO807", command, arguments)
    }

    @Test func aFaultyTopologyHasFindings() async throws {
        let done = try await LabProgram().run("up", [Topologies.faulty])
        #expect(done.ending == .exited(1))
        #expect(done.errorText.contains("error[TOPO206]"))
    }

    @Test func theDeviceMustBeThere() async throws {
        let said = try await refused(
            "TOPO805", "up", [Topologies.pair, "--guests", "namespaces"], environment: ["TOPOC_DEVICE": "/no/such"])
        #expect(said.contains("TOPOC_DEVICE names `/no/such`, which is no program"))
    }

    @Test(
        .enabled("this host lets nobody have network namespaces with TAPs") {
            await LabProgram.namespacesAreAvailable()
        })
    func aDeviceThatEndsAtOnceIsNamed() async throws {
        let lab = LabProgram()
        let done = try await lab.run(
            "up", [Topologies.pair, "--guests", "namespaces"], environment: ["TOPOC_DEVICE": "/bin/true"])
        #expect(done.ending == .exited(74))
        #expect(done.errorText.contains("error: [TOPO812] the device of vm0 "), "\(done.errorText)")
        #expect(try await lab.isGone([]))
    }

    @Test func theEmulatorMustBeThere() async throws {
        let said = try await refused("TOPO803", "up", [Topologies.pair], environment: ["PATH": "/usr/sbin"])
        #expect(said.contains("apt-get install qemu-system-x86"))
    }

    /// An emulator, and no kernel: neither in the cache, nor an apt that could fetch it.
    @Test(.enabled(if: Command.find("qemu-system-x86_64") != nil, "there is no qemu-system-x86_64"))
    func theImageMustBeThere() async throws {
        let place = FileManager.default.temporaryDirectory.appending(path: "topoc-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: place) }
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        let emulator = try #require(Command.find("qemu-system-x86_64"))
        try FileManager.default.createSymbolicLink(
            atPath: place.appending(path: "qemu-system-x86_64").path, withDestinationPath: emulator)
        _ = try await refused(
            "TOPO804", "up", [Topologies.pair],
            environment: ["PATH": place.path, "XDG_CACHE_HOME": place.path])
    }

    @Test func aLabLargerThanTheHostIsRefusedBeforeItBegins() async throws {
        // A hundred guests of 64 GiB.
        let text = """
            import Topology

            Assembly("large") {
                VMs(0..<100)
                Partition("lan") { Star(hub: 0, 1..<100) }
            }

            """
        let lab = LabProgram()
        let done = try await lab.run("up", ["-", "--memory", "65536"], input: text)
        #expect(done.ending == .exited(74))
        #expect(done.errorText.contains("error: [TOPO810] the lab needs 65"), "\(done.errorText)")
        #expect(done.errorText.contains("--memory"))
        #expect(try await lab.isGone([]))
    }

    /// As on hosts that forbid it: a user namespace in which there may be no network namespace, and one without TAPs.
    @Test(
        .enabled("this host lets nobody have network namespaces with TAPs") {
            await LabProgram.namespacesAreAvailable()
        },
        arguments: [
            ("TOPO801", "echo 0 > /proc/sys/user/max_net_namespaces"), ("TOPO802", "mount -t tmpfs none /dev/net"),
        ])
    func whatTheHostForbidsIsNamed(_ code: String, _ forbidding: String) async throws {
        let lab = LabProgram()
        let script = "\(forbidding) && exec \"$0\" lab up \"$1\" --guests namespaces --name \(lab.name)"
        let done = try await ChildProcess.run(
            Command(
                "unshare",
                ["--user", "--map-root-user", "--mount", "sh", "-c", script, LabProgram.topoc, Topologies.pair]),
            within: .seconds(180))
        #expect(done.ending == .exited(74), "\(done.errorText)")
        #expect(done.errorText.contains("error: [\(code)] no "), "\(done.errorText)")
        #expect(done.errorText.contains("\n  = note: "), "\(done.errorText)")
        #expect(try await lab.isGone([]))
    }

    @Test(arguments: [
        (["up", "x.topo", "--name", "a b"], "a lab's name has 1 to 32"),
        (["up", "x.topo", "--guests", "xen"], "'qemu' and 'namespaces'"),
        (["up", "x.topo", "--memory", "1"], "--memory is 32 to 65536 MiB"),
        (["impair", "vm0", "vm1", "--loss", "101%"], "a share is 0% to 100%"),
        (["impair", "vm0", "vm1", "--delay", "5"], "a time is up to 10s"),
        (["impair", "vm0", "vm1", "--jitter", "5ms"], "--jitter is at most --delay"),
        (["impair", "vm0", "vm1", "--rate", "fast"], "a rate is as 10Mbit"),
        (["heal", "vm0"], "A link has two VMs"),
        (["scenario", "--scenario", "chess"], "'zmq', 'flows', 'iperf3' or 'start'"),
        (["capture", "-w", "x", "--count", "0"], "--count is at least 1"),
    ])
    func aWrongCommandLineIsExplained(_ words: [String], _ message: String) async throws {
        let done = try await ChildProcess.run(Command(LabProgram.topoc, ["lab"] + words), within: .seconds(180))
        #expect(done.ending == .exited(64))
        #expect(done.errorText.contains(message), "\(done.errorText)")
    }
}
