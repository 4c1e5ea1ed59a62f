// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import Wiring

/// A `Never` that says nothing.
enum NeverNothing: Rule {
    static let description = RuleDescription(
        code: "TOPO504", name: "never-nothing", severity: .error,
        summary: "A `Never` names no VM on one of its sides.",
        rationale: """
            It holds whatever the partitions say, so that a reader is told of an isolation that nobody checks. A range \
            that became empty looks like this.
            """,
        bad: """
            import Topology

            Assembly("two") {
                VMs(0..<4)
                Partition("left") { Link(0, 1) }
                Partition("right") { Link(2, 3) }
                Never(0, reaches: 4..<4)
            }
            """,
        good: """
            import Topology

            Assembly("two") {
                VMs(0..<4)
                Partition("left") { Link(0, 1) }
                Partition("right") { Link(2, 3) }
                Never(0, reaches: 2..<4)
            }
            """,
        isAllowable: false)

    static func check(_ subject: Subject, _ report: (Finding) -> Void) {
        for never in subject.assembly.assertions where never.sources.isEmpty || never.destinations.isEmpty {
            let side =
                never.sources.isEmpty ? "nobody is kept from reaching others" : "nobody is kept from being reached"
            report(
                description.finding(
                    "a Never names no VM on one side, so that \(side)", at: never.origin.span,
                    notes: ["name VMs on both sides, or leave it out"]))
        }
    }
}
