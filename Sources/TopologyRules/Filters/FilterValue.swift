// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import Topology
import Wiring

/// A value of a rule that cannot be.
enum FilterValue: Rule {
    static let description = RuleDescription(
        code: "TOPO323", name: "filter-value", severity: .error,
        summary: "A port, rate, number or address in a rule of a filter cannot be.",
        rationale: """
            Ports and EtherTypes have 16 bits, protocols of IP 8. A rate is frames a second: 1 to 1,000,000,000, since a \
            rate of 0 lets nothing pass, which `Deny` says. A burst is 1 to 1,000,000 frames. Addresses of IP have a \
            prefix length, `/32` or `/128` for one alone.
            """,
        bad: """
            import Topology

            Assembly("filtered") {
                VM("a")
                VM("b")
                Filter("fw", between: "a", and: "b") {
                    Allow(.icmp, rate: 0)
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
                guard case .value(let what, let why) = fault.kind else { continue }
                report(
                    description.finding(
                        "\(what) cannot be in a rule of filter \(Names.quoted(filter.name.value))",
                        at: fault.origin.span, notes: [why]))
            }
        }
    }
}
