// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import Wiring

/// A partition's name that the tree uses for something else.
enum ReservedName: Rule {
    static let description = RuleDescription(
        code: "TOPO232", name: "reserved-name", severity: .error,
        summary: "A partition has a name that camkes-vm, or topoc's header, uses for something else.",
        rationale: """
            The partition's name becomes a macro, and with endings a connection and an instance. Instances, groups \
            and connections share one scope in CAmkES, and macros share one with everything: a second `serial`, \
            `fs0` or `VM_INIT_DEF` gives `duplicate entity defined`, or quietly replaces upstream's text.
            """,
        bad: """
            import Topology

            Assembly("pair") {
                VMs(0..<2)
                Partition("serial") { Link(0, 1) }
            }
            """,
        good: """
            import Topology

            Assembly("pair") {
                VMs(0..<2)
                Partition("lan_serial") { Link(0, 1) }
            }
            """,
        isAllowable: true)

    static func check(_ subject: Subject, _ report: (Finding) -> Void) {
        for partition in subject.assembly.partitions {
            guard let use = ReservedNames.use(of: partition.name.value) else { continue }
            report(
                description.finding(
                    "a partition is named \"\(partition.name.value)\", which \(use)",
                    at: partition.name.origin.span, notes: ["name it otherwise, as \"lan_\(partition.name.value)\""]))
        }
    }
}
