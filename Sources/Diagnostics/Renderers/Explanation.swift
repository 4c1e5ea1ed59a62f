// SPDX-License-Identifier: BSD-2-Clause

/// What `topoc explain` prints.
public enum Explanation {
    private static let width = 80

    /// All that the catalogue says of a rule.
    public static func text(of rule: RuleDescription) -> String {
        let way =
            rule.isAllowable
            ? "Let it pass with `--allow \(rule.code)`, or in the file with `// topoc:allow \(rule.code) reason`."
            : "It cannot be allowed: it leaves nothing to write."
        let paragraphs = [rule.summary] + rule.rationale.split(separator: "\n\n").map(String.init)
        return "\(rule.code) \(rule.name) (\(rule.severity.rawValue))\n\n"
            + paragraphs.map { wrapped($0) + "\n\n" }.joined()
            + "Refused:\n\n" + example(rule.bad) + "\nAccepted:\n\n" + example(rule.good) + "\n" + wrapped(way) + "\n"
    }

    /// The rules, a line each.
    public static func list(_ rules: [RuleDescription]) -> String {
        rules.map { "\($0.code)  \($0.severity == .error ? "error  " : "warning")  \($0.summary)\n" }.joined()
    }

    private static func wrapped(_ paragraph: String) -> String {
        var lines: [String] = []
        for word in paragraph.split(whereSeparator: \.isWhitespace) {
            if let last = lines.last, last.count + 1 + word.count <= width {
                lines[lines.count - 1] += " " + word
            } else {
                lines.append(String(word))
            }
        }
        return lines.joined(separator: "\n")
    }

    private static func example(_ text: String) -> String {
        if text.allSatisfy(\.isWhitespace) { return "    (nothing)\n" }
        return text.split(separator: "\n", omittingEmptySubsequences: false).dropLast(text.hasSuffix("\n") ? 1 : 0)
            .map { $0.isEmpty ? "\n" : "    \(DisplayWidth.shown(String($0)))\n" }.joined()
    }
}
