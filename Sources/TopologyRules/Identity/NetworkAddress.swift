// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import Wiring

/// A subnet's own address, as a VM's.
enum NetworkAddress: Rule {
    static let description = RuleDescription(
        code: "TOPO213", name: "network-or-broadcast-address", severity: .error,
        summary: "A VM has the network or the broadcast address of its subnet as its own.",
        rationale: """
            The first address of a subnet names the subnet, and the last one all of its hosts. Linux drops frames \
            from such a sender as martians and does not answer them; only on a subnet of one or two addresses (/32 \
            and /31) are they a host's.

            In IPv6 the first address of a subnet is that of whichever router is nearest (RFC 4291, 2.6.1).
            """,
        bad: """
            import Topology

            Assembly("pair") {
                VM(0, ip: "192.168.1.255/24")
                VM(1)
                Partition("lan") { Link(0, 1) }
            }
            """,
        good: """
            import Topology

            Assembly("pair") {
                VM(0, ip: "192.168.1.254/24")
                VM(1)
                Partition("lan") { Link(0, 1) }
            }
            """,
        isAllowable: true)

    static func check(_ subject: Subject, _ report: (Finding) -> Void) {
        // A pool has no address for a VM numbered below 0; that number is another rule's.
        for node in subject.nodes where node.number >= 0 || !node.ip.isFromPool {
            if let ip = node.ip.value, ip.prefix <= 30, UnusableIP.kind(of: ip) == nil {
                if ip.address == ip.network {
                    report(finding(node, node.ip, "network address of its subnet \(ip)"))
                } else if ip.address == ip.broadcast, !node.ip.isFromPool {
                    // A pool that has come to the broadcast address has run out; that is another rule's.
                    let subnet = IPv4Interface(address: ip.network, prefix: ip.prefix)
                    report(finding(node, node.ip, "broadcast address of its subnet \(subnet)"))
                }
            }
            if let address = node.ipv6, let ip = address.value, ip.prefix <= 126, ip.address == ip.network,
                UnusableIP.kind(of: ip) == nil
            {
                report(finding(node, address, "router address of its subnet \(ip)"))
            }
        }
    }

    private static func finding<Value>(_ node: Node, _ address: Address<Value>, _ what: String) -> Finding {
        description.finding(
            "\(node.label) has \(address.text), the \(what)", at: node.place(of: address),
            notes: ["take an address between the first and the last of the subnet"])
    }
}
