// SPDX-License-Identifier: BSD-2-Clause

import ArgumentParser
import Diagnostics
import Files
import FoundationEssentials
import Lab
import SystemPackage

struct LabRun: LabSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Start a lab, play a scenario across its VMs, and end it: 0 or 1.",
        discussion: """
            The lab ends with this command, however that ends. zmq plays the programs of Examples/zmq_samples; flows \
            lets each VM call each other, and compares what passes with what `topoc build` certifies; iperf3 \
            measures each link with the iperf3 of this host; start runs in each VM what the topology says that its \
            guest starts, and all must end well.
            """)

    @OptionGroup var topology: LabTopology
    @OptionGroup var lab: LabOptions
    @OptionGroup var play: ScenarioOptions

    func perform() async throws -> Int32 {
        var topology = topology
        topology.programs += try play.scenario.hostPrograms()
        let programs = play.scenario.programs
        guard let order = try await topology.order(isBound: true, programs: programs) else {
            return Outcome.findings.rawValue
        }
        let client = try LabClient(starting: lab.name, guests: order.guests)
        try await client.ask(.up(order)) { event in
            if case .progress(let line) = event { Console.note("\(line)\n") }
        }
        let status = try await play.perform(lab)
        try await lab.connect().takeDown()
        return status
    }
}

struct LabScenario: LabSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "scenario", abstract: "Play a scenario across the VMs of a lab that is up: 0 or 1.")

    @OptionGroup var lab: LabOptions
    @OptionGroup var play: ScenarioOptions

    func perform() async throws -> Int32 { try await play.perform(lab) }
}

/// Which scenario, and where its figures go.
struct ScenarioOptions: ParsableArguments {
    @Option(help: "What is played: zmq, flows, iperf3 or start.") var scenario: Scenario
    @Option(help: ArgumentHelp("Also write what was measured, as JSON.", valueName: "path"), completion: .file())
    var json: String?

    func perform(_ lab: LabOptions) async throws -> Int32 {
        var figures: Data?
        do {
            let status = try await lab.connect().ask(.scenario(scenario.rawValue)) { event in
                switch event {
                case .output(let bytes): try FileDescriptor.standardOutput.writeAll(bytes)
                case .progress(let line): Console.note("\(line)\n")
                case .figures(let bytes): figures = bytes
                default: break
                }
            }
            if let json, let figures {
                try FileWriter().write([OutputFile(FilePath(json), Array(figures))])
            }
            return status == 0 ? 0 : 1
        } catch let error as LabError {
            LabOptions.complain(error)
            try Console.print("Exited with error\n")
            return 1
        }
    }
}

extension Scenario: ExpressibleByArgument {}
