// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import Wiring

/// A MAC address that cannot be read.
enum InvalidMAC: Rule {
    static let description = RuleDescription(
        code: "TOPO201", name: "invalid-mac", severity: .error,
        summary: "A MAC address is not six pairs of hexadecimal digits with colons between them.",
        rationale: """
            The address is written into the assembly as text and read at boot, by `ether_aton_r`. A VM whose own \
            address cannot be read aborts; one whose peer's address cannot be read goes on with whatever the stack \
            held. Neither the parser nor the compiler looks at it.

            The address of an `AddressPool` is checked as well: it is that of VM 0.
            """,
        bad: """
            import Topology

            Assembly("pair") {
                VM(0, mac: "02:00:00:00:AA:G1")
                VM(1)
                Partition("lan") { Link(0, 1) }
            }
            """,
        good: """
            import Topology

            Assembly("pair") {
                VM(0, mac: "02:00:00:00:AA:01")
                VM(1)
                Partition("lan") { Link(0, 1) }
            }
            """,
        isAllowable: false)

    static func check(_ subject: Subject, _ report: (Finding) -> Void) {
        for place in subject.ownOrPool(\.mac) where place.address.value == nil {
            report(
                description.finding(
                    "\(place.owner) has the MAC address \(Names.quoted(place.address.text)), which cannot be read",
                    at: place.address.origin.span ?? place.node.identityOrigin.span,
                    notes: ["write six pairs of hexadecimal digits with colons, as \"02:00:00:00:AA:01\""]))
        }
    }
}
