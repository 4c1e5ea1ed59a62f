// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import SwiftDiagnostics
import SwiftParser
import SwiftParserDiagnostics
import SwiftSyntax

/// Swift's own syntax errors, as findings.
enum SyntaxFindings {
    static func report(_ tree: SourceFileSyntax, of bytes: [UInt8], to found: FindingList) {
        // With these about, the parser's diagnostics may fail a precondition of their own (`=` before U+FEFF).
        let strangers = StrangerFinder.strangers(in: tree)
        guard strangers.isEmpty else {
            for stranger in strangers { found.add(finding(stranger)) }
            return
        }
        let errors = ErrorCounter.errors(in: tree)
        guard let last = errors.last, errors.count == Limits.syntaxErrors else {
            return add(diagnostics(of: tree), to: found)
        }
        // The parser's diagnostics cost the square of their number. So only the beginning of the text is diagnosed;
        // what stands at its end may be there only since it was cut.
        let rest = bytes[last...].prefix(80)
        let end = rest.firstIndex(of: UInt8(ascii: "\n")) ?? rest.lastIndex { $0 < 0x80 } ?? last
        let beginning = SyntaxText.tree(of: bytes[..<end])
        add(diagnostics(of: beginning).filter { $0.position.utf8Offset <= last }, to: found)
        found.add(
            LanguageRules.syntax.finding(
                "more than \(Limits.syntaxErrors) syntax errors; the rest of the file is not looked at",
                at: last..<last, notes: ["see that this is a topology, or mend what stands before"]))
    }

    private static func diagnostics(of tree: SourceFileSyntax) -> [Diagnostic] {
        ParseDiagnosticsGenerator.diagnostics(for: tree).filter { $0.diagMessage.severity == .error }
    }

    private static func add(_ diagnostics: [Diagnostic], to found: FindingList) {
        for diagnostic in diagnostics { found.add(finding(diagnostic, isOnly: diagnostics.count == 1)) }
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

    private static func finding(_ stranger: StrangerFinder.Stranger) -> Finding {
        let codes = stranger.text.unicodeScalars.prefix(8).map { scalar in
            let digits = String(scalar.value, radix: 16, uppercase: true)
            return "U+" + String(repeating: "0", count: max(0, 4 - digits.utf8.count)) + digits
        }
        return LanguageRules.syntax.finding(
            "\(codes.joined(separator: " ")) has no place in Swift", at: stranger.span,
            notes: ["remove what the editor may not show, or put a space in its place"])
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

/// Finds the tokens that are missing, unexpected or malformed, as far as the limit.
private final class ErrorCounter: SyntaxAnyVisitor {
    private var offsets: [Int] = []

    static func errors(in tree: SourceFileSyntax) -> [Int] {
        let counter = ErrorCounter(viewMode: .all)
        counter.walk(tree)
        return counter.offsets
    }

    override func visitAny(_ node: Syntax) -> SyntaxVisitorContinueKind {
        guard node.hasError, offsets.count < Limits.syntaxErrors else { return .skipChildren }
        if node.is(UnexpectedNodesSyntax.self) || node.is(TokenSyntax.self) {
            offsets.append(node.positionAfterSkippingLeadingTrivia.utf8Offset)
        }
        return .visitChildren
    }
}

/// Finds characters that are neither a word of Swift nor white space, as far as the limit.
private final class StrangerFinder: SyntaxAnyVisitor {
    struct Stranger {
        let text: String
        let span: SourceSpan
    }

    private var strangers: [Stranger] = []

    static func strangers(in tree: SourceFileSyntax) -> [Stranger] {
        let finder = StrangerFinder(viewMode: .all)
        finder.walk(tree)
        return finder.strangers
    }

    override func visit(_ token: TokenSyntax) -> SyntaxVisitorContinueKind {
        collect(token.leadingTrivia, from: token.position)
        collect(token.trailingTrivia, from: token.endPositionBeforeTrailingTrivia)
        return .skipChildren
    }

    private func collect(_ trivia: Trivia, from position: AbsolutePosition) {
        var offset = position.utf8Offset
        for piece in trivia {
            let end = offset + piece.sourceLength.utf8Length
            // At the very beginning U+FEFF is a byte order mark.
            if case .unexpectedText(let text) = piece, offset > 0, strangers.count < Limits.syntaxErrors {
                strangers.append(Stranger(text: text, span: offset..<end))
            }
            offset = end
        }
    }
}
