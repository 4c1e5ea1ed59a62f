// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import Wiring

/// A host name that is none.
enum InvalidHostname: Rule {
    static let description = RuleDescription(
        code: "TOPO225", name: "invalid-hostname", severity: .error,
        summary: "A host name is not one by RFC 1123: letters, digits and inner hyphens, up to 63 a label.",
        rationale: """
            The name becomes a line of each guest's hosts file. A space in it makes two names of it, a newline \
            another host, and a `#` a comment.

            The name of a VM is its host name unless it says another; underscores become hyphens. The longest name \
            that Linux takes has 64 characters.
            """,
        bad: """
            import Topology

            Assembly("pair") {
                VM(0, hostname: "web server")
                VM(1)
                Partition("lan") { Link(0, 1) }
            }
            """,
        good: """
            import Topology

            Assembly("pair") {
                VM(0, hostname: "web-server")
                VM(1)
                Partition("lan") { Link(0, 1) }
            }
            """,
        isAllowable: false)

    static func check(_ subject: Subject, _ report: (Finding) -> Void) {
        for node in subject.nodes where !Names.isHostname(node.hostname.value) {
            // A name that is no identifier is said to be none; what follows from it need not be said.
            if node.declaration.hostname == nil, let name = node.name, !Names.isIdentifier(name) { continue }
            report(
                description.finding(
                    "\(node.label) has the host name \(Names.quoted(node.hostname.value)), which is none",
                    at: node.hostname.origin.span ?? node.identityOrigin.span,
                    notes: [
                        "write letters, digits and hyphens, with no hyphen first or last, and dots between labels, "
                            + "64 characters at most"
                    ]))
        }
    }
}
