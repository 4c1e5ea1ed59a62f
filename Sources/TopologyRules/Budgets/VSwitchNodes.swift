// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import Wiring

/// More peers than the switch has slots.
enum VSwitchNodes: Rule {
    static let description = RuleDescription(
        code: "TOPO401", name: "vswitch-nodes", severity: .error,
        summary: "A VM has more peers than libvswitch has slots.",
        rationale: """
            Each VM's switch keeps its peers in an array of `VSWITCH_NUM_NODES`, a plain `#define` of 4. \
            `vswitch_connect` of one more returns -1, which is logged and goes on: that peer is never reached.

            Upstream's macros end at four peers as well (`Syntax error in input at '__CALL5'`); the header that topoc \
            writes has as many arities as the topology needs.

            This is a limit of the data path `tree`. topoc's own has a slot for each peer.
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
        for owners in subject.owners(of: .vswitchNodes, where: \.isExceeded) {
            let budget = owners.budget
            report(
                description.finding(
                    "\(owners.subject("has", "have")) \(budget.used) peers, and a VM's switch holds \(budget.available)",
                    at: owners.place, labels: subject.peerLabels(of: owners.index),
                    notes: [subject.fewerPeers(budget.available, of: owners.index)]))
        }
    }
}
