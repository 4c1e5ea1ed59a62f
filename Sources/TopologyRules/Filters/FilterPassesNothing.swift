// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import Topology
import Wiring

/// A filter that lets nothing pass.
enum FilterPassesNothing: Rule {
    static let description = RuleDescription(
        code: "TOPO326", name: "filter-passes-nothing", severity: .warning,
        summary: "No rule of a filter lets any frame pass.",
        rationale: """
            What fulfils no rule is dropped, so a filter without a working `Allow` parts its two VMs for good. VMs that \
            shall not speak need neither link nor filter.
            """,
        bad: """
            import Topology

            Assembly("filtered") {
                VM("a")
                VM("b")
                Filter("fw", between: "a", and: "b") {
                    Deny(.any)
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

    static let judgesAbsence = true

    static func check(_ subject: Subject, _ report: (Finding) -> Void) {
        for filter in subject.network.filters where filter.faults.isEmpty {
            let analysis = FilterAnalysis(filter)
            guard !FilterDirection.allCases.contains(where: { analysis.passes($0) }) else { continue }
            report(
                description.finding(
                    "filter \(Names.quoted(filter.name.value)) lets nothing pass", at: filter.name.origin.span,
                    notes: ["allow something, as `Allow(.arp)` and `Allow(.tcp, port: 5555)`, or leave the filter out"])
            )
        }
    }
}
