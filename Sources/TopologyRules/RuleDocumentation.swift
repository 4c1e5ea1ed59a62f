// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics

/// The pages of `docs/rules/`, made from the catalogue.
public enum RuleDocumentation {
    public typealias Page = (name: String, text: String)

    /// A page a code, as `TOPO206-duplicate-mac.md`, and `README.md`, which lists them.
    public static func pages(of descriptions: [RuleDescription]) -> [Page] {
        [("README.md", index(of: descriptions))] + descriptions.map { (name(of: $0), page(of: $0)) }
    }

    private static let licence = "<!-- SPDX-License-Identifier: BSD-2-Clause -->\n\n"

    private static let chapters = [
        ("TOPO1", "Language", "what a text must be to be a topology"),
        ("TOPO2", "Identity", "VMs, addresses, names and guest settings"),
        ("TOPO3", "Links", "who is joined with whom"),
        ("TOPO4", "Budgets", "what the target holds"),
        ("TOPO5", "Reachability", "who must never be joined"),
        ("TOPO6", "CAmkES", "what an assembly says, read back or imported"),
        ("TOPO7", "Emitted C", "what the tree's compiler would refuse"),
        ("TOPO8", "Lab", "what this host does not have, or a lab cannot do"),
    ]

    private static func name(of rule: RuleDescription) -> String { "\(rule.code)-\(rule.name).md" }

    private static func index(of descriptions: [RuleDescription]) -> String {
        var text = licence + "# Rules\n\nWhat `topoc lint` finds, and what a lab fails with. "
        text += "`topoc explain CODE` prints the same pages.\n"
        for (prefix, title, about) in chapters {
            let rules = descriptions.filter { $0.code.hasPrefix(prefix) }
            guard !rules.isEmpty else { continue }
            text += "\n## \(title): \(about)\n\n| Code | | Allowable | What is refused |\n|---|---|---|---|\n"
            for rule in rules {
                let row = [
                    "[\(rule.code)](\(name(of: rule)))", rule.severity.rawValue, rule.isAllowable ? "yes" : "no",
                    rule.summary,
                ]
                text += "| \(row.joined(separator: " | ")) |\n"
            }
        }
        return text
    }

    private static func page(of rule: RuleDescription) -> String {
        let way =
            rule.isAllowable
            ? "Where it is meant, let it pass with `--allow \(rule.code)`, or in the file with "
                + "`// topoc:allow \(rule.code) reason`."
            : "It cannot be allowed."
        return licence + "# \(rule.code): \(rule.name)\n\n"
            + "\(rule.severity == .error ? "Error" : "Warning"). \(rule.summary)\n\n\(rule.rationale)\n"
            + example("Refused", rule.bad, of: rule) + example("Accepted", rule.good, of: rule) + "\n\(way)\n"
    }

    /// A chapter with an example. A rule that no text can show has no bad one.
    private static func example(_ title: String, _ text: String, of rule: RuleDescription) -> String {
        guard !text.isEmpty else { return "" }
        // Of the read-back's codes it is CAmkES text, of the next chapter's C, of the lab's what is typed.
        let language =
            switch rule.code.prefix(5) {
            case "TOPO6", "TOPO7": "c"
            case "TOPO8": "sh"
            default: "swift"
            }
        return "\n## \(title)\n\n```\(language)\n\(text)\(text.hasSuffix("\n") ? "" : "\n")```\n"
    }
}
