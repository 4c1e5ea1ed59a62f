// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import Wiring

/// A shape that joins nothing.
enum TooFewMembers: Rule {
    static let description = RuleDescription(
        code: "TOPO310", name: "too-few-members", severity: .error,
        summary: "A shape names too few VMs to join any.",
        rationale: """
            A link has two ends. In upstream's macros `f(2)`, a row without a peer, is a syntax error at \
            `VM_MACADDRESS`; a range that became empty would leave its partition without links.
            """,
        bad: """
            import Topology

            Assembly("pair") {
                VMs(0..<2)
                Partition("lan") {
                    Link(0, 1)
                    Mesh(1)
                }
            }
            """,
        good: """
            import Topology

            Assembly("pair") {
                VMs(0..<2)
                Partition("lan") {
                    Link(0, 1)
                }
            }
            """,
        isAllowable: true)

    static func check(_ subject: Subject, _ report: (Finding) -> Void) {
        for group in subject.assembly.partitions.lazy.flatMap(\.links) where group.members.count < 2 {
            let needs =
                switch group.shape {
                case .star: "a hub and one VM at least"
                case .connect: "a VM and one peer at least"
                case .link: "two VMs"
                case .mesh, .ring, .line: "two VMs at least"
                }
            let has = group.members.isEmpty ? "none" : "only \(group.members[0].value)"
            report(
                description.finding(
                    "a \(group.shape.rawValue) names \(has)", at: group.origin.span,
                    notes: ["it needs \(needs); leave it out where there is nothing to join"]))
        }
    }
}
