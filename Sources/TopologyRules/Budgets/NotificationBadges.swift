// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import Wiring

/// More notification sources than badge bits.
enum NotificationBadges: Rule {
    static let description = RuleDescription(
        code: "TOPO402", name: "notification-badges", severity: .error,
        summary: "A VM needs more notification badges than its global endpoint can give out.",
        rationale: """
            Everything that wakes a VMM has a bit of its own in one badge. The mask 0x1ffe0001 of `vm.h` offers bit 0 \
            and bits 17 to 28; bit 27 is the base, and bit 28 does not fit a badge of 28 bits. Of the 11 that are left \
            `intready`, `init_timer` and `serial_getchar` take three, and each peer takes two: one for the queue the \
            VM sends on, one for the queue it receives from.

            The tool says `badges can be a maximum of 28 bits` or `Couldn't allocate notification badge`, about an \
            interface that has nothing to do with the topology. Release 3.8 has one badge for all ends, and no such \
            limit.

            This is a limit of the data path `tree`. The connector of topoc's gives all ends of a VM one badge.
            """,
        bad: """
            import Topology

            Assembly("six") {
                VMs(0..<6)
                Partition("lan") { Mesh(0..<6) }
            }
            """,
        good: """
            import Topology

            Assembly("five") {
                VMs(0..<5)
                Partition("lan") { Mesh(0..<5) }
            }
            """,
        isAllowable: true)

    static func check(_ subject: Subject, _ report: (Finding) -> Void) {
        guard let taken = subject.target.limits?.badgesTaken else { return }
        for owners in subject.owners(of: .notificationBadges, where: \.isExceeded) {
            let budget = owners.budget
            let peers = (budget.used - taken.count) / 2
            let ends = subject.network.rows[owners.index].prefix(Listing.limit).flatMap { entry in
                let number = subject.nodes[Int(subject.network.halves[entry].to)].number
                return ["ether_\(number)_send", "ether_\(number)_recv"]
            }
            report(
                description.finding(
                    "\(owners.subject("needs", "need")) \(budget.used) notification badges, and there are \(budget.available)",
                    at: owners.place, labels: subject.peerLabels(of: owners.index),
                    notes: [
                        "\(taken.count) for \(Listing.list(taken)), and 2 for each of \(Listing.count(peers, "peer")): "
                            + Listing.list(ends, total: 2 * peers),
                        subject.fewerPeers((budget.available - taken.count) / 2, of: owners.index),
                    ]))
        }
    }
}
