// SPDX-License-Identifier: BSD-2-Clause

import ArgumentParser
import Diagnostics
import TopologyRules

struct Explain: TopocCommand {
    static let configuration = CommandConfiguration(
        abstract: "Explain a rule: what it refuses, why, and what to write instead.",
        discussion: "Without a code it lists the rules.")

    @Argument(help: "The code of a finding, as TOPO204, or the name of its rule.")
    var code: String?

    func perform() throws -> Outcome {
        try Console.print(
            code.map { Explanation.text(of: try Catalogue.named($0)) } ?? Explanation.list(Catalogue.all))
        return .clean
    }
}
