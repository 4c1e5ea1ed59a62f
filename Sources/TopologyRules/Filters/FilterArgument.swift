// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import Topology
import Wiring

/// An argument of a rule that says nothing of its traffic.
enum FilterArgument: Rule {
    static let description = RuleDescription(
        code: "TOPO322", name: "filter-argument", severity: .error,
        summary: "A rule of a filter has an argument that its traffic does not have, as a port without TCP or UDP.",
        rationale: """
            A rule is fulfilled by frames that fulfil all of it. ARP and ICMP have no ports, so a rule with one would \
            either be fulfilled by nothing or by more than was meant; neither is guessed.
            """,
        bad: """
            import Topology

            Assembly("filtered") {
                VM("a")
                VM("b")
                Filter("fw", between: "a", and: "b") {
                    Allow(.icmp, port: 5555)
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
        for filter in subject.network.filters {
            for fault in filter.faults {
                guard case .argument(let label, let why) = fault.kind else { continue }
                report(
                    description.finding(
                        "`\(label):` says nothing here: \(why)", at: fault.origin.span,
                        notes: ["leave it out, or write the rule for other traffic"]))
            }
        }
    }
}
