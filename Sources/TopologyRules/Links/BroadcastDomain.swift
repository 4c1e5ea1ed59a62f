// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import Topology
import Wiring

/// A broadcast domain in which not all hear each other.
enum BroadcastDomain: Rule {
    static let description = RuleDescription(
        code: "TOPO309", name: "broadcast-domain", severity: .warning,
        summary: "VMs that a partition joins are not all linked with each other.",
        rationale: """
            A VM's switch sends a broadcast to its own peers, and no VM passes on what was not meant for it. Where two \
            VMs of one subnet have no link of their own, a question of ARP never reaches the other, and neither do \
            IPv6 neighbour discovery, DHCP or mDNS.

            A star whose leaves talk to the hub only is right as it is: allow the finding and say so.
            """,
        bad: """
            import Topology

            Assembly("star") {
                VMs(0..<3)
                Partition("lan") { Star(hub: 0, 1, 2) }
            }
            """,
        good: """
            import Topology

            Assembly("star") {
                VMs(0..<3)
                Partition("lan") { Mesh(0, 1, 2) }
            }
            """,
        isAllowable: true)

    static let judgesAbsence = true

    static func check(_ subject: Subject, _ report: (Finding) -> Void) {
        let network = subject.network
        for (index, domains) in BroadcastDomains.all(in: network) {
            let partition = network.assembly.partitions[index]
            for domain in domains {
                let missing = domain.missingLinks
                guard missing > 0 else { continue }
                let pairs = domain.firstMissing(Listing.limit).map { pair in
                    "\(network.nodes[pair.0].number)–\(network.nodes[pair.1].number)"
                }
                report(
                    description.finding(
                        "in partition \(Names.quoted(partition.name.value)) "
                            + "\(Listing.count(missing, "pair")) of VMs \(missing == 1 ? "is" : "are") not linked and "
                            + "will not hear each other's broadcasts (ARP): \(Listing.list(pairs, total: missing))",
                        at: partition.name.origin.span, labels: labels(domain, network),
                        notes: [
                            "join them with a Mesh, or allow the finding where these VMs need not reach each other"
                        ]))
            }
        }
    }

    private static func labels(_ domain: BroadcastDomains.Domain, _ network: Network) -> [Label] {
        var seen: Set<SourceSpan> = []
        return domain.groups.compactMap { group -> Label? in
            let links = network.assembly.partitions[Int(group.partition)].links[Int(group.group)]
            guard let span = links.origin.span, seen.insert(span).inserted else { return nil }
            return Label(span, "joins them as a \(links.shape.rawValue)")
        }
    }
}
