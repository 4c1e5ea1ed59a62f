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
        let count = guests == "qemu" ? 3 : 4
        let options = ["--guests", guests, "--program", tools.datagrams]
        let lab = try await LabMachines(count, tools, topoc: topoc, options: options)
        let tally = Tally()
        let watch = Watch(lab: lab, seconds: seconds)
        let deadline = ContinuousClock.now + .seconds(seconds)
        do {
            try await watch.look()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for pair in [(0, 1), (count - 1, 0)] {
                    group.addTask { try await Traffic(lab, tools, tally, until: deadline).trips(pair.0, pair.1) }
                }
                for (from, to) in [(1, 2), (2, 1), (count - 1, 1)] {
                    group.addTask { try await Traffic(lab, tools, tally, until: deadline).datagrams(from, to) }
                }
                group.addTask {
                    var disturbance = Disturbance(lab: lab, count: count, tally: tally, seed: seed)
                    try await disturbance.go(on: deadline, kills: kills, seconds: seconds)
                }
                group.addTask { try await watch.go(on: deadline) }
                try await group.waitForAll()
            }
            try await calm(lab, tools, tally, count)
            try await watch.look()
        } catch {
            await lab.end()
            throw error
        }
        let processes = await watch.processes
        await lab.end()
        tally.check("processes that outlive the lab", await Watch.left(of: processes)) { $0 == 0 }
        await watch.judge(tally)
        Progress.say("")
        print(tally.text(seconds: seconds, guests: guests))
        if tally.hasFailed { throw ExitCode.failure }
    }

    /// After all: nothing is impaired or killed any more, and nothing is lost.
    private func calm(_ lab: LabMachines, _ tools: Tools, _ tally: Tally, _ count: Int) async throws {
        try await Task.sleep(for: .seconds(2))
        let last = Tally()
        let end = ContinuousClock.now + .seconds(3)
        for (from, to) in [(0, 1), (1, 0), (1, 2), (2, 0)] where from < count && to < count {
            // The first frames of a direction may ask for an address.
            _ = try await lab.run(from, ["ping", "-c", "2", "-w", "20", lab.address(to)], within: .seconds(30))
            try await Traffic(lab, tools, last, until: end).round(from, to, seconds: 2)
        }
        tally.check("datagrams lost when all is calm again", last.lost, isGood: { $0 == 0 })
        tally.check("datagrams sent then", last.sent, isGood: { $0 > 0 })
    }
}
