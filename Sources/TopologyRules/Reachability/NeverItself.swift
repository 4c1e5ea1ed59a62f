// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import Wiring

/// A VM that must not reach itself.
enum NeverItself: Rule {
    static let description = RuleDescription(
        code: "TOPO503", name: "never-itself", severity: .error,
        summary: "A `Never` says of a VM that it does not reach itself.",
        rationale: """
            No topology can satisfy that. It is a slip of a range, as in `Never(0..<3, reaches: 2..<5)`, and the pairs \
            that were meant may be others.
            """,
        bad: """
            import Topology

            Assembly("two") {
                VMs(0..<4)
                Partition("left") { Link(0, 1) }
                Partition("right") { Link(2, 3) }
                Never(0, reaches: 0)
            }
            """,
        good: """
            import Topology

            Assembly("two") {
                VMs(0..<4)
                Partition("left") { Link(0, 1) }
                Partition("right") { Link(2, 3) }
                Never(0, reaches: 2)
            }
            """,
        isAllowable: false)

    static func check(_ subject: Subject, _ report: (Finding) -> Void) {
        for never in subject.network.nevers {
            let sources = Dictionary(never.sources.map { ($0.value, $0) }, uniquingKeysWith: { first, _ in first })
            let both = never.destinations.filter { sources[$0.value] != nil }
            guard let first = both.first, let source = sources[first.value] else { continue }
            let labels = both.prefix(Listing.limit).map { subject.nodes[$0.value].label }
            report(
                description.finding(
                    "\(Listing.list(labels, total: both.count)) must never reach "
                        + (both.count == 1 ? "itself" : "themselves"),
                    at: first.origin.span ?? never.origin.span,
                    labels: [Label(source.origin, "it is named here as a source")].compactMap { $0 },
                    notes: ["name VMs on one side of a Never only"]))
        }
    }
}
