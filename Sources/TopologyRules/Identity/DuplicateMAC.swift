// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import Wiring

/// Two VMs with one MAC address.
enum DuplicateMAC: Rule {
    static let description = RuleDescription(
        code: "TOPO206", name: "duplicate-mac", severity: .error,
        summary: "Two VMs have the same MAC address.",
        rationale: """
            A VM's switch looks a frame's receiver up by its MAC address and takes the first that has it. The second \
            is never reached, and answers to it go to the first. Everything builds, and nothing is logged.

            VMs in partitions that never meet are compared as well: a bridge or a passed-through card joins them \
            where no topology says so.
            """,
        bad: """
            import Topology

            Assembly("pair") {
                VM(0, mac: "02:00:00:00:AA:01")
                VM(1, mac: "02:00:00:00:AA:01")
                Partition("lan") { Link(0, 1) }
            }
            """,
        good: """
            import Topology

            Assembly("pair") {
                VM(0, mac: "02:00:00:00:AA:01")
                VM(1, mac: "02:00:00:00:AA:02")
                Partition("lan") { Link(0, 1) }
            }
            """,
        isAllowable: true)

    static func check(_ subject: Subject, _ report: (Finding) -> Void) {
        for owners in subject.sharing(isDefault: \.mac.isFromPool, \.mac.value) {
            let nodes = owners.map { subject.nodes[$0] }
            report(
                description.shared(
                    nodes, "the MAC address \(nodes[0].mac.value?.description ?? nodes[0].mac.text)",
                    place: { $0.place(of: $0.mac) },
                    note: "give each VM an address of its own, or let the address pool do it"))
        }
    }
}

extension RuleDescription {
    /// The finding that several VMs share something that each must have for itself: placed at the second, with the
    /// others as labels.
    /// - Parameter nodes: two or more.
    func shared(
        _ nodes: [Node], _ what: String, place: (Node) -> SourceSpan?, note: String, also: [String] = []
    ) -> Finding {
        let others = nodes.enumerated().filter { $0.offset != 1 }.map(\.element)
        let labels = others.prefix(Listing.limit).compactMap { node in
            place(node).map { Label($0, "\(node.label) has it too") }
        }
        return finding(
            "\(Listing.list(nodes.map(\.label))) have \(what)", at: place(nodes[1]), labels: labels,
            notes: also + [note])
    }
}
