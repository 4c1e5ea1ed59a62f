// SPDX-License-Identifier: BSD-2-Clause

/// How bad a finding is. An error stops `build`; a warning does not.
public enum Severity: String, Sendable, Hashable, Codable {
    case error, warning
}

/// What topoc has to say about one fault: once, with every place that contributes to it.
///
/// The span and the labels are UTF-8 offsets into the file that was checked. A finding about the whole file
/// (it is empty, say) has no span.
public struct Finding: Sendable, Hashable {
    /// The stable code, as `TOPO204`; the catalogue explains it.
    public var code: String
    public var severity: Severity
    /// One sentence, that names the values concerned. No full stop at its end.
    public var message: String
    /// Where the fault is best seen.
    public var span: SourceSpan?
    /// The other places that contribute, each with what it has to do with it.
    public var labels: [Label]
    /// What to know or do, a sentence a note. The way out comes last.
    public var notes: [String]
    /// What `topoc lint --fix` can do; certain, so that it may be applied unseen.
    public var fixIts: [FixIt]

    public init(
        code: String, severity: Severity, message: String, span: SourceSpan?, labels: [Label] = [],
        notes: [String] = [], fixIts: [FixIt] = []
    ) {
        self.code = code
        self.severity = severity
        self.message = message
        self.span = span
        self.labels = labels
        self.notes = notes
        self.fixIts = fixIts
    }
}

/// Another place that contributes to a finding.
public struct Label: Sendable, Hashable {
    public var span: SourceSpan
    public var message: String

    public init(_ span: SourceSpan, _ message: String) {
        self.span = span
        self.message = message
    }
}

/// A change that removes a finding: all edits or none.
public struct FixIt: Sendable, Hashable {
    /// What it does, as an imperative: "replace with `02:00:00:00:AA:01`".
    public var message: String
    public var edits: [Edit]

    public init(_ message: String, _ edits: [Edit]) {
        self.message = message
        self.edits = edits
    }
}

/// One replacement of text.
public struct Edit: Sendable, Hashable {
    public var span: SourceSpan
    public var replacement: String

    public init(_ span: SourceSpan, _ replacement: String) {
        self.span = span
        self.replacement = replacement
    }
}

/// A finding that was let pass by `--allow CODE` or `// topoc:allow CODE reason`: it is named, never hidden.
public struct AllowedFinding: Sendable, Hashable {
    public var finding: Finding
    /// The reason given beside `topoc:allow`; `nil` for one that the command line allowed.
    public var reason: String?

    public init(_ finding: Finding, reason: String?) {
        self.finding = finding
        self.reason = reason
    }
}

/// All that was found in one text.
public struct Report: Sendable {
    public var source: SourceText
    public var findings: [Finding]
    public var allowed: [AllowedFinding]

    public init(source: SourceText, findings: [Finding] = [], allowed: [AllowedFinding] = []) {
        self.source = source
        self.findings = findings
        self.allowed = allowed
    }

    public var hasErrors: Bool { findings.contains { $0.severity == .error } }
}
