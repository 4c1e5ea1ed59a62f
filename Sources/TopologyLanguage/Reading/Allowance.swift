// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import SwiftSyntax

/// A comment `// topoc:allow CODE reason`, that lets findings of one code pass.
///
/// Beside a statement it covers that statement: the outermost that begins on its line, with all that is in its braces,
/// or else the innermost around it. Alone on its line it covers the statement that begins on the next line of code.
/// Before `import Topology` it covers the whole file.
public struct Allowance: Sendable, Hashable {
    /// As `TOPO203`.
    public let code: String
    public let reason: String
    /// The comment.
    public let span: SourceSpan
    /// What it covers.
    public let scope: SourceSpan
}

/// Finds the allowances among a text's comments.
final class AllowanceReader: SyntaxVisitor {
    private struct Comment {
        let text: String
        let span: SourceSpan
        /// For a comment alone on its line: the code behind it.
        let next: Next?
        /// The innermost statement around it.
        let around: SourceSpan?

        enum Next {
            case token(at: Int)
            case closingBrace
        }
    }

    private static let marker = "topoc:allow"
    private static let way = "write `// \(marker) TOPO203 why it is right here`"

    private let source: SourceText
    private var comments: [Comment] = []
    private var around: [SourceSpan] = []
    /// The outermost statement that begins at an offset, and on a line.
    private var byStart: [Int: SourceSpan] = [:]
    private var byLine: [Int: SourceSpan] = [:]
    private var imports: Set<SourceSpan> = []

    static func allowances(
        in tree: SourceFileSyntax, of source: SourceText, reporting found: FindingList
    ) -> [Allowance] {
        guard source.text.contains(marker) else { return [] }
        let reader = AllowanceReader(source)
        reader.walk(tree)
        return reader.comments.compactMap { reader.allowance($0, reporting: found) }
    }

    private init(_ source: SourceText) {
        self.source = source
        super.init(viewMode: .sourceAccurate)
    }

    override func visit(_ node: CodeBlockItemSyntax) -> SyntaxVisitorContinueKind {
        let start = node.positionAfterSkippingLeadingTrivia.utf8Offset
        let span = start..<max(start, node.endPositionBeforeTrailingTrivia.utf8Offset)
        let line = source.position(of: start).line
        if byStart[start] == nil { byStart[start] = span }
        if byLine[line] == nil { byLine[line] = span }
        if node.item.is(ImportDeclSyntax.self) { imports.insert(span) }
        around.append(span)
        return .visitChildren
    }

    override func visitPost(_ node: CodeBlockItemSyntax) { around.removeLast() }

    override func visit(_ token: TokenSyntax) -> SyntaxVisitorContinueKind {
        let start = token.positionAfterSkippingLeadingTrivia.utf8Offset
        let isClosing = token.tokenKind == .rightBrace || token.tokenKind == .endOfFile
        collect(
            token.leadingTrivia, from: token.position.utf8Offset, next: isClosing ? .closingBrace : .token(at: start))
        collect(token.trailingTrivia, from: token.endPositionBeforeTrailingTrivia.utf8Offset, next: nil)
        return .skipChildren
    }

    private func collect(_ trivia: Trivia, from start: Int, next: Comment.Next?) {
        var offset = start
        for piece in trivia {
            let end = offset + piece.sourceLength.utf8Length
            defer { offset = end }
            guard case .lineComment(let text) = piece else { continue }
            let content = text.dropFirst(2).drop { $0 == " " || $0 == "\t" }
            guard content.hasPrefix(Self.marker) else { continue }
            comments.append(Comment(text: String(content), span: offset..<end, next: next, around: around.last))
        }
    }

    private func allowance(_ comment: Comment, reporting found: FindingList) -> Allowance? {
        func fault(_ message: String, _ note: String) -> Allowance? {
            found.add(LanguageRules.badAllowance.finding(message, at: comment.span, notes: [note]))
            return nil
        }
        let words = comment.text.split(maxSplits: 2) { $0 == " " || $0 == "\t" }
        guard words.count > 1, words[0] == Self.marker, Self.isCode(words[1]) else {
            return fault("`\(Self.marker)` without the code of a finding", Self.way)
        }
        let reason = words.count > 2 ? words[2].trimmingSpaces : ""
        guard !reason.isEmpty else { return fault("`\(Self.marker) \(words[1])` without a reason", Self.way) }
        guard let scope = scope(of: comment) else {
            return fault("`\(Self.marker)` that covers nothing", "write it on the line of a declaration, or before it")
        }
        return Allowance(
            code: String(words[1]), reason: reason, span: comment.span,
            scope: imports.contains(scope) ? 0..<source.bytes.count : scope)
    }

    private static func isCode(_ word: Substring) -> Bool {
        let digits = word.dropFirst(4)
        return word.hasPrefix("TOPO") && digits.utf8.count == 3 && digits.utf8.allSatisfy { (48...57).contains($0) }
    }

    private func scope(of comment: Comment) -> SourceSpan? {
        switch comment.next {
        case .closingBrace: nil
        case .token(let offset): byStart[offset] ?? comment.around
        case nil: byLine[source.position(of: comment.span.lowerBound).line] ?? comment.around
        }
    }
}

extension Substring {
    /// Without the white space at its end.
    fileprivate var trimmingSpaces: String {
        var text = self
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
