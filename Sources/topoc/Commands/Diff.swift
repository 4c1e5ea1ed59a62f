// SPDX-License-Identifier: BSD-2-Clause

import ArgumentParser
import Diagnostics
import TopologyComparison
import TopologyLanguage
import TopologyRules
import Wiring

struct Diff: AsyncTopocCommand {
    static let configuration = CommandConfiguration(
        abstract: "Say what differs between two topologies, and above all who can reach whom now and could not before.",
        discussion: """
            Each of the two is a file, or a file of a git revision as `HEAD~1:mesh.topo`. VMs are told apart by their \
            names, those without by their numbers. Both topologies must be without errors.
            """)

    @Argument(
        help: ArgumentHelp("The topology before; `-` is standard input.", valueName: "old"),
        completion: .file(extensions: ["topo"]))
    var old: String

    @Argument(
        help: ArgumentHelp("The topology now; `-` is standard input.", valueName: "new"),
        completion: .file(extensions: ["topo"]))
    var new: String

    @Flag(help: "Exit 1 where VMs can reach each other that could not before.")
    var breaking = false

    @Flag(help: "Print the difference as JSON.")
    var json = false

    @OptionGroup var rules: RuleOptions

    func validate() throws {
        if old == "-" && new == "-" { throw ValidationError("only one of the two can be standard input.") }
    }

    func perform() async throws -> Outcome {
        var results: [LintResult] = []
        for argument in [old, new] {
            let source = try await Revision(argument)?.read() ?? Input(argument).source
            results.append(
                Linter.lint(TopologyFile(reading: source), target: rules.target, allowing: Set(rules.allowed)))
        }
        guard let before = results[0].network, let now = results[1].network,
            !results.contains(where: \.report.hasErrors)
        else {
            let faulty = results.map(\.report).filter(\.hasErrors)
            Console.note(TextRenderer(style: Console.errorStyle).render(faulty))
            return .findings
        }
        let difference = TopologyDifference(from: before, to: now)
        try Console.print(
            json
                ? difference.json(old: results[0].report.source.name, new: results[1].report.source.name)
                : difference.text(style: Console.style))
        return breaking && !difference.widening.isEmpty ? .findings : .clean
    }
}
