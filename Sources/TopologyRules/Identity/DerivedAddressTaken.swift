// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import Wiring

/// A further interface whose derived address another has.
enum DerivedAddressTaken: Rule {
    static let description = RuleDescription(
        code: "TOPO217", name: "derived-address-taken", severity: .error,
        summary: "The address that a further interface of a VM gets is another's.",
        rationale: """
            With `interfaces: .perPartition` the VM's first interface has the VM's addresses, and those of the others \
            are derived from them: of interface *i* the fourth octet of the MAC address is *i* more, and the IP address \
            is that of the same host *i* networks further, 192.168.2.1/24 after 192.168.1.1/24. Where another VM has \
            such an address already, frames and packets for the one reach the other.
            """,
        bad: """
            import Topology

            Assembly("bridge") {
                VM(0)
                VM(1, mac: "02:00:00:00:BB:01", interfaces: .perPartition)
                VM(2, mac: "02:00:00:01:BB:01", ip: "192.168.2.3/24")
                Partition("left") { Link(0, 1) }
                Partition("right") { Link(1, 2) }
            }
            """,
        good: """
            import Topology

            Assembly("bridge") {
                VM(0)
                VM(1, mac: "02:00:00:00:BB:01", interfaces: .perPartition)
                VM(2, mac: "02:00:00:00:BB:02", ip: "192.168.2.3/24")
                Partition("left") { Link(0, 1) }
                Partition("right") { Link(1, 2) }
            }
            """,
        isAllowable: false)

    static func check(_ subject: Subject, _ report: (Finding) -> Void) {
        compare(subject, "MAC address", \.mac.value, report)
        compare(subject, "IP address", \.ip.value?.address, report)
        compare(subject, "IPv6 address", \.ipv6?.value?.address, report)
    }

    private static func compare<Value: Hashable>(
        _ subject: Subject, _ what: String, _ value: (NodeInterface) -> Value?, _ report: (Finding) -> Void
    ) {
        // Those that VMs say themselves are compared by other rules.
        var owners: [Value: Int] = [:]
        for (index, interfaces) in subject.network.interfaces.enumerated() {
            if let address = value(interfaces[0]), owners[address] == nil { owners[address] = index }
        }
        for (index, interfaces) in subject.network.interfaces.enumerated() {
            for (number, interface) in interfaces.enumerated().dropFirst() {
                guard let address = value(interface) else { continue }
                guard let owner = owners[address] else {
                    owners[address] = index
                    continue
                }
                let node = subject.nodes[index]
                let other = subject.nodes[owner]
                report(
                    description.finding(
                        "interface eth\(number) of \(node.label) gets the \(what) of \(other.label)",
                        at: node.declaration.interfaces?.origin.span ?? node.identityOrigin.span,
                        labels: [Label(other.identityOrigin, "\(other.label) is declared here")].compactMap { $0 },
                        notes: ["give one of the two VMs another address"]))
            }
        }
    }
}
