// SPDX-License-Identifier: BSD-2-Clause

import ArgumentParser
import Foundation
import Processes

/// What a lab's network costs, beside what Linux and QEMU offer on the same host, in one run.
@main
struct LabBenchmark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "topoc-lab-bench",
        abstract: "What a lab's network costs beside others, and whether it lasts.",
        subcommands: [Measure.self, Soak.self], defaultSubcommand: Measure.self)
}

struct Measure: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "measure",
        abstract: "Measure latency and throughput between machines of a lab and of its peers, in turns.")

    @Option(help: "How often each network is measured.") var rounds = 5
    @Option(help: "Seconds of one measurement of throughput.") var seconds = 1
    @Option(help: "Round trips of one measurement of latency.") var trips = 5000
    @Option(help: "Networks whose name contains one of these, with commas between them.") var only = ""
    @Option(help: "Pairs of machines at once, at most: 1 to 3.") var pairs = 3
    @Flag(help: "Also guests under QEMU.") var guests = false
    @Option(help: "Takes the figures, as JSON.", completion: .file()) var json: String?

    func validate() throws {
        guard (1...100).contains(rounds), (1...30).contains(seconds), (100...1_000_000).contains(trips),
            (1...3).contains(pairs)
        else {
            throw ValidationError("--rounds is 1 to 100, --seconds 1 to 30, --trips 100 to 1000000, --pairs 1 to 3.")
        }
    }

    func run() async throws {
        // Everything happens in namespaces of this process's own: there is no way out, and nothing stays behind.
        try Isolation.enter()
        let tools = try await Tools()
        let wanted = only.split(separator: ",")
        let networks = try await Networks.all(tools, guests: guests).filter { network in
            wanted.isEmpty || wanted.contains { network.name.contains($0) }
        }
        for network in networks where network.absence != nil {
            print("absent: \(network.name): \(network.absence ?? "")")
        }
        let measurements = Measurement.all(pairs: pairs, seconds: seconds, trips: trips)
        var report = Report(measurements: measurements.map(\.name))
        for round in 1...rounds {
            for network in networks where network.absence == nil {
                Progress.say("round \(round) of \(rounds): \(network.name)")
                let machines = try await network.start(pairs * 2)
                do {
                    for measurement in measurements where network.takes(measurement) {
                        let figure = try await measurement.take(over: machines, tools)
                        report.add(figure, of: measurement.name, over: network)
                    }
                } catch {
                    await machines.end()
                    throw error
                }
                await machines.end()
            }
        }
        Progress.say("")
        print(report.text(rounds: rounds, seconds: seconds, trips: trips))
        if let json { try report.json().write(to: URL(filePath: json)) }
    }
}

/// A line on a terminal that the next one takes the place of.
enum Progress {
    static func say(_ text: String) {
        guard isatty(STDERR_FILENO) == 1 else { return }
        FileHandle.standardError.write(Data("\r\u{1B}[K\(text)".utf8))
    }
}

/// What goes wrong, in a sentence.
struct BenchmarkError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
