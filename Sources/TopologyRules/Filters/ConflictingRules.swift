// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import Topology
import Wiring

/// Two rules that say the opposite of the same frames.
enum ConflictingRules: Rule {
    static let description = RuleDescription(
        code: "TOPO325", name: "conflicting-rules", severity: .error,
        summary: "Two rules of a filter speak of the same frames; one allows them, the other denies them.",
        rationale: """
            The first decides, so the second says something that is not so, and a reader may believe it.
            """,
        bad: """
            import Topology

            Assembly("filtered") {
                VM("a")
                VM("b")
                Filter("fw", between: "a", and: "b") {
                    Allow(.tcp, port: 22)
                    Deny(.tcp, port: 22)
                }
            }
            """,
        good: """
            import Topology

            Assembly("filtered") {
                VM("a")
                VM("b")
                Filter("fw", between: "a", and: "b") {
                    Allow(.arp)
                    Allow(.tcp, port: 5555, from: "a")
                    Deny(.any)
                }
            }
            """,
        isAllowable: true)

    static func check(_ subject: Subject, _ report: (Finding) -> Void) {
        for filter in subject.network.filters where filter.implementation == .native {
            let analysis = FilterAnalysis(filter)
            for (index, rule) in filter.rules.enumerated() where !filter.isFaulty(index) && !analysis.decides(index) {
                guard let first = contradicted(index, in: filter, analysis.takers(of: index)) else { continue }
                report(
                    description.finding(
                        "\(rule.text) contradicts \(filter.rules[first].text), which decides first",
                        at: rule.origin.span,
                        labels: [Label(filter.rules[first].origin, "says the opposite of the same frames")]
                            .compactMap { $0 },
                        notes: ["leave one of the two out"]))
            }
        }
    }

    /// The earlier rule of the opposite action that speaks of exactly the same frames.
    static func contradicted(_ index: Int, in filter: ResolvedFilter, _ takers: [Int]) -> Int? {
        let rule = filter.rules[index]
        return takers.first { filter.rules[$0].action != rule.action && filter.rules[$0].sets == rule.sets }
    }
}
