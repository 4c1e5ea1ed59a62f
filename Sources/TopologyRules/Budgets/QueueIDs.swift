// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import Wiring

/// More virtqueues than ids.
enum QueueIDs: Rule {
    static let description = RuleDescription(
        code: "TOPO403", name: "queue-ids", severity: .error,
        summary: "A VM has more virtqueues than libsel4camkes has ids.",
        rationale: """
            Each peer takes two virtqueue ids of a VM, one to send and one to receive, and libsel4camkes knows \
            `MAX_CAMKES_VIRTQUEUE_ID` of them: 100, for 50 peers. Registration of one more returns -1, which nobody \
            looks at, and the queue is not there when the device asks for it.
            """,
        bad: """
            import Topology

            Assembly("star") {
                VMs(0..<52)
                Partition("lan") { Star(hub: 0, 1..<52) }
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
        for owners in subject.owners(of: .queueIDs, where: \.isExceeded) {
            let budget = owners.budget
            report(
                description.finding(
                    "\(owners.subject("needs", "need")) \(budget.used) virtqueue ids, two for each of \(budget.used / 2) peers, and "
                        + "there are \(budget.available)",
                    at: owners.place, labels: subject.peerLabels(of: owners.index),
                    notes: [subject.fewerPeers(budget.available / 2, of: owners.index)]))
        }
    }
}
