// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import Topology
import Wiring

/// A rule that decides about no frame.
enum UnreachableRule: Rule {
    static let description = RuleDescription(
        code: "TOPO324", name: "unreachable-rule", severity: .error,
        summary:
            "No frame comes to a rule of a filter: earlier rules decide about all that it speaks of, or it speaks of none.",
        rationale: """
            The first rule that a frame fulfils decides. What stands behind `Deny(.any)` or `Allow(.any)` is never asked, \
            except about fragments and malformed frames; and a rule whose parts contradict each other, as a source of \
            IPv4 with a destination of IPv6, is fulfilled by nothing. It is computed over all headers that a frame can \
            have, so that several rules together are seen, too.
            """,
        bad: """
            import Topology

            Assembly("filtered") {
                VM("a")
                VM("b")
                Filter("fw", between: "a", and: "b") {
                    Allow(.arp)
                    Deny(.any)
                    Allow(.tcp, port: 5555, from: "a")
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
                let takers = analysis.takers(of: index)
                guard ConflictingRules.contradicted(index, in: filter, takers) == nil else { continue }
                let labels = takers.prefix(Listing.limit).compactMap { taker in
                    Label(filter.rules[taker].origin, "decides about such frames first")
                }
                report(
                    description.finding(
                        takers.isEmpty
                            ? "no frame fulfils \(rule.text): its parts contradict each other"
                            : "no frame comes to \(rule.text)",
                        at: rule.origin.span, labels: labels,
                        notes: ["the first rule that a frame fulfils decides; move this one up, or leave it out"]))
            }
        }
    }
}
