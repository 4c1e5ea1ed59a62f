// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import Wiring

/// A topology without VMs.
enum NoVM: Rule {
    static let description = RuleDescription(
        code: "TOPO311", name: "no-vm", severity: .error,
        summary: "The assembly declares no VM.",
        rationale: """
            There would be nothing to boot. A range that became empty looks like this, and every link that the \
            partitions declare would lead nowhere.
            """,
        bad: """
            import Topology

            Assembly("empty") {
                VMs(0..<0)
            }
            """,
        good: """
            import Topology

            Assembly("pair") {
                VMs(0..<2)
                Partition("lan") { Link(0, 1) }
            }
            """,
        isAllowable: false)

    static let judgesAbsence = true

    static func check(_ subject: Subject, _ report: (Finding) -> Void) {
        guard subject.nodes.isEmpty else { return }
        report(
            description.finding(
                "assembly \(Names.quoted(subject.assembly.name.value)) declares no VM",
                at: subject.assembly.name.origin.span, notes: ["declare some: VMs(0..<3)"]))
    }
}
