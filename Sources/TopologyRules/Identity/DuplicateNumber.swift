// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import Wiring

/// Two VMs with one number.
enum DuplicateNumber: Rule {
    static let description = RuleDescription(
        code: "TOPO221", name: "duplicate-number", severity: .error,
        summary: "Two VMs have the same number.",
        rationale: """
            The number names everything of a VM in the assembly: the instance `vm0`, the component `Init0`, the \
            interfaces of its peers. CAmkES refuses the second definition, somewhere inside an expanded macro.

            A VM that is declared by its name alone has its position among the VMs as its number, counted from 0.
            """,
        bad: """
            import Topology

            Assembly("pair") {
                VM(0)
                VM(1)
                VM(1)
                Partition("lan") { Link(0, 1) }
            }
            """,
        good: """
            import Topology

            Assembly("pair") {
                VM(0)
                VM(1)
                Partition("lan") { Link(0, 1) }
            }
            """,
        isAllowable: false)

    static func check(_ subject: Subject, _ report: (Finding) -> Void) {
        for owners in subject.sharing(isDefault: { _ in false }, \.number) {
            let nodes = owners.map { subject.nodes[$0] }
            let byPosition = nodes.filter { $0.declaration.number == nil }.map {
                "\($0.label) has its number from its position; say which it is: VM(N, name: \"\($0.name ?? "")\")"
            }
            report(
                description.shared(
                    nodes, "the same number, \(nodes[0].number)", place: \.identityOrigin.span,
                    note: "number the VMs 0 to \(subject.nodes.count - 1), each once",
                    also: Array(byPosition.prefix(Listing.limit))))
        }
    }
}
