// SPDX-License-Identifier: BSD-2-Clause

import CLabHost
import Diagnostics
import Foundation
import Processes
import Testing

@testable import Lab

/// Labs of network namespaces, as a user runs them.
@Suite(
    .timeLimit(.minutes(10)), .serialized,
    .enabled("this host lets nobody have network namespaces with TAPs") {
        await LabProgram.namespacesAreAvailable()
    })
struct LabTests {
    @Test func goesUpAndDown() async throws {
        let lab = try await LabProgram.withLab(LabProgram.example("zmq_samples"), ["--program", "/bin/true"]) { lab in
            let status = try await lab.run("status")
            #expect(status.outputText.contains("vm2  -     running  running"), "\(status.outputText)")
            let address = try await lab.run("exec", ["vm0", "--", "ip", "addr", "show", "dev", "eth0"])
            #expect(address.outputText.contains("link/ether 02:00:00:00:aa:01"))
            #expect(address.outputText.contains("inet 192.168.1.1/24"))
            #expect(try await lab.run("exec", ["vm1", "--", "hostname"]).outputText == "vm1\n")
            let failing = try await lab.run("exec", ["2", "--", "sh", "-c", "echo said; exit 7"])
            #expect(failing.ending == .exited(7))
            #expect(failing.outputText == "said\n")
            // Its own, and no other of this host's.
            let links = try await lab.run("exec", ["vm0", "--", "ls", "/sys/class/net"])
            #expect(
                Set(links.outputText.split(separator: "\n")).isSubset(of: ["eth0", "lo", "sit0", "ip6tnl0", "tunl0"]))
            let again = try await lab.run("up", [Topologies.pair, "--guests", "namespaces"])
            #expect(again.ending == .exited(74))
            #expect(again.errorText.contains("error: [TOPO806] the lab `\(lab.name)` is up already"))
            return lab
        }
        #expect(try await lab.isGone([]))
        let down = try await lab.run("down")
        #expect(down.errorText.hasPrefix("error: [TOPO807] the lab `\(lab.name)` is not up\n"))
    }

    /// Whoever is told that the lab is down can have its name at once.
    @Test func theNameIsFreeWhenTheLabIsDown() async throws {
        for _ in 0..<5 {
            let lab = LabProgram()
            let up = try await lab.run("up", [Topologies.pair, "--guests", "namespaces"])
            #expect(up.succeeded, "\(up.errorText)")
            let conversation = try await lab.connect()
            conversation.send(Envelope(version: TopocVersion.current, request: .down))
            for await message in conversation.messages {
                guard try JSONDecoder().decode(Event.self, from: message.line).isLast else { continue }
                let listener = Descriptor(topoc_lab_listen(lab.socket))
                #expect(listener.number != -1)
                break
            }
            #expect(try await lab.isGone([]))
        }
    }

    /// What passes is what `topoc build` certifies: also with several partitions, and with a VM in two of them.
    @Test(
        .enabled(if: Command.find("ping") != nil, "there is no ping"),
        arguments: ["two_partitions", "bridge", "gateway", "line", "ring", "named"])
    func whatIsCertifiedPassesAndNothingElse(_ example: String) async throws {
        let lab = LabProgram()
        let done = try await lab.run(
            "run", [LabProgram.example(example), "--guests", "namespaces", "--scenario", "flows"])
        #expect(done.ending == .exited(0), "\(done.errorText)")
        #expect(done.outputText.contains(" flows pass, as certified; "))
        let frames = try #require(done.outputText.firstMatch(of: /of the (\d+) frames that came .* a flow to it\n$/))
        #expect(try #require(Int(frames.1)) > 0)
        #expect(try await lab.isGone([]))
    }

    /// A guest whose sources are not pinned takes another VM's address: nobody answers, and it is seen all the same.
    @Test(.enabled(if: Command.find("ping") != nil, "there is no ping"))
    func aFrameOfAVMWithoutAFlowIsSeen() async throws {
        try await LabProgram.withLab(Topologies.unpinned) { lab in
            let inside = ["vm1", "--", "ip", "link", "set", "dev", "eth0", "address", "02:00:00:00:aa:01"]
            #expect(try await lab.run("exec", inside).succeeded)
            let flows = try await lab.run("scenario", ["--scenario", "flows"])
            #expect(flows.ending == .exited(1))
            #expect(
                flows.errorText.contains("note: vm2 gets frames of vm0, and no such flow is certified"),
                "\(flows.errorText)")
        }
    }

    /// A topology carries its own scenario: each VM runs its line, with the programs that come along.
    @Test(.enabled(if: Command.find("ping") != nil, "there is no ping"))
    func playsWhatTheTopologyStarts() async throws {
        let lab = LabProgram()
        let words = ["--guests", "namespaces", "--scenario", "start"]
        let done = try await lab.run("run", [Topologies.starting] + words)
        #expect(done.ending == .exited(0), "\(done.errorText)")
        #expect(Set(done.outputText.split(separator: "\n")) == ["vm0: vm1 answers", "vm1: this is vm1"])
        let failing = try await lab.run("run", [Topologies.failing] + words)
        #expect(failing.ending == .exited(1))
        #expect(failing.outputText == "vm1: said before\nExited with error\n")
        #expect(failing.errorText.contains("error: [TOPO814] 1 of 1 VMs fail\n"), "\(failing.errorText)")
        #expect(failing.errorText.contains("note: vm1 ends with status 7: echo said before; exit 7"))
        let none = try await lab.run("run", [Topologies.pair] + words)
        #expect(none.ending == .exited(1))
        #expect(none.errorText.contains("error: [TOPO814] no VM of this topology starts anything\n"))
    }

    @Test(.enabled(if: Command.find("ping") != nil, "there is no ping"))
    func aLinkIsCutAndJoinedAndImpaired() async throws {
        try await LabProgram.withLab(LabProgram.example("two_partitions")) { lab in
            func pings(waiting seconds: Int = 1) async throws -> Completed {
                try await lab.run("exec", ["vm0", "--", "ping", "-c", "3", "-i", "0.2", "-W", "\(seconds)", "vm1"])
            }
            #expect(try await lab.reaches("vm0", "vm1"))
            #expect(try await lab.run("partition", ["vm0", "vm1"]).succeeded)
            #expect(try await !pings().succeeded)
            let flows = try await lab.run("scenario", ["--scenario", "flows"])
            #expect(flows.ending == .exited(1))
            #expect(flows.outputText.hasSuffix("\nExited with error\n"))
            #expect(flows.errorText.contains("note: vm0 to vm1 is certified, and nothing passes"))
            #expect(try await lab.run("heal").errorText == "1 links joined\n")
            #expect(try await lab.reaches("vm0", "vm1"))
            #expect(try await lab.run("impair", ["vm0", "vm1", "--delay", "30ms"]).succeeded)
            let slow = try await pings(waiting: 60).outputText
            let least = try #require(slow.firstMatch(of: /min\/avg\/max\/mdev = ([0-9.]+)/))
            #expect(try #require(Double(least.1)) >= 60)
            #expect(try await lab.run("impair", ["vm0", "vm1", "--loss", "100%", "--one-way"]).succeeded)
            #expect(try await !pings().succeeded)
            let areCounted = try await eventually {
                let stats = try await lab.run("stats", ["--once", "--json"])
                let link = try Self.link(from: 0, to: 1, in: stats.output)
                let drops = try #require((link["sent"] as? [String: Any])?["drops"] as? [String: Int])
                return try #require(drops["loss"]) > 0 && #require(drops["cut"]) > 0
            }
            #expect(areCounted)
            let nowhere = try await lab.run("partition", ["vm0", "vm2"])
            #expect(nowhere.errorText.hasPrefix("error: [TOPO809] vm0 and vm2 have no link\n"))
        }
    }

    private static func link(from: Int, to: Int, in json: [UInt8]) throws -> [String: Any] {
        let object = try JSONSerialization.jsonObject(with: Data(json)) as? [String: Any]
        let links = try #require(object?["links"] as? [[String: Any]])
        return try #require(links.first { $0["vm"] as? Int == from && $0["peer"] as? Int == to })
    }

    @Test(.enabled(if: Command.find("ping") != nil, "there is no ping"))
    func aDeviceThatEndsIsStartedAnew() async throws {
        try await LabProgram.withLab(Topologies.pair) { lab in
            #expect(try await lab.reaches("vm0", "vm1"))
            let before = try Self.link(from: 0, to: 1, in: try await lab.run("stats", ["--once", "--json"]).output)
            #expect(try await lab.run("kill", ["vm1"]).errorText.contains("the device of vm1"))
            #expect(try await lab.run("restart", ["vm0"]).succeeded)
            #expect(try await lab.reaches("vm0", "vm1"))
            // It counts on from where the other stopped.
            func frames(_ link: [String: Any]) throws -> Int {
                try #require((link["sent"] as? [String: Any])?["frames"] as? Int)
            }
            var after = before
            #expect(
                try await eventually {
                    after = try Self.link(from: 0, to: 1, in: try await lab.run("stats", ["--once", "--json"]).output)
                    return try frames(before) < frames(after)
                })
            #expect(try #require(after["generation"] as? Int) == 3)
            let status = try await lab.run("status", ["--json"])
            #expect(status.outputText.contains("\"restarts\" : 1"))
        }
    }

    @Test func withoutHealingADeviceStaysAsItIs() async throws {
        try await LabProgram.withLab(Topologies.pair, ["--no-healing"]) { lab in
            #expect(try await lab.run("kill", ["vm1"]).succeeded)
            let isSeen = try await eventually { try await lab.run("status").outputText.contains("was stopped") }
            #expect(isSeen)
            #expect(
                try await lab.run("kill", ["vm1"]).errorText.contains("the device of vm1 does not run: was stopped"))
            #expect(try await lab.run("restart", ["vm1"]).succeeded)
            #expect(try await lab.run("status").outputText.contains("vm1  -     running  running"))
        }
    }

    @Test func capturesWhatPasses() async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "topoc-\(UUID().uuidString).pcapng")
        defer { try? FileManager.default.removeItem(at: file) }
        try await LabProgram.withLab(Topologies.pair) { lab in
            let capture = try lab.start("capture", ["vm0", "vm1", "-w", file.path, "--count", "2"])
            // Datagrams to a port at which nobody listens, until enough has been captured.
            let calls = Task {
                while !Task.isCancelled {
                    _ = try await lab.run("exec", ["vm0", "--", "bash", "-c", "echo x > /dev/udp/192.168.1.2/9"])
                }
            }
            #expect(await capture.ending == .exited(0))
            for words in [["vm0", "vm9"], ["vm9"]] {
                let unknown = try await lab.run("capture", words + ["-w", "/dev/null"])
                #expect(unknown.ending == .exited(74))
                #expect(unknown.errorText.contains("error: [TOPO808] there is no VM `vm9`"), "\(unknown.errorText)")
            }
            let itself = try await lab.run("capture", ["vm0", "vm0", "-w", "/dev/null"])
            #expect(itself.errorText.contains("error: [TOPO809] vm0 and vm0 have no link"), "\(itself.errorText)")
            calls.cancel()
            _ = await calls.result
        }
        let blocks = try PcapNGReader.blocks(of: Data(contentsOf: file))
        #expect(blocks.map(\.type).prefix(2) == [0x0A0D_0D0A, 1])
        #expect(blocks.filter { $0.type == 6 }.count == 2)
        #expect(blocks[1].body.range(of: Data("vm0-vm1".utf8)) != nil)
    }

    /// Whoever started it is killed while it starts, or it is killed itself: nothing is left, at whichever moment.
    @Test(arguments: [0, 30, 100, 300], [SIGKILL, SIGTERM, SIGINT])
    func nothingIsLeftOfALabThatIsKilled(_ milliseconds: Int, _ signal: Int32) async throws {
        let lab = LabProgram()
        // Of the star, most pairs have no flow, and each is waited for: no host is through with it by then.
        let client = try lab.start(
            "run", [LabProgram.example("star"), "--guests", "namespaces", "--scenario", "flows"])
        try await Task.sleep(for: .milliseconds(milliseconds))
        let processes = lab.processes()
        kill(client.id, signal)
        #expect(await client.ending == .signalled(signal))
        #expect(try await lab.isGone(processes))
    }

    @Test func nothingIsLeftWhenTheSupervisorIsKilled() async throws {
        let lab = LabProgram()
        let up = try await lab.run("up", [Topologies.pair, "--guests", "namespaces"])
        #expect(up.succeeded, "\(up.errorText)")
        let processes = lab.processes()
        // The process of the lab, and a device and a guest of each VM.
        #expect(processes.count == 5, "\(processes)")
        // What runs in a guest, and has left its parent, is of the lab, too.
        let seconds = "\(Int.random(in: 100_000...999_999))"
        let sleeps = "pgrep -f '^sleep \(seconds)$'"
        let sleeper = try await lab.run(
            "exec", ["vm0", "--", "sh", "-c", "setsid sleep \(seconds) & until \(sleeps); do sleep 0.1; done"])
        #expect(sleeper.succeeded)
        let before = try await ChildProcess.run(Command("sh", ["-c", sleeps]), within: .seconds(100))
        #expect(before.outputText != "")
        kill(try #require(processes.first), SIGKILL)
        #expect(try await lab.isGone(processes))
        let sleeping = try await ChildProcess.run(Command("sh", ["-c", sleeps]), within: .seconds(100))
        #expect(sleeping.outputText == "")
        #expect(try await lab.run("status").errorText.hasPrefix("error: [TOPO807]"))
    }
}
