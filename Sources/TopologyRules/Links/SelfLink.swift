// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import Wiring

/// A VM linked with itself.
enum SelfLink: Rule {
    static let description = RuleDescription(
        code: "TOPO302", name: "self-link", severity: .error,
        summary: "A VM is linked with itself.",
        rationale: """
            Both ends of the link would be in one component, and their shared memory would be defined twice. CAmkES \
            takes it; the linker says `multiple definition of …_data`, minutes later.
            """,
        bad: """
            import Topology

            Assembly("pair") {
                VMs(0..<2)
                Partition("lan") { Mesh(0, 1, 0) }
            }
            """,
        good: """
            import Topology

            Assembly("pair") {
                VMs(0..<2)
                Partition("lan") { Mesh(0, 1) }
            }
            """,
        isAllowable: false)

    static func check(_ subject: Subject, _ report: (Finding) -> Void) {
        for half in subject.network.halves where half.from == half.to {
            let group = subject.network.group(of: half)
            let node = subject.nodes[Int(half.from)]
            let again = group.members[Int(half.toMember)].origin
            report(
                description.finding(
                    "\(node.label) is linked with itself", at: again.span ?? group.origin.span,
                    labels: [Label(group.members[Int(half.fromMember)].origin, "it is named here first")]
                        .compactMap { $0 },
                    notes: ["name each VM once in a \(group.shape.rawValue)"]))
        }
    }
}
