// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import Wiring

/// A pool of MAC addresses that is too small for its VMs.
enum MACPoolOverflow: Rule {
    static let description = RuleDescription(
        code: "TOPO207", name: "mac-pool-overflow", severity: .error,
        summary: "The address pool hands out MAC addresses beyond the first three octets it began with.",
        rationale: """
            VM number N gets the pool's first address plus N. When the last three octets overflow, the sum carries \
            into the first three, which say whose address it is: the next VM has an address of another manufacturer, \
            or a group address.
            """,
        bad: """
            import Topology

            Assembly("pair") {
                AddressPool(mac: "02:00:00:FF:FF:FF")
                VMs(0..<2)
                Partition("lan") { Link(0, 1) }
            }
            """,
        good: """
            import Topology

            Assembly("pair") {
                AddressPool(mac: "02:00:00:FF:FF:00")
                VMs(0..<2)
                Partition("lan") { Link(0, 1) }
            }
            """,
        isAllowable: true)

    static func check(_ subject: Subject, _ report: (Finding) -> Void) {
        let over = subject.nodes.filter { node in
            guard node.mac.isFromPool, let mac = node.mac.value, node.number >= 0 else { return false }
            return mac.value >> 24 != mac.advanced(by: -node.number).value >> 24
        }
        guard let first = over.first, let mac = first.mac.value else { return }
        let start = mac.advanced(by: -first.number)
        report(
            description.finding(
                "the address pool that begins with \(start) has no address left for \(first.label), which gets \(mac)"
                    + (over.count > 1 ? ", nor for \(Listing.count(over.count - 1, "other VM"))" : ""),
                at: first.mac.origin.span ?? first.identityOrigin.span,
                labels: [Label(first.identityOrigin, "\(first.label) is declared here")].compactMap { $0 },
                notes: ["begin the pool at a lower address, as \"02:00:00:00:AA:01\""]))
    }
}
