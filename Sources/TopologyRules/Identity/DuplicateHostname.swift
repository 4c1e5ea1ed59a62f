// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import Wiring

/// Two VMs with one host name.
enum DuplicateHostname: Rule {
    static let description = RuleDescription(
        code: "TOPO224", name: "duplicate-hostname", severity: .error,
        summary: "Two VMs have the same host name.",
        rationale: """
            Every guest gets a hosts file with a line for each VM. Of two lines with one name the first counts, so \
            the second VM cannot be reached by its name, and the first gets what was meant for it. Host names do not \
            tell capitals from small letters.

            A VM without a `hostname` is called as its name, or `vm` and its number. Each VM has its instance, `vm` and its \
            number, as a second name, which no other may have.
            """,
        bad: """
            import Topology

            Assembly("pair") {
                VM(0, hostname: "web")
                VM(1, hostname: "WEB")
                Partition("lan") { Link(0, 1) }
            }
            """,
        good: """
            import Topology

            Assembly("pair") {
                VM(0, hostname: "web")
                VM(1, hostname: "db")
                Partition("lan") { Link(0, 1) }
            }
            """,
        isAllowable: true)

    private static let note = "give each VM a host name of its own: VM(…, hostname: \"…\")"

    static func check(_ subject: Subject, _ report: (Finding) -> Void) {
        let isDefault = { (node: Node) in node.declaration.hostname == nil }
        for owners in subject.sharing(isDefault: isDefault, { $0.hostname.value.lowercased() }) {
            let nodes = owners.map { subject.nodes[$0] }
            // Two VMs of one name are that rule's.
            if nodes.allSatisfy({ isDefault($0) && $0.name == nodes[0].name }) { continue }
            report(
                description.shared(
                    nodes, "the host name \"\(nodes[0].hostname.value)\"",
                    place: { $0.hostname.origin.span ?? $0.identityOrigin.span },
                    note: note))
        }
        for (instance, node) in instancesTaken(subject) {
            report(
                description.finding(
                    "\(node.label) has the host name \"\(node.hostname.value)\", which is the instance of another VM",
                    at: node.hostname.origin.span ?? node.identityOrigin.span,
                    labels: [Label(instance.identityOrigin, "\(instance.label) is declared here")].compactMap { $0 },
                    notes: [note]))
        }
    }

    /// VMs that are called as another's instance, where that one is called otherwise.
    private static func instancesTaken(_ subject: Subject) -> [(instance: Node, node: Node)] {
        let instances = Dictionary(subject.nodes.map { ($0.instance, $0) }, uniquingKeysWith: { first, _ in first })
        return subject.nodes.compactMap { node in
            let name = node.hostname.value.lowercased()
            guard let other = instances[name], other.number != node.number, other.hostname.value.lowercased() != name
            else { return nil }
            return (other, node)
        }
    }
}
