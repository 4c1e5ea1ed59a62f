// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import Wiring

/// A peer that cannot answer those behind a VM.
enum UnlearnedPeer: Rule {
    static let description = RuleDescription(
        code: "TOPO312", name: "unlearned-peer", severity: .warning,
        summary: "A VM sends from any address, and a peer's device learns none.",
        rationale: """
            The peers of a VM with `sources: .any` learn the addresses that they see from it, so that answers find \
            their way. The tree's device has the addresses of its assembly and no others: it takes the frames of those \
            behind the VM, and drops each answer.
            """,
        bad: """
            import Topology

            Assembly("bridge") {
                VM(0, sources: .any)  // topoc:allow TOPO505 it runs guests of its own
                VM(1, dataPath: .tree)
                Partition("lan") { Link(0, 1) }
            }
            """,
        good: """
            import Topology

            Assembly("bridge") {
                VM(0, sources: .any)  // topoc:allow TOPO505 it runs guests of its own
                VM(1)
                Partition("lan") { Link(0, 1) }
            }
            """,
        isAllowable: true)

    static func check(_ subject: Subject, _ report: (Finding) -> Void) {
        let network = subject.network
        for index in subject.nodes.indices where network.sources(of: index) == .any {
            let node = subject.nodes[index]
            let peers = network.peers(of: index).filter { network.dataPath(of: $0, on: subject.target) == .tree }
            guard let first = peers.first else { continue }
            let labels = peers.map { subject.nodes[$0].label }
            report(
                description.finding(
                    "\(Listing.list(labels, total: peers.count)) cannot answer who is behind \(node.label): the tree's "
                        + "device learns no address",
                    at: node.declaration.sources?.origin.span ?? node.identityOrigin.span,
                    labels: [Label(subject.nodes[first].identityOrigin, "has the tree's device")].compactMap { $0 },
                    notes: [
                        subject.canHaveOwnDevice(first)
                            ? "give them topoc's device, or route at \(node.label) in place of bridging"
                            : "route at \(node.label) in place of bridging, and leave `sources:` out"
                    ]))
        }
    }
}
