// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import Topology
import Wiring

/// Untyped memory that cannot hold the guest.
enum UntypedMemory: Rule {
    static let description = RuleDescription(
        code: "TOPO412", name: "untyped-memory", severity: .error,
        summary: "A VM's pools of untyped memory cannot hold its guest's memory.",
        rationale: """
            The VMM makes everything from the untypeds of its two pools (8 MiB and 4 MiB each): the guest's memory in \
            frames of 4 KiB, 208 frames of low memory and fake devices, a page table for every 2 MiB, and the VCPU. \
            Nothing compares the pools with the memory before boot: `Failed to allocate frame for address …`.

            Left out, `untyped23Pool` follows the memory.
            """,
        bad: """
            import Topology

            Assembly("pair") {
                Guest(memoryMiB: 256, untyped23Pool: 21)
                VMs(0..<2)
                Partition("lan") { Link(0, 1) }
            }
            """,
        good: """
            import Topology

            Assembly("pair") {
                Guest(memoryMiB: 256, untyped23Pool: 40)
                VMs(0..<2)
                Partition("lan") { Link(0, 1) }
            }
            """,
        isAllowable: true)

    static func check(_ subject: Subject, _ report: (Finding) -> Void) {
        for (node, _, budget) in subject.exceeded(.untypedMemory) {
            report(
                description.finding(
                    "\(node.label) has \(budget.available / 1024) MiB of untyped memory, and a guest of "
                        + "\(node.guest.memoryMiB.value) MiB needs \(budget.used) KiB to start",
                    at: node.guest.untypedPlace ?? node.identityOrigin.span, labels: node.untypedLabels,
                    notes: [node.guest.untypedWayOut]))
        }
    }
}

extension Node {
    fileprivate var untypedLabels: [Label] {
        [Label(guest.memoryMiB.origin, "the guest's memory"), Label(identityOrigin, "\(label) is declared here")]
            .compactMap { $0 }
    }
}

extension GuestSettings {
    /// Where the pools were written; else the memory that they do not hold.
    var untypedPlace: SourceSpan? {
        untyped23Pool.origin.span ?? untyped22Pool.origin.span ?? memoryMiB.origin.span
    }

    var untypedWayOut: String {
        let pool = Defaults.untyped23Pool(memoryMiB: memoryMiB.value)
        return "take an untyped23Pool of \(pool) (8 MiB each), or leave it out: it follows the memory"
    }
}
