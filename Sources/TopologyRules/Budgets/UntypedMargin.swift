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
        let isTight = { (budget: Budget) in
            guard !budget.isExceeded, case .vm(let index) = budget.owner else { return false }
            return subject.nodes[index].guest.customaryUntypedKiB.map { budget.available < $0 } ?? false
        }
        for owners in subject.owners(of: .untypedMemory, place: \.untypedPlace, where: isTight) {
            let guest = owners.first.guest
            guard let customary = guest.customaryUntypedKiB else { continue }
            report(
                description.finding(
                    "\(owners.subject("has", "have")) \(owners.budget.available / 1024) MiB of untyped memory for a guest "
                        + "of \(guest.memoryMiB.value) MiB; upstream's examples have \(customary / 1024) at least",
                    at: owners.place, labels: owners.declarations, notes: [guest.untypedWayOut]))
        }
    }
}
