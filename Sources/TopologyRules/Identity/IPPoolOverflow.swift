// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import Wiring

/// A pool of IP addresses that is too small for its VMs.
enum IPPoolOverflow: Rule {
    static let description = RuleDescription(
        code: "TOPO216", name: "ip-pool-overflow", severity: .error,
        summary: "The address pool hands out IP addresses beyond its subnet.",
        rationale: """
            VM number N gets the pool's first address plus N. A /24 that begins at .1 holds 254 VMs; the next one \
            gets the broadcast address, and the ones after it are in a subnet that nobody else is in.
            """,
        bad: """
            import Topology

            Assembly("pair") {
                AddressPool(ip: "192.168.1.254/24")
                VMs(0..<2)
                Partition("lan") { Link(0, 1) }
            }
            """,
        good: """
            import Topology

            Assembly("pair") {
                AddressPool(ip: "192.168.1.1/24")
                VMs(0..<2)
                Partition("lan") { Link(0, 1) }
            }
            """,
        isAllowable: true)

    static func check(_ subject: Subject, _ report: (Finding) -> Void) {
        let over = subject.nodes.filter { node in
            guard node.ip.isFromPool, let ip = node.ip.value, node.number >= 0 else { return false }
            let isBroadcast = ip.prefix <= 30 && ip.address == ip.broadcast
            return isBroadcast || ip.network != ip.advanced(by: -node.number).network
        }
        if let first = over.first, let ip = first.ip.value {
            report(finding(first, first.ip, ip.advanced(by: -first.number).description, over.count))
        }
        let over6 = subject.nodes.filter { node in
            guard let address = node.ipv6, address.isFromPool, let ip = address.value, node.number >= 0 else {
                return false
            }
            return ip.network != ip.advanced(by: -node.number).network
        }
        if let first = over6.first, let address = first.ipv6, let ip = address.value {
            report(finding(first, address, ip.advanced(by: -first.number).description, over6.count))
        }
    }

    private static func finding<Value>(_ node: Node, _ address: Address<Value>, _ start: String, _ count: Int)
        -> Finding
    {
        description.finding(
            "the address pool that begins with \(start) has no address left for \(node.label), which gets "
                + address.text + (count > 1 ? ", nor for \(Listing.count(count - 1, "other VM"))" : ""),
            at: address.origin.span ?? node.identityOrigin.span,
            labels: [Label(node.identityOrigin, "\(node.label) is declared here")].compactMap { $0 },
            notes: ["begin the pool at a lower address, or give it a shorter prefix"])
    }
}
