// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import Wiring

/// Untyped memory that holds the guest and little more.
enum UntypedMargin: Rule {
    static let description = RuleDescription(
        code: "TOPO413", name: "untyped-margin", severity: .warning,
        summary: "A VM's pools of untyped memory leave the VMM less than upstream's examples do.",
        rationale: """
            Beside the guest's memory the VMM makes its own page tables, its heap beyond the static one and the books \
            of its allocator from the pools. How much that takes shows at run time; every x86 example of upstream's \
            leaves a quarter of the guest's memory, and 32 MiB at least.
            """,
        bad: """
            import Topology

            Assembly("pair") {
                Guest(memoryMiB: 128, untyped23Pool: 18)
                VMs(0..<2)
                Partition("lan") { Link(0, 1) }
            }
            """,
        good: """
            import Topology

            Assembly("pair") {
                Guest(memoryMiB: 128, untyped23Pool: 21)
                VMs(0..<2)
                Partition("lan") { Link(0, 1) }
            }
            """,
        isAllowable: true)

    static func check(_ subject: Subject, _ report: (Finding) -> Void) {
        for budget in subject.budgets where budget.kind == .untypedMemory && !budget.isExceeded {
            guard case .vm(let index) = budget.owner, let customary = subject.nodes[index].guest.customaryUntypedKiB,
                budget.available < customary
            else { continue }
            let node = subject.nodes[index]
            report(
                description.finding(
                    "\(node.label) has \(budget.available / 1024) MiB of untyped memory for a guest of "
                        + "\(node.guest.memoryMiB.value) MiB; upstream's examples have \(customary / 1024) at least",
                    at: node.guest.untypedPlace ?? node.identityOrigin.span,
                    labels: [Label(node.identityOrigin, "\(node.label) is declared here")].compactMap { $0 },
                    notes: [node.guest.untypedWayOut]))
        }
    }
}
