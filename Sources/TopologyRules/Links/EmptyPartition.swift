// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import Wiring

/// A partition without a link.
enum EmptyPartition: Rule {
    static let description = RuleDescription(
        code: "TOPO307", name: "empty-partition", severity: .error,
        summary: "A partition declares no link.",
        rationale: """
            A connection without ends cannot be written, so the partition would be left out of the assembly. A range \
            that became empty, or a condition that never holds, looks like this.
            """,
        bad: """
            import Topology

            Assembly("pair") {
                VMs(0..<2)
                Partition("lan") { Link(0, 1) }
                Partition("spare") {}
            }
            """,
        good: """
            import Topology

            Assembly("pair") {
                VMs(0..<2)
                Partition("lan") { Link(0, 1) }
            }
            """,
        isAllowable: true)

    static let judgesAbsence = true

    static func check(_ subject: Subject, _ report: (Finding) -> Void) {
        for partition in subject.assembly.partitions where partition.links.isEmpty {
            report(
                description.finding(
                    "partition \(Names.quoted(partition.name.value)) declares no link", at: partition.name.origin.span,
                    notes: ["link some VMs in it, or leave it out"]))
        }
    }
}
