// SPDX-License-Identifier: BSD-2-Clause

/// What the catalogue says of a code. `topoc explain` and `docs/rules/` are made from it.
public struct RuleDescription: Sendable, Hashable {
    /// `TOPO` and three digits: 1xx language, 2xx identity, 3xx links, 4xx budgets, 5xx reachability, 6xx read-back,
    /// 7xx emitted C, 8xx lab.
    public var code: String
    /// The rule's name in lower case with hyphens: `duplicate-mac`.
    public var name: String
    public var severity: Severity
    /// One sentence: what is refused.
    public var summary: String
    /// Why: what happens on seL4 without this rule. Paragraphs are separated by an empty line.
    public var rationale: String
    /// A whole `.topo` file in which the rule finds something.
    public var bad: String
    /// The same file, mended.
    public var good: String
    /// Whether `--allow` and `topoc:allow` accept the code. A fault that leaves nothing to write cannot be allowed.
    public var isAllowable: Bool

    public init(
        code: String, name: String, severity: Severity, summary: String, rationale: String, bad: String, good: String,
        isAllowable: Bool
    ) {
        self.code = code
        self.name = name
        self.severity = severity
        self.summary = summary
        self.rationale = rationale
        self.bad = bad
        self.good = good
        self.isAllowable = isAllowable
    }

    /// A finding of this rule.
    public func finding(
        _ message: String, at span: SourceSpan?, labels: [Label] = [], notes: [String] = [], fixIts: [FixIt] = []
    ) -> Finding {
        Finding(
            code: code, severity: severity, message: message, span: span, labels: labels, notes: notes, fixIts: fixIts)
    }
}
