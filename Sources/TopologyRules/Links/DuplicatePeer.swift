// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import Wiring

/// A link that is declared twice.
enum DuplicatePeer: Rule {
    static let description = RuleDescription(
        code: "TOPO303", name: "duplicate-peer", severity: .error,
        summary: "A partition links the same two VMs more than once.",
        rationale: """
            A VM has one interface a peer. A second link to the same peer defines it again: `duplicate definition of \
            Uses 'ether_1_send'`, reported at the component and not at the topology that did it.
            """,
        bad: """
            import Topology

            Assembly("pair") {
                VMs(0..<2)
                Partition("lan") {
                    Mesh(0, 1)
                    Link(1, 0)
                }
            }
            """,
        good: """
            import Topology

            Assembly("pair") {
                VMs(0..<2)
                Partition("lan") {
                    Mesh(0, 1)
                }
            }
            """,
        isAllowable: true)

    static func check(_ subject: Subject, _ report: (Finding) -> Void) {
        let network = subject.network
        var clashes = LinkClashes()
        for (index, half) in network.halves.enumerated() where half.from != half.to {
            let first = network.first(like: index)
            guard first != index, network.halves[first].partition == half.partition, !network.isWayBack(index),
                // A member that a mesh names twice is linked with itself, and that finding is enough.
                !(network.halves[first].group == half.group && network.group(of: half).shape == .mesh)
            else { continue }
            clashes.add(first: first, second: index, in: network)
        }
        for clash in clashes.order {
            let pairs = clashes.pairs(of: clash)
            let name = network.assembly.partitions[Int(clash.second.partition)].name.value
            report(
                description.finding(
                    "partition \(Names.quoted(name)) links \(network.pairLabels(pairs.map(\.second))) more than once",
                    at: network.origin(of: network.halves[pairs[0].second]).span,
                    labels: [Label(network.origin(of: network.halves[pairs[0].first]), "they are linked here already")]
                        .compactMap { $0 },
                    notes: ["leave one of the two out"]))
        }
    }
}
