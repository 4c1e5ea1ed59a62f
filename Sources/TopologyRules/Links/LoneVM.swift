// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import Topology
import Wiring

/// A VM that nothing is linked with.
enum LoneVM: Rule {
    static let description = RuleDescription(
        code: "TOPO308", name: "vm-in-no-partition", severity: .warning,
        summary: "A VM is in no partition.",
        rationale: """
            The VM boots, with a network interface that has no peer. That can be meant; more often a range ends one \
            too early.
            """,
        bad: """
            import Topology

            Assembly("three") {
                VMs(0..<3)
                Partition("lan") { Mesh(0..<2) }
            }
            """,
        good: """
            import Topology

            Assembly("three") {
                VMs(0..<3)
                Partition("lan") { Mesh(0..<3) }
            }
            """,
        isAllowable: true)

    static let judgesAbsence = true

    static func check(_ subject: Subject, _ report: (Finding) -> Void) {
        // A reference that leads nowhere may have meant any of them.
        guard !subject.nodes.isEmpty, !subject.network.unresolved.contains(where: { $0.partition != nil }) else {
            return
        }
        guard !subject.assembly.partitions.isEmpty else {
            report(
                description.finding(
                    "there is no partition, so that no VM is linked with another",
                    at: subject.assembly.name.origin.span,
                    notes: ["declare one: Partition(\"lan\") { Mesh(…) }"]))
            return
        }
        let members = subject.assembly.partitions.lazy.flatMap(\.links).flatMap(\.members)
        let named = Set(members.lazy.map(\.value))
        for node in subject.nodes {
            let names = [VMReference.number(node.number)] + (node.name.map { [.name($0)] } ?? [])
            guard names.allSatisfy({ !named.contains($0) }) else { continue }
            report(
                description.finding(
                    "\(node.label) is in no partition", at: node.identityOrigin.span,
                    notes: ["link it with another VM, or allow it where it is meant"]))
        }
    }
}
