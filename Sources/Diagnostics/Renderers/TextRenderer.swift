// SPDX-License-Identifier: BSD-2-Clause

/// Findings for a person: code, message, place, the lines concerned with carets, notes and the way out.
public struct TextRenderer: Sendable {
    private let style: TextStyle

    public init(style: TextStyle) {
        self.style = style
    }

    /// The reports' findings in the order of their places, then what was allowed, then a line that counts them.
    /// Ends with a newline.
    public func render(_ reports: [Report]) -> String {
        var output = ""
        for report in reports {
            for finding in report.findings {
                output += render(finding, in: report.source) + "\n"
            }
            for allowed in report.allowed {
                output += render(allowed, in: report.source) + "\n"
            }
        }
        return output + summary(reports) + "\n"
    }

    /// One finding, with its excerpt. Ends with a newline.
    public func render(_ finding: Finding, in source: SourceText) -> String {
        let heading = style.severity(finding.severity, "\(finding.severity.rawValue)[\(finding.code)]")
        var lines = [heading + style.bold(": " + DisplayWidth.shown(finding.message))]
        var marks = finding.labels.map { Excerpt.Mark(span: $0.span, message: $0.message, isPrimary: false) }
        if let span = finding.span { marks.insert(Excerpt.Mark(span: span, message: "", isPrimary: true), at: 0) }
        let excerpt = Excerpt(source: source, marks: marks, style: style)
        let gutter = excerpt.gutter
        let margin = String(repeating: " ", count: gutter)
        lines.append(style.dim(margin + "-->") + " " + place(finding.span, in: source))
        if !marks.isEmpty {
            lines.append(style.dim(margin + " |"))
            lines += excerpt.lines(gutter: gutter)
            if marks.count > Excerpt.mostMarks {
                lines.append(style.dim(margin + " = ") + "and \(marks.count - Excerpt.mostMarks) more places")
            }
        }
        for note in finding.notes { lines.append(style.dim(margin + " = ") + "note: " + DisplayWidth.shown(note)) }
        for fixIt in finding.fixIts { lines += suggestion(fixIt, in: source, margin) }
        return lines.map { $0 + "\n" }.joined()
    }

    /// What went wrong outside of any text, in the same style. Ends with a newline.
    public func render(error message: String, notes: [String]) -> String {
        let heading = style.severity(.error, "error") + style.bold(": " + DisplayWidth.shown(message)) + "\n"
        return heading + notes.map { style.dim("  = ") + "note: " + DisplayWidth.shown($0) + "\n" }.joined()
    }

    /// "2 errors, 1 warning, 1 allowed", or "no findings".
    public func summary(_ reports: [Report]) -> String {
        let counts = FindingCounts(reports)
        var parts: [String] = []
        if counts.errors > 0 { parts.append(style.severity(.error, counted(counts.errors, "error"))) }
        if counts.warnings > 0 { parts.append(style.severity(.warning, counted(counts.warnings, "warning"))) }
        if parts.isEmpty { parts.append("no findings") }
        if counts.allowed > 0 { parts.append("\(counts.allowed) allowed") }
        return parts.joined(separator: ", ")
    }

    private func render(_ allowed: AllowedFinding, in source: SourceText) -> String {
        let reason = allowed.reason.map { "allowed in the file: " + DisplayWidth.shown($0) } ?? "allowed by --allow"
        return style.dim("allowed[\(allowed.finding.code)]") + ": " + DisplayWidth.shown(allowed.finding.message) + "\n"
            + style.dim(" -->") + " " + place(allowed.finding.span, in: source) + "\n"
            + style.dim("  = ") + reason + "\n"
    }

    private func place(_ span: SourceSpan?, in source: SourceText) -> String {
        let name = DisplayWidth.shown(source.name)
        guard let span else { return name }
        let start = source.position(of: span.lowerBound)
        return "\(name):\(start.line):\(start.column)"
    }

    /// What a fix-it does, and, where it changes one line, that line as it would be.
    private func suggestion(_ fixIt: FixIt, in source: SourceText, _ margin: String) -> [String] {
        var lines = [style.dim(margin + " = ") + "fix: " + DisplayWidth.shown(fixIt.message) + " (topoc lint --fix)"]
        let touched = Set(
            fixIt.edits.flatMap { edit in
                [edit.span.lowerBound, edit.span.upperBound].map { source.position(of: $0).line }
            })
        guard let line = touched.first, touched.count == 1, let span = source.lineSpan(line),
            span.count <= Excerpt.longestLine,
            let mended = try? Edit.apply(fixIt.edits, to: source.bytes, within: span)
        else { return lines }
        let old = String(decoding: source.bytes[span], as: UTF8.self)
        lines.append(style.removed(margin + " - " + DisplayWidth.shown(old)))
        let new = String(decoding: mended, as: UTF8.self)
        lines += new.split(separator: "\n").map { style.added(margin + " + " + DisplayWidth.shown(String($0))) }
        return lines
    }
}

/// "1 error", "2 errors".
func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }

/// How much was found.
struct FindingCounts: Codable, Equatable {
    var errors = 0
    var warnings = 0
    var allowed = 0

    init(_ reports: [Report]) {
        for report in reports {
            for finding in report.findings {
                switch finding.severity {
                case .error: errors += 1
                case .warning: warnings += 1
                }
            }
            allowed += report.allowed.count
        }
    }
}
