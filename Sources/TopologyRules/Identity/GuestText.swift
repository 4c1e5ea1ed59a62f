// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import Topology
import Wiring

/// A text of a guest's settings that would not arrive as it was written.
enum GuestText: Rule {
    static let description = RuleDescription(
        code: "TOPO242", name: "guest-text", severity: .error,
        summary: "A kernel, an initrd or a command line holds characters that the assembly cannot carry.",
        rationale: """
            The texts pass through CMake, the C preprocessor, CAmkES (whose strings know no escapes) and a C string. A \
            quote or a newline ends the string, and what follows is read as CAmkES; a backslash means something in one \
            of them and not in another. So a command line is printable ASCII without `"` and `\\`, and at most 2047 \
            characters, which is what Linux on x86 reads; a kernel or an initrd is the name of a file in the file \
            server, without directories.

            An empty `relocations` or `initrd` means: none.
            """,
        bad: """
            import Topology

            Assembly("pair") {
                Guest(kernel: "boot/bzimage")
                VMs(0..<2)
                Partition("lan") { Link(0, 1) }
            }
            """,
        good: """
            import Topology

            Assembly("pair") {
                Guest(kernel: "bzimage")
                VMs(0..<2)
                Partition("lan") { Link(0, 1) }
            }
            """,
        isAllowable: false)

    /// What Linux on x86 reads of its command line: `COMMAND_LINE_SIZE` less the end.
    static let longestCommandLine = 2047

    static func check(_ subject: Subject, _ report: (Finding) -> Void) {
        let file = "name a file in the file server: a letter or digit, then letters, digits and \"_-.+\""
        check(subject, "kernel", \.kernel, Names.isFileName, file, report)
        check(subject, "relocations", \.relocations, { $0.isEmpty || Names.isFileName($0) }, file, report)
        check(subject, "initrd", \.initrd, { $0.isEmpty || Names.isFileName($0) }, file, report)
        check(
            subject, "commandLine", \.commandLine,
            { Names.isPlainText($0) && $0.utf8.count <= longestCommandLine },
            "write printable ASCII without quotes and backslashes, \(longestCommandLine) characters at most", report)
    }

    private static func check(
        _ subject: Subject, _ name: String, _ setting: (GuestSettings) -> Placed<String>, _ isGood: (String) -> Bool,
        _ way: String, _ report: (Finding) -> Void
    ) {
        var common: Set<SourceSpan> = []
        for node in subject.nodes {
            let text = setting(node.guest)
            guard !isGood(text.value) else { continue }
            // What VMs have in common is written once and said once.
            if let span = text.origin.span, !common.insert(span).inserted { continue }
            // Relocations are the kernel's own unless said; then the kernel's finding says it all.
            if name == "relocations", text.origin.span == node.guest.kernel.origin.span,
                text.value == node.guest.kernel.value
            {
                continue
            }
            report(
                description.finding(
                    "\(node.label) has the \(name) \(Names.quoted(text.value)), which an assembly cannot carry",
                    at: text.origin.span ?? node.identityOrigin.span, notes: [way]))
        }
    }
}
