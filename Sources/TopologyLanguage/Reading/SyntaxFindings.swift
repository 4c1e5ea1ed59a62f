// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import SwiftDiagnostics
import SwiftParserDiagnostics
import SwiftSyntax

/// Swift's own syntax errors, as findings.
enum SyntaxFindings {
    static func report(_ tree: SourceFileSyntax, to found: FindingList) {
        let diagnostics = ParseDiagnosticsGenerator.diagnostics(for: tree).filter {
            $0.diagMessage.severity == .error
        }
        for diagnostic in diagnostics {
            found.add(finding(diagnostic, isOnly: diagnostics.count == 1))
        }
        if diagnostics.isEmpty {
            // The tree says that it has an error, and so must the report.
            found.add(LanguageRules.syntax.finding("the text is no Swift", at: nil))
        }
    }

    private static func finding(_ diagnostic: Diagnostic, isOnly: Bool) -> Finding {
        LanguageRules.syntax.finding(
            diagnostic.message, at: span(of: diagnostic),
            labels: diagnostic.notes.map { note in
                let offset = note.position.utf8Offset
                return Label(offset..<offset, note.message)
            },
            fixIts: isOnly ? certainFixIt(diagnostic) : [])
    }

    private static func span(of diagnostic: Diagnostic) -> SourceSpan {
        let start = diagnostic.position.utf8Offset
        let end = diagnostic.highlights.last?.endPositionBeforeTrailingTrivia.utf8Offset ?? start
        return start..<max(start, end)
    }

    /// The parser's repair where it knows but one, and no other error may be the real cause.
    private static func certainFixIt(_ diagnostic: Diagnostic) -> [Diagnostics.FixIt] {
        guard let fixIt = diagnostic.fixIts.first, diagnostic.fixIts.count == 1 else { return [] }
        let edits = fixIt.edits.map {
            Edit($0.range.lowerBound.utf8Offset..<$0.range.upperBound.utf8Offset, $0.replacement)
        }
        // `<#name#>` asks the writer for something.
        guard !edits.contains(where: { $0.replacement.contains("<#") }) else { return [] }
        return [Diagnostics.FixIt(fixIt.message.message, edits)]
    }
}
