// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import Topology
import Wiring

/// A queue length on a release that has none.
enum FixedQueueLength: Rule {
    static let description = RuleDescription(
        code: "TOPO406", name: "fixed-queue-length", severity: .error,
        summary: "A queue length is set, but the target's queues have a fixed one.",
        rationale: """
            A connection's `queue_length` came with camkes-vm 3.9. In 3.8 and before every ring has 256 descriptors, \
            and the setting would be ignored.

            The example is wrong for the target `3.8` and right for all others.
            """,
        bad: """
            import Topology

            Assembly("pair", queueLength: 128) {
                VMs(0..<2)
                Partition("lan") { Link(0, 1) }
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

    static func check(_ subject: Subject, _ report: (Finding) -> Void) {
        guard let fixed = subject.target.limits?.fixedQueueLength else { return }
        for length in subject.queueLengths where length.value != fixed {
            report(
                description.finding(
                    "the queue length is \(length.value), but on \(subject.target.name) every queue has \(fixed) "
                        + "descriptors",
                    at: length.origin.span ?? subject.assembly.name.origin.span,
                    notes: ["leave it out, or take a newer target"]))
        }
    }
}
