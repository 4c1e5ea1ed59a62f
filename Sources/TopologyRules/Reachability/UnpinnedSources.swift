// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import Wiring

/// A VM that may send from addresses that are not its own.
enum UnpinnedSources: Rule {
    static let description = RuleDescription(
        code: "TOPO505", name: "unpinned-sources", severity: .warning,
        summary: "A VM may send from any MAC address, so its peers cannot tell by address who has sent.",
        rationale: """
            Pinned, as without `sources:`, a guest sends from its own MAC address alone: its own VMM drops every other \
            frame, and so does the VMM of each peer, which trusts nobody. An address then stands for one VM.

            With `sources: .any` the guest may be a bridge, or run guests of its own, and its peers learn who is behind \
            it. What is given up: it can speak for every station but those that the receiver is linked with itself; it \
            gets frames for any station; and by many addresses it can push others out of what its peers have learned, \
            256 addresses an interface. What stays: no new flow between VMs, no address of a peer's own table \
            overridden, and every other VM as pinned as before.

            Where the guest is trusted with that, allow the finding and say why. A guest that routes needs no more than \
            its own address.
            """,
        bad: """
            import Topology

            Assembly("bridge") {
                VM(0, sources: .any)
                VMs(1...2)
                Partition("lan") { Mesh(0, 1, 2) }
            }
            """,
        good: """
            import Topology

            Assembly("router") {
                VM(0)
                VMs(1...2)
                Partition("lan") { Mesh(0, 1, 2) }
            }
            """,
        isAllowable: true)

    static func check(_ subject: Subject, _ report: (Finding) -> Void) {
        let network = subject.network
        for index in subject.nodes.indices where network.sources(of: index) == .any {
            let node = subject.nodes[index]
            let peers = network.peers(of: index)
            guard !peers.isEmpty else { continue }
            let labels = peers.prefix(Listing.limit).map { subject.nodes[$0].label }
            report(
                description.finding(
                    "\(node.label) may send from any MAC address, so \(Listing.list(labels, total: peers.count)) cannot "
                        + "tell by address who has sent",
                    at: node.declaration.sources?.origin.span ?? node.identityOrigin.span,
                    labels: subject.peerLabels(of: index),
                    notes: ["route in place of bridging, or allow the finding where the guest is trusted with that"]))
        }
    }
}
