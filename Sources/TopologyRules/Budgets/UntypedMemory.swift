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
        for owners in subject.owners(of: .untypedMemory, place: \.untypedPlace, where: \.isExceeded) {
            let budget = owners.budget
            let guest = owners.first.guest
            report(
                description.finding(
                    "\(owners.subject("has", "have")) \(budget.available / 1024) MiB of untyped memory, and a guest of "
                        + "\(guest.memoryMiB.value) MiB needs \(budget.used) KiB to start",
                    at: owners.place,
                    labels: [Label(guest.memoryMiB.origin, "the guest's memory")].compactMap { $0 }
                        + owners.declarations,
                    notes: [guest.untypedWayOut]))
        }
    }
}

extension Node {
    /// Where the pools were written; else the memory that they do not hold; else the VM.
    var untypedPlace: SourceSpan? {
        guest.untyped23Pool.origin.span ?? guest.untyped22Pool.origin.span ?? guest.memoryMiB.origin.span
            ?? identityOrigin.span
    }
}

extension GuestSettings {
    var untypedWayOut: String {
        let pool = Defaults.untyped23Pool(memoryMiB: memoryMiB.value)
        return "take an untyped23Pool of \(pool) (8 MiB each), or leave it out: it follows the memory"
    }
}
