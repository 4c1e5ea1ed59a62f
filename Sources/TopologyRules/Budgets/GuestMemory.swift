// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import Wiring

/// A guest that is larger than its address space.
enum GuestMemory: Rule {
    static let description = RuleDescription(
        code: "TOPO411", name: "guest-memory", severity: .error,
        summary: "A guest has more memory than the VMM has addresses for.",
        rationale: """
            The VMM places a guest's memory between 0x10003000 and 0xa0000000, which is 2303 MiB. For more it finds no \
            region at boot: `Unable to reserve ram region`, and the VMM stops.
            """,
        bad: """
            import Topology

            Assembly("pair") {
                Guest(memoryMiB: 4096)
                VMs(0..<2)
                Partition("lan") { Link(0, 1) }
            }
            """,
        good: """
            import Topology

            Assembly("pair") {
                Guest(memoryMiB: 2048)
                VMs(0..<2)
                Partition("lan") { Link(0, 1) }
            }
            """,
        isAllowable: true)

    static func check(_ subject: Subject, _ report: (Finding) -> Void) {
        let place = { (node: Node) in node.guest.memoryMiB.origin.span ?? node.identityOrigin.span }
        for owners in subject.owners(of: .guestMemory, place: place, where: \.isExceeded) {
            let budget = owners.budget
            report(
                description.finding(
                    "\(owners.subject("has", "have")) \(budget.used) MiB of guest memory, and the VMM has addresses for "
                        + "\(budget.available)",
                    at: owners.place, labels: owners.declarations,
                    notes: ["give it \(budget.available) MiB at most"]))
        }
    }
}
