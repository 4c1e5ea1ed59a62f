// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import Wiring

/// A MAC address of zeros.
enum ZeroMAC: Rule {
    static let description = RuleDescription(
        code: "TOPO202", name: "zero-mac", severity: .error,
        summary: "A VM has the MAC address 00:00:00:00:00:00.",
        rationale: """
            The zero address is how libvswitch marks a free slot. A peer that has it is registered, found free again, \
            and its slot is given to the next peer: its frames go nowhere, or to another VM. The assembly is accepted \
            all the way to the image.
            """,
        bad: """
            import Topology

            Assembly("pair") {
                VM(0, mac: "00:00:00:00:00:00")
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
        for node in subject.nodes where node.mac.value?.isZero == true {
            report(
                description.finding(
                    "\(node.label) has the MAC address \(node.mac.text), which marks a free slot of the switch",
                    at: node.place(of: node.mac),
                    notes: ["give it an address of its own, as \"02:00:00:00:AA:01\", or let the address pool do it"]))
        }
    }
}
