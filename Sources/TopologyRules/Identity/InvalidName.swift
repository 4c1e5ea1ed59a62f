// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import Topology
import Wiring

/// A name that is no identifier.
enum InvalidName: Rule {
    static let description = RuleDescription(
        code: "TOPO231", name: "invalid-name", severity: .error,
        summary: "The name of the assembly, of a partition or of a VM is no C identifier, or is a keyword.",
        rationale: """
            The assembly's name becomes a file, a directory and a CMake project; a partition's name becomes macros, a \
            connection and an instance. An identifier is a letter or an underscore, then letters, digits and \
            underscores. A partition cannot be called by a keyword of CAmkES or C, nor by `unix` or `linux`, which the \
            preprocessor replaces by 1.

            With other characters a name would be other text than a name: what is written into an assembly must not \
            be able to say more than it means.
            """,
        bad: """
            import Topology

            Assembly("pair") {
                VMs(0..<2)
                Partition("my lan") { Link(0, 1) }
            }
            """,
        good: """
            import Topology

            Assembly("pair") {
                VMs(0..<2)
                Partition("my_lan") { Link(0, 1) }
            }
            """,
        isAllowable: false)

    static func check(_ subject: Subject, _ report: (Finding) -> Void) {
        check(subject.assembly.name, "the assembly", report)
        for node in subject.nodes {
            if let name = node.declaration.name { check(name, "VM \(node.number)", report) }
        }
        for partition in subject.assembly.partitions {
            check(partition.name, "a partition", report)
            if ReservedNames.keywords.contains(partition.name.value) {
                report(
                    description.finding(
                        "a partition is named \(Names.quoted(partition.name.value)), which is a keyword",
                        at: partition.name.origin.span, notes: ["name it otherwise, as \"\(partition.name.value)_lan\""]
                    ))
            }
        }
    }

    private static func check(_ name: Placed<String>, _ what: String, _ report: (Finding) -> Void) {
        guard !Names.isIdentifier(name.value) || name.value.utf8.count > 64 else { return }
        let problem = name.value.utf8.count > 64 ? "which is longer than 64 characters" : "which is no C identifier"
        report(
            description.finding(
                "\(what) is named \(Names.quoted(name.value)), \(problem)", at: name.origin.span,
                notes: ["write a letter, then letters, digits and underscores, 64 at most"]))
    }
}
