// SPDX-License-Identifier: BSD-2-Clause

/// Findings as GitHub workflow commands, which become annotations of a pull request. What was allowed is a notice.
public enum GitHubRenderer {
    /// One line a finding. Empty where nothing was found.
    public static func render(_ reports: [Report]) -> String {
        reports.map { report in
            report.findings.map { line($0.severity.rawValue, $0, $0.message, report.source) }.joined()
                + report.allowed.map {
                    line("notice", $0.finding, "allowed: " + $0.finding.message, report.source)
                }.joined()
        }.joined()
    }

    private static func line(_ command: String, _ finding: Finding, _ message: String, _ source: SourceText) -> String {
        var properties = [("file", source.name)]
        if let span = finding.span {
            let start = source.position(of: span.lowerBound)
            let end = source.position(of: span.upperBound)
            properties += [("line", String(start.line)), ("endLine", String(end.line))]
            // GitHub takes columns for a place within one line.
            if start.line == end.line {
                properties += [("col", String(start.column)), ("endColumn", String(max(end.column, start.column)))]
            }
        }
        properties.append(("title", finding.code))
        let list = properties.map { "\($0)=\(escaped($1, inProperty: true))" }.joined(separator: ",")
        let text = ([message] + finding.notes).joined(separator: "\n")
        return "::\(command) \(list)::\(escaped(text, inProperty: false))\n"
    }

    private static func escaped(_ text: String, inProperty: Bool) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "%": result += "%25"
            case "\r": result += "%0D"
            case "\n": result += "%0A"
            case ":" where inProperty: result += "%3A"
            case "," where inProperty: result += "%2C"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
