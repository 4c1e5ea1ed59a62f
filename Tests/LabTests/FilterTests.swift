// SPDX-License-Identifier: BSD-2-Clause

import Foundation
import Processes
import Testing
import Topology
import Wiring

@testable import Lab

/// A filter in a lab of network namespaces: real Linux on both sides, and the C that `topoc build` emits in between.
@Suite(
    .timeLimit(.minutes(10)), .serialized,
    .enabled("this host lets nobody have network namespaces with TAPs") {
        await LabProgram.namespacesAreAvailable()
    })
struct FilterTests {
    private static let topology = LabProgram.example("filter")

    /// Listens in the server, calls from the client, and gives whether what that says comes through.
    /// - Parameter seconds: how long the client tries.
    private func tcp(
        _ lab: LabProgram, port: Int, from client: String, to server: String, at address: String, for seconds: Int = 60
    ) async throws -> Bool {
        let program = """
            import socket, sys
            if sys.argv[1] == 'listen':
                s = socket.create_server(('', int(sys.argv[2])))
                print('listens', flush=True)
                print(s.accept()[0].recv(100).decode())
            else:
                socket.create_connection((sys.argv[3], int(sys.argv[2])), int(sys.argv[4])).sendall(b'through')
            """
        let listener = try lab.start("exec", [server, "--", "python3", "-c", program, "listen", "\(port)"])
        var said = listener.output.makeAsyncIterator()
        var heard = ""
        while !heard.contains("listens\n"), let bytes = await said.next() {
            heard += String(decoding: bytes, as: UTF8.self)
        }
        let words = [client, "--", "python3", "-c", program, "call", "\(port)", address, "\(seconds)"]
        guard try await lab.run("exec", words).succeeded else {
            listener.stop()
            return false
        }
        while let bytes = await said.next() { heard += String(decoding: bytes, as: UTF8.self) }
        return heard == "listens\nthrough\n"
    }

    private struct Stats: Decodable {
        struct Filter: Decodable {
            struct Rule: Decodable {
                let rule: String
                let frames: Int
                let overRate: Int
            }
            let name: String
            let rules: [Rule]
        }
        let filters: [Filter]
    }

    private func rules(_ lab: LabProgram) async throws -> [Stats.Filter.Rule] {
        let said = try await lab.run("stats", ["--json", "--once"])
        return try #require(JSONDecoder().decode(Stats.self, from: Data(said.output)).filters.first).rules
    }

    @Test func tcpOn5555PassesAndNothingElseDoes() async throws {
        try await LabProgram.withLab(Self.topology) { lab in
            #expect(try await tcp(lab, port: 5555, from: "client", to: "server", at: "192.168.1.2"))
            #expect(try await !tcp(lab, port: 5556, from: "client", to: "server", at: "192.168.1.2", for: 2))
            // The server opens no connection, not to the same port either.
            #expect(try await !tcp(lab, port: 5555, from: "server", to: "client", at: "192.168.1.1", for: 2))
            let ping = try await lab.run("exec", ["client", "--", "ping", "-c", "2", "-W", "1", "192.168.1.2"])
            #expect(!ping.succeeded && ping.outputText.contains("100% packet loss"))
            #expect(try await rules(lab).map(\.rule).last == "Deny(.any)")
            // ARP both ways; a connection's segments both ways; two pings at least, and SYNs.
            #expect(
                try await eventually {
                    let rules = try await rules(lab)
                    return rules.count > 2 && rules[0].frames >= 2 && rules[1].frames >= 6 && rules[2].frames >= 4
                })
            let text = try await lab.run("stats", ["--once"]).outputText
            #expect(text.contains("FILTER fw (vm0 vm1)") && text.contains("Deny(.any)"))
            #expect(try await lab.run("status").outputText.contains("fw      vm0 vm1"))
        }
    }

    @Test func aFilterThatEndsIsStartedAnew() async throws {
        try await LabProgram.withLab(Self.topology) { lab in
            #expect(try await tcp(lab, port: 5555, from: "client", to: "server", at: "192.168.1.2"))
            let before = try await rules(lab)[1].frames
            #expect(try await lab.run("kill", ["fw"]).succeeded)
            #expect(try await lab.run("restart", ["server"]).succeeded)
            #expect(
                try await eventually {
                    try await tcp(lab, port: 5555, from: "client", to: "server", at: "192.168.1.2")
                })
            let ping = try await lab.run("exec", ["client", "--", "ping", "-c", "1", "-W", "1", "192.168.1.2"])
            #expect(!ping.succeeded)
            // The counters go on.
            #expect(try await eventually { try await rules(lab)[1].frames > before })
        }
    }

    /// With all devices in one process the filter has its own; it judges on when they are started anew, or a guest is.
    @Test(arguments: [[], ["--one-process"]])
    func aFilterJudgesOnWhenGuestsAndDevicesBeginAnew(_ options: [String]) async throws {
        try await LabProgram.withLab(Self.topology, options) { lab in
            func isFiltered() async throws -> Bool {
                let passed = try await eventually {
                    try await tcp(lab, port: 5555, from: "client", to: "server", at: "192.168.1.2")
                }
                let ping = try await lab.run("exec", ["client", "--", "ping", "-c", "1", "-W", "1", "192.168.1.2"])
                let back = try await tcp(lab, port: 5555, from: "server", to: "client", at: "192.168.1.1", for: 2)
                return passed && !ping.succeeded && !back
            }
            let before = try await Running(lab)
            #expect(Set(before.devices).count == (options.isEmpty ? 2 : 1) && !before.devices.contains(before.filter))
            #expect(try await isFiltered())
            for guest in ["client", "server"] { #expect(try await lab.run("reboot", [guest]).succeeded) }
            #expect(try await isFiltered())
            #expect(try await Running(lab) == before)
            // There is no guest in a filter.
            let refused = try await lab.run("reboot", ["fw"])
            #expect(refused.errorText.hasPrefix("error: [TOPO808] there is no VM `fw`"), "\(refused.errorText)")

            #expect(try await lab.run("kill", ["server"]).succeeded)
            #expect(try await lab.run("restart", ["client"]).succeeded)
            #expect(try await isFiltered())
            let renewed = try await Running(lab)
            #expect(renewed.filter == before.filter && Set(renewed.devices).isDisjoint(with: before.devices))
            #expect(try await lab.run("kill", ["fw"]).succeeded)
            #expect(try await lab.run("reboot", ["server"]).succeeded)
            #expect(try await isFiltered())
            let last = try await Running(lab)
            #expect(last.filter != before.filter && last.devices == renewed.devices)
        }
    }

    private struct Running: Equatable {
        let devices: [Int]
        let filter: Int

        init(_ lab: LabProgram) async throws {
            struct Status: Decodable {
                struct VM: Decodable { let deviceProcess: Int }
                struct Filter: Decodable { let process: Int }
                let vms: [VM]
                let filters: [Filter]
            }
            let json = try await lab.run("status", ["--json"]).output
            let status = try JSONDecoder().decode(Status.self, from: Data(json))
            devices = status.vms.map(\.deviceProcess)
            filter = try #require(status.filters.first).process
        }
    }

    /// What a lab is said to take of the host is not less than what it takes.
    @Test func theHostIsAskedForWhatFiltersTakeToo() async throws {
        let filtered = Assembly("many") {
            VMs(0..<4)
            for n in 0..<3 { Filter("fw\(n)", between: n, and: n + 1) { Allow(.any) } }
        }
        let wiring = try #require(Wiring(Network(filtered), target: .lab))
        let needs = HostNeeds(wiring, .namespaces, memoryMiB: 0) { $0.sharedMemory }
        let topology = FileManager.default.temporaryDirectory.appending(path: "topoc-\(UUID().uuidString).topo").path
        defer { try? FileManager.default.removeItem(atPath: topology) }
        let text = """
            import Topology

            Assembly("many") {
                VMs(0..<4)
                for n in 0..<3 { Filter("fw\\(n)", between: n, and: n + 1) { Allow(.any) } }
            }

            """
        try Data(text.utf8).write(to: URL(filePath: topology))
        try await LabProgram.withLab(topology) { lab in
            func entries(_ directory: String) -> Int {
                (try? FileManager.default.contentsOfDirectory(atPath: directory))?.count ?? 0
            }
            let processes = lab.processes()
            let holder = try #require(processes.first)
            let threads = processes.reduce(0) { $0 + entries("/proc/\($1)/task") }
            let descriptors = entries("/proc/\(holder)/fd")
            #expect(threads > 0 && threads <= needs.processes, "\(threads) of \(needs.processes)")
            #expect(descriptors > 0 && descriptors <= needs.descriptors, "\(descriptors) of \(needs.descriptors)")
        }
        let plain = Assembly("plain") {
            VMs(0..<4)
            Partition("lan") { Line(0..<4) }
        }
        let without = HostNeeds(
            try #require(Wiring(Network(plain), target: .lab)), .namespaces, memoryMiB: 0
        ) { $0.sharedMemory }
        #expect(needs.descriptors > without.descriptors && needs.processes > without.processes)
        #expect(needs.memoryMiB > without.memoryMiB)
    }

    /// What is certified of a filter is what a ping sees.
    @Test func theFlowsAreAsCertified() async throws {
        let lab = LabProgram()
        let ended = try await ChildProcess.run(
            Command(
                LabProgram.topoc,
                ["lab", "run", Self.topology, "--scenario", "flows", "--guests", "namespaces", "--name", lab.name]),
            within: .seconds(180))
        #expect(ended.succeeded, "\(ended.errorText)")
        #expect(ended.outputText.contains("filters stop the calls of 2 flows, as their rules say"))
    }

    /// The lab is killed while the rules are compiled, as by a compiler that takes its time.
    @Test func nothingIsLeftOfALabThatIsKilledWhileItCompiles() async throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "topoc-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: directory) }
        try FileManager.default.createDirectory(atPath: "\(directory)/tmp", withIntermediateDirectories: true)
        let compiler = "\(directory)/cc"
        try Data("#!/bin/sh\ntouch \(directory)/began\nexec sleep 60\n".utf8).write(to: URL(filePath: compiler))
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: compiler)
        let lab = LabProgram()
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        let up = try ChildProcess(
            Command(
                LabProgram.topoc, ["lab", "up", Self.topology, "--guests", "namespaces", "--name", lab.name],
                environment: ["PATH": "\(directory):\(path)", "TMPDIR": "\(directory)/tmp"]), bound: .seconds(60))
        for _ in 0..<400 where !FileManager.default.fileExists(atPath: "\(directory)/began") {
            try await Task.sleep(for: .milliseconds(50))
        }
        try #require(FileManager.default.fileExists(atPath: "\(directory)/began"))
        let processes = lab.processes()
        #expect(processes.count >= 2)
        for process in processes { kill(process, SIGKILL) }
        #expect(await up.ending != .exited(0))
        #expect(try await lab.isGone(processes))
        #expect(try FileManager.default.contentsOfDirectory(atPath: "\(directory)/tmp") == [])
    }

    @Test func whatHasAFilterIsNotCutAlone() async throws {
        try await LabProgram.withLab(Self.topology) { lab in
            let ended = try await lab.run("partition", ["client", "server"])
            #expect(!ended.succeeded && ended.errorText.contains("through filter `fw`"))
        }
    }
}
