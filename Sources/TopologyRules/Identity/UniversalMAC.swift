// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import Topology
import Wiring

/// A MAC address that claims to be a manufacturer's.
enum UniversalMAC: Rule {
    static let description = RuleDescription(
        code: "TOPO205", name: "not-locally-administered", severity: .warning,
        summary: "A MAC address is not locally administered: the second lowest bit of the first octet is clear.",
        rationale: """
            An address without the U/L bit belongs to the manufacturer that its first three octets name. A VM that \
            takes one can meet the card that has it: a passed-through device, or a machine behind a bridge.

            The fix sets the bit: the first octet 00 becomes 02.
            """,
        bad: """
            import Topology

            Assembly("pair") {
                VM(0, mac: "00:00:00:00:AA:01")
                VM(1)
                Partition("lan") { Link(0, 1) }
            }
            """,
        good: """
            import Topology

            Assembly("pair") {
                VM(0, mac: "02:00:00:00:AA:01")
                VM(1, mac: "02:00:00:00:AA:02")
                Partition("lan") { Link(0, 1) }
            }
            """,
        isAllowable: true)

    static func check(_ subject: Subject, _ report: (Finding) -> Void) {
        for place in subject.ownOrPool(\.mac) {
            guard let mac = place.address.value, !mac.isLocallyAdministered, !mac.isMulticast, !mac.isZero else {
                continue
            }
            // A pool's address is that of VM 0; the one at hand is that of the first VM that draws from it.
            let first = place.address.isFromPool ? mac.advanced(by: 0 &- place.node.number) : mac
            let local = MACAddress(value: first.value | 2 << 40).description
            let written = subject.written(place.address, first: first)
            report(
                description.finding(
                    "\(place.owner) has the MAC address \(written), which is not locally administered",
                    at: place.address.origin.span ?? place.node.identityOrigin.span,
                    notes: ["set the U/L bit: \"\(local)\""],
                    fixIts: subject.replacing(
                        Placed(written, place.address.origin), with: local, "replace with \"\(local)\"")))
        }
    }
}

extension Subject {
    /// An address as it stands in the text: a VM's own as it was written, a pool's as that of VM 0.
    fileprivate func written(_ address: Address<MACAddress>, first: MACAddress) -> String {
        guard address.isFromPool else { return address.text }
        return assembly.addressPools.last { $0.mac != nil }?.mac?.value ?? first.description
    }
}
