// SPDX-License-Identifier: BSD-2-Clause

/// Makes the changes that findings offer, until none is offered.
public enum Fixer {
    /// A change may uncover the next; more rounds than this no text needs.
    private static let rounds = 16

    /// - Parameter lint: what is found in a text. What is allowed is not mended.
    /// - Returns: what remains, in the text as it then is, and how many changes were made.
    public static func fix(_ source: SourceText, lint: (SourceText) -> Report) -> (report: Report, applied: Int) {
        var report = lint(source)
        var applied = 0
        for _ in 0..<rounds {
            let result = Edit.apply(report.findings.flatMap(\.fixIts), to: report.source.bytes)
            if result.bytes == report.source.bytes { break }
            applied += result.applied
            report = lint(SourceText(name: source.name, bytes: result.bytes))
        }
        return (report, applied)
    }
}
