// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import Wiring

/// The broadcast address as a VM's own.
enum BroadcastMAC: Rule {
    static let description = RuleDescription(
        code: "TOPO203", name: "broadcast-mac", severity: .error,
        summary: "A VM has the broadcast address FF:FF:FF:FF:FF:FF as its own.",
        rationale: """
            A frame to the broadcast address goes to every peer, so nothing can be sent to this VM alone, and its \
            guest refuses the address: Linux takes no group address for an interface.
            """,
        bad: """
            import Topology

            Assembly("pair") {
                VM(0, mac: "FF:FF:FF:FF:FF:FF")
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
        for node in subject.nodes where node.mac.value?.isBroadcast == true {
            report(
                description.finding(
                    "\(node.label) has the broadcast address \(node.mac.text) as its own MAC address",
                    at: node.place(of: node.mac),
                    notes: ["give it an address of its own, as \"02:00:00:00:AA:01\", or let the address pool do it"]))
        }
    }
}
