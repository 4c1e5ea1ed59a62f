// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import Wiring

/// A group address as a VM's own.
enum MulticastMAC: Rule {
    static let description = RuleDescription(
        code: "TOPO204", name: "multicast-mac", severity: .error,
        summary: "A VM has a multicast address as its own: the lowest bit of the first octet is set.",
        rationale: """
            An address with the group bit names many receivers. Upstream's device floods some of them (33:33) and \
            drops the others, and Linux takes no group address for an interface. The assembly is accepted all the \
            way to the image.
            """,
        bad: """
            import Topology

            Assembly("pair") {
                VM(0, mac: "03:00:00:00:AA:01")
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
        isAllowable: true)

    static func check(_ subject: Subject, _ report: (Finding) -> Void) {
        for place in subject.ownOrPool(\.mac) {
            guard let mac = place.address.value, mac.isMulticast, !mac.isBroadcast else { continue }
            report(
                description.finding(
                    "\(place.owner) has the multicast address \(place.address.text) as its own MAC address",
                    at: place.address.origin.span ?? place.node.identityOrigin.span,
                    notes: ["clear the lowest bit of the first octet: begin with \"02\""]))
        }
    }
}
