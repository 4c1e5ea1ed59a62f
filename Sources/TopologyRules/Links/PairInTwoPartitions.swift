// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import Wiring

/// A link that two partitions declare.
enum PairInTwoPartitions: Rule {
    static let description = RuleDescription(
        code: "TOPO305", name: "pair-in-two-partitions", severity: .error,
        summary: "Two partitions link the same two VMs.",
        rationale: """
            A VM has one interface a peer, so the pair can belong to one partition only: upstream says `duplicate \
            definition of Uses 'ether_1_send'`. And it would mean little: frames of both partitions would pass the \
            same two VMs, so that they would not be apart.

            A VM may be in several partitions, as long as it has other peers in each.
            """,
        bad: """
            import Topology

            Assembly("two") {
                VMs(0..<3)
                Partition("left") { Mesh(0, 1, 2) }
                Partition("right") { Link(0, 1) }
            }
            """,
        good: """
            import Topology

            Assembly("two") {
                VMs(0..<3)
                Partition("left") { Link(0, 1) }
                Partition("right") { Link(1, 2) }
            }
            """,
        isAllowable: false)

    static func check(_ subject: Subject, _ report: (Finding) -> Void) {
        let network = subject.network
        var clashes = LinkClashes()
        for (index, half) in network.halves.enumerated() where half.from != half.to && !network.isWayBack(index) {
            // The first mention of the pair, in whichever direction.
            let first = min(network.first(like: index), network.answer(to: index) ?? index)
            guard first < index, network.halves[first].partition != half.partition else { continue }
            clashes.add(first: first, second: index, in: network)
        }
        for clash in clashes.order {
            let pairs = clashes.pairs(of: clash)
            let names = [clash.first, clash.second].map { clash in
                Names.quoted(network.assembly.partitions[Int(clash.partition)].name.value)
            }
            report(
                description.finding(
                    "\(network.pairLabels(pairs.map(\.second))) are linked by partition \(names[1]) and by "
                        + "partition \(names[0])",
                    at: network.origin(of: network.halves[pairs[0].second]).span,
                    labels: [
                        Label(
                            network.origin(of: network.halves[pairs[0].first]),
                            "\(network.pairLabel(pairs[0].first)) are linked here already")
                    ].compactMap { $0 },
                    notes: ["a pair of VMs belongs to one partition; leave it out of the other"]))
        }
    }
}
