// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import Topology
import Wiring

/// Two partitions with one name.
enum DuplicatePartition: Rule {
    static let description = RuleDescription(
        code: "TOPO233", name: "duplicate-partition", severity: .error,
        summary: "Two partitions have the same name.",
        rationale: """
            The name becomes the topology macro and its connection. Of two macros with one name the preprocessor keeps \
            the second, so the first partition's links are lost, and CAmkES refuses the second connection.
            """,
        bad: """
            import Topology

            Assembly("two") {
                VMs(0..<4)
                Partition("lan") { Link(0, 1) }
                Partition("lan") { Link(2, 3) }
            }
            """,
        good: """
            import Topology

            Assembly("two") {
                VMs(0..<4)
                Partition("left") { Link(0, 1) }
                Partition("right") { Link(2, 3) }
            }
            """,
        isAllowable: false)

    static func check(_ subject: Subject, _ report: (Finding) -> Void) {
        var first: [String: Placed<String>] = [:]
        for partition in subject.assembly.partitions {
            guard let other = first[partition.name.value] else {
                first[partition.name.value] = partition.name
                continue
            }
            report(
                description.finding(
                    "two partitions are named \(Names.quoted(partition.name.value))", at: partition.name.origin.span,
                    labels: [Label(other.origin, "the other is named here")].compactMap { $0 },
                    notes: ["put their links into one partition, or give each a name of its own"]))
        }
    }
}
