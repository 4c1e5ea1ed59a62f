// SPDX-License-Identifier: BSD-2-Clause

import ArgumentParser
import Diagnostics
import Topology
import TopologyLanguage
import TopologyRules
import Wiring

struct Explain: TopocCommand {
    static let configuration = CommandConfiguration(
        abstract: "Explain a rule, or what can come from one VM to another.",
        discussion: "Without a code it lists the rules.")

    @Argument(help: "The code of a finding, as TOPO204, or the name of its rule.")
    var code: String?

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp(
            "Say what can come from a VM to another, and by which rule of a filter: --path web db mesh.topo.",
            valueName: "from to file"))
    var path: [String] = []

    func validate() throws {
        guard !path.isEmpty else { return }
        if path.count != 3 { throw ValidationError("--path takes two VMs and a .topo file: --path web db mesh.topo") }
        if code != nil { throw ValidationError("Ask for a code or for --path.") }
    }

    func perform() throws -> Outcome {
        if path.count == 3 { return try explain(from: path[0], to: path[1], in: path[2]) }
        try Console.print(
            code.map { Explanation.text(of: try Catalogue.named($0)) } ?? Explanation.list(Catalogue.all))
        return .clean
    }

    private func explain(from source: String, to destination: String, in file: String) throws -> Outcome {
        try Input.forEach([file]) { input in
            let topology = TopologyFile(reading: input.source)
            let result = Linter.lint(topology, target: .lab)
            guard let network = result.network, !result.report.hasErrors else {
                try Console.print(try ReportFormat.text.render([result.report], style: Console.style))
                return .findings
            }
            let ends = try [source, destination].map { name in
                guard let node = network.node(spelled: name) else {
                    throw ValidationError("\(input.source.name) declares no VM \(name).")
                }
                return node
            }
            try Console.print(PathExplanation.text(of: network, from: ends[0], to: ends[1]))
            return .clean
        }
    }
}

extension Network {
    /// The index of a VM by its name or number, as the command line has it.
    fileprivate func node(spelled text: String) -> Int? {
        nodes.firstIndex { $0.name == text } ?? nodes.firstIndex { "\($0.number)" == text }
    }
}
