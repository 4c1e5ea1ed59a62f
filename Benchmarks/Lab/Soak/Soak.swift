// SPDX-License-Identifier: BSD-2-Clause

import ArgumentParser
import Foundation
import Processes

/// A lab that works for long while its parts are killed, its links impaired and its guests rebooted.
struct Soak: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "soak",
        abstract: "Let a lab carry mixed traffic for long, and disturb it: exits with 1 where something was lost that "
            + "was acknowledged, came twice or damaged, or leaks.")

    @Option(help: "How long.") var seconds = 3600
    @Option(help: "Device processes that are killed, at random.") var kills = 200
    @Option(help: "What a VM is: namespaces or qemu.") var guests = "namespaces"
    @Option(help: "Of what is random; the same number, the same disturbances.") var seed: UInt64 = 1

    func validate() throws {
        guard (10...86400).contains(seconds), (0...100_000).contains(kills) else {
            throw ValidationError("--seconds is 10 to 86400, --kills 0 to 100000.")
        }
    }

    func run() async throws {
        try Isolation.enter()
        let tools = try await Tools()
        guard let topoc = tools.topoc else { throw BenchmarkError("there is no topoc beside this program") }
        let count = 4
        let options = ["--guests", guests, "--program", tools.datagrams]
        let lab = try await LabMachines(count, tools, topoc: topoc, options: options)
        let tally = Tally()
        let reboots = Reboots()
        let watch = Watch(lab: lab, seconds: seconds)
        do {
            try await watch.lookAtRest()
            let deadline = ContinuousClock.now + .seconds(seconds)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for pair in [(0, 1), (count - 1, 0)] {
                    group.addTask {
                        try await Traffic(lab, tools, tally, reboots, until: deadline).trips(pair.0, pair.1)
                    }
                }
                for (from, to) in [(1, 2), (2, 1), (count - 1, 1)] {
                    group.addTask { try await Traffic(lab, tools, tally, reboots, until: deadline).datagrams(from, to) }
                }
                group.addTask {
                    var disturbance = Disturbance(lab: lab, count: count, tally: tally, reboots: reboots, seed: seed)
                    try await disturbance.go(on: deadline, kills: kills, seconds: seconds)
                }
                group.addTask { try await watch.go(on: deadline) }
                for try await _ in group {}
            }
            try await calm(lab, tools, tally, reboots, count)
            try await watch.lookAtRest()
        } catch {
            await lab.end()
            throw error
        }
        let processes = await watch.processes
        await lab.end()
        tally.check("processes that outlive the lab", await Watch.left(of: processes)) { $0 == 0 }
        await watch.judge(tally)
        for how in ["twice", "late", "damaged"] {
            tally.check("datagrams that came \(how)", tally.count("datagrams that came \(how)")) { $0 == 0 }
        }
        tally.check("datagrams that came", tally.count(Tally.receivedName)) { $0 > 0 }
        tally.check("round trips that were acknowledged", tally.count("acknowledged round trips")) { $0 > 0 }
        tally.check("device processes killed, of \(kills)", tally.count("device processes killed")) { $0 == kills }
        Progress.say("")
        print(tally.text(seconds: seconds, guests: guests))
        if tally.hasFailed { throw ExitCode.failure }
    }

    /// Rounds in which a busy host may be too slow for a datagram.
    private static let calmRounds = 5

    /// After all: nothing is impaired or killed any more, and nothing is lost.
    private func calm(
        _ lab: LabMachines, _ tools: Tools, _ tally: Tally, _ reboots: Reboots, _ count: Int
    ) async throws {
        try await Task.sleep(for: .seconds(2))
        // Each VM sends to one and receives of one at a time.
        for step in 1..<count {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for from in 0..<count {
                    group.addTask { try await calm(from, (from + step) % count, lab, tools, tally, reboots) }
                }
                for try await _ in group {}
            }
        }
        tally.check("datagrams lost when all is calm again", tally.count(Self.lostName)) { $0 == 0 }
        tally.check("datagrams sent then", tally.count(Self.calmName)) { $0 > 0 }
    }

    private static let calmName = "datagrams sent when all is calm again"
    private static let lostName = "of those, lost in the last round of each direction"

    private func calm(
        _ from: Int, _ to: Int, _ lab: LabMachines, _ tools: Tools, _ tally: Tally, _ reboots: Reboots
    ) async throws {
        _ = try await lab.run(from, ["ping", "-c", "2", "-w", "60", lab.address(to)], within: .seconds(300))
        var last = Tally()
        for _ in 0..<Self.calmRounds {
            last = Tally()
            try await Traffic(lab, tools, last, reboots, until: .now).round(from, to, seconds: 1, rate: 100)
            if last.sent > 0, last.lost == 0 { break }
        }
        tally.add(Self.calmName, last.sent)
        tally.add(Self.lostName, last.lost)
    }
}
