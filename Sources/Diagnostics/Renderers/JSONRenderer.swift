// SPDX-License-Identifier: BSD-2-Clause

import FoundationEssentials

/// Findings as JSON for other programs. `formatVersion` grows when a field changes its meaning or goes.
public enum JSONRenderer {
    public static func render(_ reports: [Report]) throws -> String {
        let document = Document(
            formatVersion: 1, version: TopocVersion.current, files: reports.map(File.init),
            summary: FindingCounts(reports))
        return try encoded(document)
    }

    /// Sorted keys and two spaces, so that the same value gives the same bytes. Ends with a newline.
    package static func encoded(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self) + "\n"
    }

    /// The same in one line, as for a stream of values.
    package static func line(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self) + "\n"
    }

    private struct Document: Encodable {
        var formatVersion: Int
        var version: String
        var files: [File]
        var summary: FindingCounts
    }

    private struct File: Encodable {
        var path: String
        var findings: [Entry]
        var allowed: [Allowed]

        init(_ report: Report) {
            path = report.source.name
            findings = report.findings.map { Entry($0, report.source) }
            allowed = report.allowed.map {
                Allowed(finding: Entry($0.finding, report.source), reason: $0.reason)
            }
        }
    }

    private struct Allowed: Encodable {
        var finding: Entry
        var reason: String?
    }

    private struct Entry: Encodable {
        var code: String
        var severity: Severity
        var message: String
        var location: Location?
        var labels: [Label]
        var notes: [String]
        var fixes: [Fix]

        init(_ finding: Finding, _ source: SourceText) {
            code = finding.code
            severity = finding.severity
            message = finding.message
            location = finding.span.map { Location($0, source) }
            labels = finding.labels.map { Label(location: Location($0.span, source), message: $0.message) }
            notes = finding.notes
            fixes = finding.fixIts.map { fixIt in
                Fix(
                    message: fixIt.message,
                    edits: fixIt.edits.map { Change(location: Location($0.span, source), replacement: $0.replacement) })
            }
        }
    }

    private struct Label: Encodable {
        var location: Location
        var message: String
    }

    private struct Fix: Encodable {
        var message: String
        var edits: [Change]
    }

    private struct Change: Encodable {
        var location: Location
        var replacement: String
    }

    private struct Location: Encodable {
        var start: Position
        var end: Position

        init(_ span: SourceSpan, _ source: SourceText) {
            start = Position(source.position(of: span.lowerBound))
            end = Position(source.position(of: span.upperBound))
        }
    }

    /// Line and column count from 1, columns in Unicode scalars; the offset counts UTF-8 bytes from 0.
    private struct Position: Encodable {
        var line: Int
        var column: Int
        var offset: Int

        init(_ position: SourcePosition) {
            line = position.line
            column = position.column
            offset = position.offset
        }
    }
}
