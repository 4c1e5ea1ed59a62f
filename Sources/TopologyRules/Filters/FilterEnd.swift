// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import Topology
import Wiring

/// A rule about a VM that the filter does not join.
enum FilterEnd: Rule {
    static let description = RuleDescription(
        code: "TOPO321", name: "filter-end", severity: .error,
        summary: "A rule of a filter has a `from:` that is none of the two VMs which the filter stands between.",
        rationale: """
            A filter sees frames of its two VMs and of nobody else, so such a rule would never be fulfilled: an `Allow` \
            would let nothing pass, and a `Deny` would deny nothing.
            """,
        bad: """
            import Topology

            Assembly("filtered") {
                VM("a")
                VM("b")
                VM("c")
                Partition("lan") { Link("a", "c") }
                Filter("fw", between: "a", and: "b") {
                    Allow(.tcp, port: 5555, from: "c")
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
            for fault in filter.faults where fault.kind == .foreignEnd {
                let ends = [filter.first, filter.second].map { subject.nodes[$0].label }
                report(
                    description.finding(
                        "filter \(Names.quoted(filter.name.value)) stands between \(ends[0]) and \(ends[1]); no frame "
                            + "of another VM comes there",
                        at: fault.origin.span,
                        labels: [Label(filter.name.origin, "the filter")].compactMap { $0 },
                        notes: ["name one of its two VMs, or leave `from:` out for both"]))
            }
        }
    }
}
