// SPDX-License-Identifier: BSD-2-Clause

import Foundation
import Processes
import Testing

/// The scenario programs as a user of a guest meets them.
@Suite(.enabled(if: Command.find("cmake") != nil, "there is no cmake"), .timeLimit(.minutes(10)))
struct ScenarioTests {
    /// Runs the program on this host, over the loopback.
    private func run(_ arguments: [String], within bound: Duration = .seconds(180)) async throws -> Completed {
        try await ChildProcess.run(Command(Scenarios.program(), arguments), within: bound)
    }

    private func endpoint(_ port: Int) -> String { "tcp://127.0.0.1:\(port)" }

    @Test func playsAllScenariosOnOneMachine() async throws {
        let scratch = FileManager.default.temporaryDirectory.appending(path: "topoc-figures-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: scratch) }
        let done = try await run(["run", "--port", "\(Scenarios.ports())", "--json", scratch.path])
        #expect(done.ending == .exited(0), "\(done.outputText)\(done.errorText)")
        #expect(done.errorText == "")
        let lines = done.outputText.split(separator: "\n").map(String.init)
        let transcript = try Transcript(lines)
        #expect(lines.first == "Running 3 scenarios on one vm")
        #expect(lines.last == "Finished running all scenarios")
        #expect(transcript.roundTrips == [10000])
        #expect(transcript.updates == 6)
        #expect(transcript.tasks == 100)
        let figures = try JSONDecoder().decode(Figures.self, from: Data(contentsOf: scratch))
        #expect(figures.oneVM.latency == transcript.latencies.first)
        #expect(figures.oneVM.expected == transcript.expected.first)
        #expect(figures.oneVM.elapsed == transcript.elapsed.first)
        // One worker can be no faster than the tasks take together.
        #expect(figures.oneVM.elapsed >= figures.oneVM.expected)
        #expect(figures.acrossVMs == nil)
    }

    @Test(.enabled(if: Namespaces.available, "this host lets nobody have network namespaces"))
    func playsAllScenariosAcrossThreeMachines() async throws {
        let program = try await Scenarios.program()
        let namespaces = try await Namespaces(3, bound: .seconds(400))
        let scratch = FileManager.default.temporaryDirectory.appending(path: "topoc-figures-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: scratch) }
        let all = (0..<3).map(Namespaces.address)
        let results = try await withThrowingTaskGroup(of: (Int, Completed).self) { group in
            for vm in 0..<3 {
                let figures = vm == 0 ? ["--json", scratch.path] : []
                let command = namespaces.command(vm, program, ["run", "--vm", "\(vm)"] + figures + all)
                group.addTask { (vm, try await ChildProcess.run(command, within: .seconds(360))) }
            }
            return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        await namespaces.end()
        for (vm, done) in results {
            #expect(done.ending == .exited(0), "VM \(vm): \(done.outputText)\(done.errorText)")
            #expect(done.errorText == "")
            #expect(done.outputText.hasSuffix("\nFinished running all scenarios\n"))
            #expect(done.outputText.contains("Running 3 scenarios across 3 vms\n"))
        }
        let first = try Transcript(#require(results[0]).outputText.split(separator: "\n").map(String.init))
        #expect(first.roundTrips == [10000, 10000])
        #expect(first.updates == 12)
        let workers = try [1, 2].map { vm in
            try Transcript(#require(results[vm]).outputText.split(separator: "\n").map(String.init)).tasks
        }
        // Both were there before the first task was handed out.
        #expect(workers == [50, 50])
        let figures = try JSONDecoder().decode(Figures.self, from: Data(contentsOf: scratch))
        let across = try #require(figures.acrossVMs)
        #expect(across.elapsed * 2 >= across.expected)
        let ratio = try #require(figures.ratio)
        #expect(abs(ratio - across.latency / figures.oneVM.latency) < 0.01)
        let table = try #require(results[0]).outputText
        #expect(table.contains("across 3 VMs    ratio\n"))
        let printed = try #require(table.firstMatch(of: /\nlatency \[us\] +[0-9.]+ +[0-9.]+ +([0-9.]+)\n/))
        #expect(abs(try #require(Double(printed.1)) - ratio) < 0.01)
    }

    /// VM 2 takes no part in the first scenario, which takes longer than anyone waits for a partner.
    @Test(.enabled(if: Namespaces.available, "this host lets nobody have network namespaces"))
    func nobodyLosesPatienceWhileOthersPlay() async throws {
        let program = try await Scenarios.program()
        let namespaces = try await Namespaces(3, bound: .seconds(600))
        let all = (0..<3).map(Namespaces.address)
        let results = try await withThrowingTaskGroup(of: (Int, Completed).self) { group in
            for vm in 0..<3 {
                let words = ["run", "--wait", "5", "--limit", "500", "--count", "250000", "--vm", "\(vm)"]
                let command = namespaces.command(vm, program, words + all)
                group.addTask { (vm, try await ChildProcess.run(command, within: .seconds(560))) }
            }
            return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        await namespaces.end()
        for (vm, done) in results {
            #expect(done.ending == .exited(0), "VM \(vm): \(done.outputText)\(done.errorText)")
        }
        // A quarter of a million round trips, and each twice the latency.
        let first = try Transcript(#require(results[0]).outputText.split(separator: "\n").map(String.init))
        #expect(try #require(first.latencies.last) * 2 * 250_000 / 1e6 > 5, "the scenario was over within the wait")
    }

    @Test(.enabled(if: Namespaces.available, "this host lets nobody have network namespaces"))
    func namesTheMachineThatIsMissing() async throws {
        let program = try await Scenarios.program()
        let namespaces = try await Namespaces(2, bound: .seconds(180))
        let all = (0..<3).map(Namespaces.address)
        // The three scenarios that VM 0 plays before it comes to this one may take a second each.
        let arguments = ["run", "--wait", "2", "--limit", "1", "--vm", "1"] + all
        let done = try await ChildProcess.run(namespaces.command(1, program, arguments), within: .seconds(150))
        await namespaces.end()
        #expect(done.ending == .exited(1))
        #expect(
            done.errorText
                == "zmq_samples server: waited 5 s for a client's request at tcp://192.168.1.2:5555 "
                + "(0 of 10000 round trips done)\n")
        #expect(done.outputText.hasSuffix("\nExited with error\n"))
    }

    // MARK: - Roles by hand, with partners that are missing or end

    @Test(arguments: [
        (["client"], "a reply of the server at", "0 of 10000 round trips"),
        (["server"], "a client's request at", "0 of 10000 round trips"),
        (["publisher", "--partners", "2"], "subscriber 1 of 2 at", "0 of 2 subscribers"),
        (["subscriber"], "an update of zip code 10001 from", "0 of 6 updates"),
        (["source"], "worker 1 of 1 at", "0 of 100 tasks"),
        (["worker"], "a task of the source at", "0 of 100 tasks"),
        (["sink"], "the source or a worker at", "0 of 100 tasks"),
    ])
    func saysForWhomItWaited(_ role: [String], _ whom: String, _ progress: String) async throws {
        let port = Scenarios.ports()
        let two = ["source", "worker"].contains(role[0])
        let endpoints = two ? [endpoint(port), endpoint(port + 1)] : [endpoint(port)]
        let done = try await run(role + endpoints + ["--wait", "1"])
        #expect(done.ending == .exited(1))
        #expect(
            done.errorText == "zmq_samples \(role[0]): waited 1 s for \(whom) \(endpoint(port)) (\(progress) done)\n")
    }

    /// A partner is killed in the middle: the other says so within its bound, and how far they were.
    @Test(arguments: [("server", "client"), ("client", "server")])
    func saysWhoFellSilent(_ victim: String, _ witness: String) async throws {
        let program = try await Scenarios.program()
        let port = Scenarios.ports()
        let place = endpoint(port)
        let many = ["--count", "100000000", "--silence", "3"]
        let killed = try ChildProcess(Command(program, [victim, place] + many), bound: .seconds(180))
        async let other = ChildProcess.run(Command(program, [witness, place] + many), within: .seconds(180))
        try await wait(for: .established, at: port)
        // Connected, they have some round trips behind them soon.
        try await Task.sleep(for: .seconds(2))
        killed.stop()
        let done = try await other
        let said = String(decoding: await killed.errors.joined(), as: UTF8.self)
        #expect(said == "")
        #expect(done.ending == .exited(1))
        let whom = witness == "client" ? "a reply of the server at \(place)" : "a client's request at \(place)"
        let pattern = /^zmq_samples (\w+): waited 3 s for (.*) \((\d+) of 100000000 round trips done\)\n$/
        let message = try #require(done.errorText.firstMatch(of: pattern))
        #expect(message.1 == witness)
        #expect(message.2 == whom)
        #expect(try #require(Int(message.3)) > 0)
    }

    /// How the kernel calls the states of a TCP socket.
    private enum SocketState: String {
        case established = "01"
        case listening = "0A"
    }

    /// Waits until a socket at a port of this host is in a state.
    private func wait(for state: SocketState, at port: Int) async throws {
        let number = String(port, radix: 16, uppercase: true)
        // Address and port of here, those of there, and the state.
        let entry = try Regex("[0-9A-F]{8}:\(number) [0-9A-F]{8}:[0-9A-F]{4} \(state.rawValue) ")
        let deadline = ContinuousClock.now + .seconds(60)
        var sockets: String
        repeat {
            // All of it: a file of /proc has no size, and whoever trusts that has its first page.
            let file = try FileHandle(forReadingFrom: URL(filePath: "/proc/net/tcp"))
            sockets = String(decoding: try file.readToEnd() ?? Data(), as: UTF8.self)
            if sockets.firstMatch(of: entry) != nil { return }
            try await Task.sleep(for: .milliseconds(20))
        } while .now < deadline
        Issue.record("no socket at port \(number) is \(state):\n\(sockets)")
    }

    @Test func aWorkerThatIsKilledCostsTheBatch() async throws {
        let program = try await Scenarios.program()
        let port = Scenarios.ports()
        let places = [endpoint(port), endpoint(port + 1)]
        let workers = try (0..<2).map { _ in
            try ChildProcess(Command(program, ["worker"] + places), bound: .seconds(300))
        }
        async let sink = run(["sink", places[1], "--silence", "5", "--count", "300"])
        async let source = run(["source"] + places + ["--partners", "2", "--count", "300"])
        // It says which task it begins with.
        for await _ in workers[0].output { workers[0].stop() }
        let done = try await sink
        _ = try await source
        workers[1].stop()
        #expect(done.ending == .exited(1))
        let pattern = /^zmq_samples sink: waited 5 s for the source or a worker at .* \((\d+) of 300 tasks done\)\n$/
        let message = try #require(done.errorText.firstMatch(of: pattern))
        #expect((150..<300).contains(try #require(Int(message.1))))
    }

    @Test func aSubscriberThatLeavesEarlyIsMissed() async throws {
        let place = endpoint(Scenarios.ports())
        let program = try await Scenarios.program()
        let subscriber = try ChildProcess(
            Command(program, ["subscriber", place, "--count", "100000"]), bound: .seconds(180))
        async let publisher = run(["publisher", place, "--count", "100000"])
        // The number of updates, the announcement, and then one.
        var seen = ""
        for await bytes in subscriber.output where !seen.contains("temp: ") {
            seen += String(decoding: bytes, as: UTF8.self)
            if seen.contains("temp: ") { subscriber.stop() }
        }
        let done = try await publisher
        #expect(done.ending == .exited(1))
        #expect(done.errorText.contains("the subscriber of zip code 10001 left after at most"))
    }

    @Test func aPlaceThatIsInUseIsNamed() async throws {
        let port = Scenarios.ports()
        let program = try await Scenarios.program()
        let first = try ChildProcess(Command(program, ["sink", endpoint(port)]), bound: .seconds(180))
        defer { first.stop() }
        try await wait(for: .listening, at: port)
        let done = try await run(["server", endpoint(port), "--wait", "1"])
        #expect(done.ending == .exited(1))
        #expect(
            done.errorText == "zmq_samples server: cannot listen at \(endpoint(port)): Address already in use\n")
    }

    @Test func endsAScenarioThatTakesTooLong() async throws {
        let arguments = [
            "run", "--port", "\(Scenarios.ports())", "--count", "100000000", "--limit", "1", "--wait", "5",
        ]
        let done = try await run(arguments)
        #expect(done.ending == .exited(1))
        #expect(done.errorText.contains("zmq_samples: the client is not done after 6 s\n"))
        #expect(done.outputText.hasSuffix("Exited with error\n"))
    }

    @Test func endsItsPlayersWithItself() async throws {
        let port = Scenarios.ports()
        let program = try await Scenarios.program()
        // Alone, so that only the runner is killed, and not its group.
        let command = Command(
            "sh",
            [
                "-c",
                "\(program) run --port \(port) --count 100000000 & sleep 1; kill -KILL $!; wait; "
                    + "until \(program) server \(endpoint(port)) --wait 1 2>&1 | grep 'waited 1 s'; do sleep 0.1; done",
            ])
        let done = try await ChildProcess.run(command, within: .seconds(60))
        // The runner's server does not hold the place any more.
        #expect(done.outputText.contains("waited 1 s for a client's request"), "\(done.outputText)\(done.errorText)")
    }

    // MARK: - Bad arguments

    @Test(arguments: [
        ([], "what is to be run?"),
        (["dance"], "it has no command dance"),
        (["run", "--vm", "0"], "--vm N and the addresses of all VMs come together"),
        (["run", "192.168.1.1", "192.168.1.2"], "--vm N and the addresses of all VMs come together"),
        (["run", "--vm", "0", "192.168.1.1"], "across VMs means 2 to 16 addresses"),
        (["run", "--vm", "2", "192.168.1.1", "192.168.1.2"], "there are fewer addresses than this VM's number says"),
        (["run", "--vm", "0", "192.168.1.1", "fe80::1"], "this is no IPv4 address: fe80::1"),
        (["run", "--vm", "16"], "--vm is a number from 0 to 15, and not 16"),
        (["client"], "it takes one endpoint: client"),
        (["worker", "tcp://127.0.0.1:1"], "it takes two endpoints: worker"),
        (["client", "tcp://127.0.0.1:1", "--count", "0"], "--count is a number from 1 to 100000000, and not 0"),
        (["client", "tcp://127.0.0.1:1", "--count", "-1"], "--count is a number from 1 to 100000000, and not -1"),
        (["client", "tcp://127.0.0.1:1", "--wait", "1s"], "--wait is a number from 1 to 86400, and not 1s"),
        (["client", "tcp://127.0.0.1:1", "--wait"], "it has no such option, or one without its value"),
        (["client", "tcp://127.0.0.1:1", "--speed", "1"], "it has no such option, or one without its value"),
        (
            ["subscriber", "tcp://127.0.0.1:1", "--zip-code", "1"],
            "--zip-code is a number from 10000 to 10031, and not 1"
        ),
    ])
    func refusesBadArguments(_ arguments: [String], _ message: String) async throws {
        let done = try await run(arguments)
        #expect(done.ending == .exited(64))
        #expect(done.errorText == "zmq_samples: \(message)\n`zmq_samples --help` says what there is.\n")
        #expect(done.outputText == "")
    }

    @Test func aMalformedEndpointIsNamed() async throws {
        let done = try await run(["client", "nonsense"])
        #expect(done.ending == .exited(1))
        #expect(done.errorText == "zmq_samples client: cannot connect to nonsense: Invalid argument\n")
    }

    @Test func helps() async throws {
        let done = try await run(["--help"])
        #expect(done.succeeded)
        #expect(done.outputText.hasPrefix("usage: zmq_samples run"))
    }
}
