// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import Wiring

/// Two VMs with one IP address.
enum DuplicateIP: Rule {
    static let description = RuleDescription(
        code: "TOPO212", name: "duplicate-ip", severity: .error,
        summary: "Two VMs have the same IPv4 or IPv6 address.",
        rationale: """
            Both answer the question who has the address, and whoever answered last gets the traffic until someone \
            asks again. Connections hang and come back, and neither seL4 nor the guests say why.
            """,
        bad: """
            import Topology

            Assembly("pair") {
                VM(0, ip: "192.168.1.1/24")
                VM(1, ip: "192.168.1.1/24")
                Partition("lan") { Link(0, 1) }
            }
            """,
        good: """
            import Topology

            Assembly("pair") {
                VM(0, ip: "192.168.1.1/24")
                VM(1, ip: "192.168.1.2/24")
                Partition("lan") { Link(0, 1) }
            }
            """,
        isAllowable: true)

    static func check(_ subject: Subject, _ report: (Finding) -> Void) {
        let note = "give each VM an address of its own, or let the address pool do it"
        for owners in subject.sharing(isDefault: \.ip.isFromPool, \.ip.value?.address) {
            let nodes = owners.map { subject.nodes[$0] }
            report(
                description.shared(
                    nodes, "the IPv4 address \(nodes[0].ip.value?.host ?? nodes[0].ip.text)",
                    place: { $0.place(of: $0.ip) }, note: note))
        }
        for owners in subject.sharing(isDefault: { $0.ipv6?.isFromPool ?? true }, \.ipv6?.value?.address) {
            let nodes = owners.map { subject.nodes[$0] }
            report(
                description.shared(
                    nodes, "the IPv6 address \(nodes[0].ipv6?.value?.host ?? "")",
                    place: { node in node.ipv6.flatMap { node.place(of: $0) } }, note: note))
        }
    }
}
