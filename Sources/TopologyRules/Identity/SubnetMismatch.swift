// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import Wiring

/// Peers that are no neighbours to IP.
enum SubnetMismatch: Rule {
    static let description = RuleDescription(
        code: "TOPO215", name: "subnet-mismatch", severity: .error,
        summary: "Two linked VMs have addresses in different subnets.",
        rationale: """
            A link carries Ethernet frames, and a guest asks for a neighbour's MAC address only within its own \
            subnet. Peers in different subnets, or with different prefix lengths for one, have a link that IP never \
            uses: `ping` says that the network is unreachable.

            The finding stands at the VM that disagrees with the most of its peers.
            """,
        bad: """
            import Topology

            Assembly("pair") {
                VM(0, ip: "192.168.1.1/24")
                VM(1, ip: "192.168.2.2/24")
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
        compare(subject, \.ip, { "\(IPv4Interface.dotted($0.network))/\($0.prefix)" }, report)
        compare(subject, \.ipv6, { "\(IPv6Interface(address: $0.network, prefix: $0.prefix))" }, report)
    }

    private static func compare<Value>(
        _ subject: Subject, _ field: (NodeInterface) -> Address<Value>?, _ subnet: (Value) -> String,
        _ report: (Finding) -> Void
    ) {
        // Interfaces in one row: those of a node begin at its place in `first`.
        let network = subject.network
        let interfaces = network.interfaces.enumerated().flatMap { node, all in all.map { (node: node, interface: $0) }
        }
        var first: [Int] = []
        var count = 0
        for all in network.interfaces {
            first.append(count)
            count += all.count
        }
        let addresses = interfaces.map { field($0.interface) }
        let subnets = addresses.map { $0?.value.map(subnet) }
        var pairs: [(low: Int, high: Int)] = []
        var mismatches = [Int](repeating: 0, count: addresses.count)
        for pair in network.linkedPairs {
            let ends = [pair.low, pair.high].map { first[$0] + network.interface(of: $0, in: pair.partition) }
            guard let low = subnets[ends[0]], let high = subnets[ends[1]], low != high else { continue }
            pairs.append((ends[0], ends[1]))
            mismatches[ends[0]] += 1
            mismatches[ends[1]] += 1
        }
        var peers: [Int: [Int]] = [:]
        for (low, high) in pairs {
            let blamed = mismatches[low] > mismatches[high] ? low : high
            peers[blamed, default: []].append(blamed == low ? high : low)
        }
        for (index, others) in peers.sorted(by: { $0.key < $1.key }) {
            let node = subject.nodes[interfaces[index].node]
            guard let address = addresses[index] else { continue }
            let shown = others.prefix(Listing.limit).map { other in
                "\(subject.nodes[interfaces[other].node].label) (\(addresses[other]?.text ?? ""))"
            }
            let labels = others.prefix(Listing.limit).compactMap { other -> Label? in
                let peer = subject.nodes[interfaces[other].node]
                guard let place = addresses[other].flatMap({ peer.place(of: $0) }) else { return nil }
                return Label(place, "\(peer.label) is in another subnet")
            }
            report(
                description.finding(
                    "\(node.label) (\(address.text)) is linked with \(Listing.list(shown, total: others.count)), "
                        + "in another subnet",
                    at: node.place(of: address), labels: labels,
                    notes: ["give linked VMs addresses with the same network and the same prefix length"]))
        }
    }
}

extension Network {
    /// Each pair of VMs that a link joins, in either direction, once; as node indices, in the order declared.
    var linkedPairs: [(low: Int, high: Int, partition: Int)] {
        halves.enumerated().compactMap { index, half in
            let from = Int(half.from)
            let to = Int(half.to)
            guard from != to, first(like: index) == index else { return nil }
            // Of two directions the one that stands first speaks for both.
            if let answer = answer(to: index), answer < index { return nil }
            return (min(from, to), max(from, to), Int(half.partition))
        }
    }
}
