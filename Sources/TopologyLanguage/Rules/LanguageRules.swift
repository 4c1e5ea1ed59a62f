// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics

/// The catalogue's entries for the codes `TOPO1xx`: what a text must be to be a topology at all.
///
/// None can be allowed, since each leaves something of the text not understood.
public enum LanguageRules {
    public static let all: [RuleDescription] = texts + names + arguments + declarations + runs

    /// A rule of this room: an error that cannot be allowed.
    static func rule(
        _ number: Int, _ name: String, _ summary: String, _ rationale: String, bad: String, good: String
    ) -> RuleDescription {
        RuleDescription(
            code: "TOPO\(number)", name: name, severity: .error, summary: summary, rationale: rationale, bad: bad,
            good: good, isAllowable: false)
    }

    /// A file of one assembly, with these lines in its braces.
    static func file(_ body: String) -> String {
        let lines = body.split(separator: "\n", omittingEmptySubsequences: false).map { $0.isEmpty ? "" : "    \($0)" }
        return "import Topology\n\nAssembly(\"example\") {\n\(lines.joined(separator: "\n"))\n}\n"
    }

    /// Two VMs and their link.
    static let pair = file("VMs(0, 1)\nPartition(\"net\") { Link(0, 1) }")
}
