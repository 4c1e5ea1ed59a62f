// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import Wiring

/// More interfaces than a guest has interrupt lines for.
enum TooManyInterfaces: Rule {
    static let description = RuleDescription(
        code: "TOPO414", name: "too-many-interfaces", severity: .error,
        summary: "A VM has more network interfaces than its guest has interrupt lines for.",
        rationale: """
            With `interfaces: .perPartition` a VM has a virtio network device for each partition that it is in, and each \
            device has an interrupt line of its own. Of a guest's sixteen lines five are free for them: 6, 5, 11, 15 and \
            14; the others are a PC's own or those of the tree's other devices.

            The data path `tree` has one device a VM, with line 6.
            """,
        bad: """
            import Topology

            Assembly("hub") {
                VM(0, interfaces: .perPartition)
                for n in 1...6 {
                    VM(n, ip: "192.168.\\(n).2/24")
                    Partition("spoke_\\(n)") { Link(0, n) }
                }
            }
            """,
        good: """
            import Topology

            Assembly("hub") {
                VM(0, interfaces: .perPartition)
                for n in 1...5 {
                    VM(n, ip: "192.168.\\(n).2/24")
                    Partition("spoke_\\(n)") { Link(0, n) }
                }
            }
            """,
        isAllowable: false)

    static func check(_ subject: Subject, _ report: (Finding) -> Void) {
        for owners in subject.owners(of: .interfaces, where: \.isExceeded) {
            let budget = owners.budget
            let way =
                subject.canHaveOwnDevice(owners.index)
                ? "take the data path `topoc`, or one interface for all partitions"
                : "take one interface for all partitions, or \(budget.available) partitions at most"
            report(
                description.finding(
                    "\(owners.subject("has", "have")) \(budget.used) network interfaces, and there "
                        + (budget.available == 1 ? "is one" : "are \(budget.available)"),
                    at: owners.first.declaration.interfaces?.origin.span ?? owners.place,
                    labels: subject.peerLabels(of: owners.index), notes: [way]))
        }
    }
}
