// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import Wiring

/// An IP address that cannot be read.
enum InvalidIP: Rule {
    static let description = RuleDescription(
        code: "TOPO211", name: "invalid-ip", severity: .error,
        summary: "An IPv4 or IPv6 address is not an address with a prefix length.",
        rationale: """
            The addresses become each guest's `/etc/network/interfaces` and hosts file. A guest that cannot read its \
            own boots without a network, which is seen only on its console.

            The prefix length belongs to the address: without it, who is a neighbour and who is not is unknown.
            """,
        bad: """
            import Topology

            Assembly("pair") {
                VM(0, ip: "192.168.1.256/24")
                VM(1)
                Partition("lan") { Link(0, 1) }
            }
            """,
        good: """
            import Topology

            Assembly("pair") {
                VM(0, ip: "192.168.1.1/24")
                VM(1)
                Partition("lan") { Link(0, 1) }
            }
            """,
        isAllowable: false)

    static func check(_ subject: Subject, _ report: (Finding) -> Void) {
        check(subject.ownOrPool(\.ip), "IPv4", "192.168.1.1/24", report)
        check(subject.ownOrPool(\.ipv6), "IPv6", "fd00::1/64", report)
    }

    private static func check<Value>(
        _ places: [AddressPlace<Value>], _ family: String, _ example: String, _ report: (Finding) -> Void
    ) {
        for place in places where place.address.value == nil {
            let text = place.address.text
            let problem = text.contains("/") ? "cannot be read" : "has no prefix length"
            report(
                description.finding(
                    "\(place.owner) has the \(family) address \(Names.quoted(text)), which \(problem)",
                    at: place.address.origin.span ?? place.node.identityOrigin.span,
                    notes: ["write an \(family) address and its prefix length, as \"\(example)\""]))
        }
    }
}
