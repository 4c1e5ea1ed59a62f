// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import Topology
import Wiring

/// Rules that the CakeML component does not have.
enum CakeMLForwardsAll: Rule {
    static let description = RuleDescription(
        code: "TOPO328", name: "cakeml-forwards-all", severity: .error,
        summary: "A filter with `implementation: .cakeML` has rules, though that component forwards everything.",
        rationale: """
            The CakeML component of upstream proxies the traffic of its two VMs and judges none of it. Its only honest \
            rule is `Allow(.any)`. topoc's own component, which is the default, has the rules.
            """,
        bad: """
            import Topology

            Assembly("filtered") {
                VM("a")
                VM("b")
                Filter("fw", between: "a", and: "b", implementation: .cakeML) {
                    Allow(.tcp, port: 5555)
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
        for filter in subject.network.filters where filter.implementation == .cakeML {
            let isHonest = filter.rules.map(\.text) == ["Allow(.any)"]
            guard !isHonest else { continue }
            report(
                description.finding(
                    "filter \(Names.quoted(filter.name.value)) forwards everything, whatever its rules say",
                    at: filter.name.origin.span,
                    notes: ["write `Allow(.any)` and nothing else, or leave `implementation:` out"]))
        }
    }
}
