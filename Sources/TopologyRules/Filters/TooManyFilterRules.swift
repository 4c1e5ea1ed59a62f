// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import Topology
import Wiring

/// A filter with more rules than are looked at.
enum TooManyFilterRules: Rule {
    static let description = RuleDescription(
        code: "TOPO327", name: "too-many-filter-rules", severity: .error,
        summary: "A filter has more than 256 rules.",
        rationale: """
            Each rule has counters in the component, and each pair of rules is compared for what they have in common. \
            Ports that follow each other are one rule: `Allow(.tcp, port: 5000...5099)`.
            """,
        bad: """
            import Topology

            Assembly("filtered") {
                VM("a")
                VM("b")
                Filter("fw", between: "a", and: "b") {
                    for port in 1...257 { Allow(.tcp, port: port) }
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
        isAllowable: false)

    static func check(_ subject: Subject, _ report: (Finding) -> Void) {
        for partition in subject.assembly.partitions {
            guard let filter = partition.filter, filter.rules.count > ResolvedFilter.mostRules else { continue }
            report(
                description.finding(
                    "filter \(Names.quoted(partition.name.value)) has \(filter.rules.count) rules, and "
                        + "\(ResolvedFilter.mostRules) are looked at",
                    at: partition.name.origin.span,
                    notes: ["write ports that follow each other as one rule: `port: 5000...5099`"]))
        }
    }
}
