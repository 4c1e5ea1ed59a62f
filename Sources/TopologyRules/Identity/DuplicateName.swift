// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import Wiring

/// Two VMs with one name.
enum DuplicateName: Rule {
    static let description = RuleDescription(
        code: "TOPO222", name: "duplicate-name", severity: .error,
        summary: "Two VMs have the same name.",
        rationale: """
            A link or a `Never` that names the VM would mean either of them. topoc does not guess which.
            """,
        bad: """
            import Topology

            Assembly("pair") {
                VM(0, name: "web", hostname: "web-a")
                VM(1, name: "web", hostname: "web-b")
                Partition("lan") { Link(0, 1) }
            }
            """,
        good: """
            import Topology

            Assembly("pair") {
                VM(0, name: "web_a")
                VM(1, name: "web_b")
                Partition("lan") { Link(0, 1) }
            }
            """,
        isAllowable: false)

    static func check(_ subject: Subject, _ report: (Finding) -> Void) {
        for owners in subject.sharing(isDefault: { _ in false }, \.name) {
            let nodes = owners.map { subject.nodes[$0] }
            report(
                description.shared(
                    nodes, "the same name", place: { $0.declaration.name?.origin.span ?? $0.identityOrigin.span },
                    note: "give each VM a name of its own"))
        }
    }
}
