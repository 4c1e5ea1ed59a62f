// SPDX-License-Identifier: BSD-2-Clause

import SwiftSyntax

/// What a line is made of: a token, a whole string literal, or a comment.
struct LayoutAtom {
    enum Kind: Equatable {
        case token(TokenKind)
        case string, lineComment, blockComment
    }

    let kind: Kind
    let text: String
    /// Line breaks between the atom before and this one.
    let newlines: Int
    /// Whether white space stands between the atom before and this one, on the same line.
    let hasSpace: Bool
    /// Whether a statement, an argument or an element begins here.
    let beginsItem: Bool
    /// Whether it is the `(` of a call.
    let opensCall: Bool
    /// Whether it is the `:` of a ternary.
    let isTernaryColon: Bool

    var isComment: Bool { kind == .lineComment || kind == .blockComment }

    var opens: Bool { kind == .token(.leftParen) || kind == .token(.leftSquare) || kind == .token(.leftBrace) }

    var closes: Bool { kind == .token(.rightParen) || kind == .token(.rightSquare) || kind == .token(.rightBrace) }

    var isBinaryOperator: Bool { if case .token(.binaryOperator) = kind { true } else { false } }

    var isRangeOperator: Bool { isBinaryOperator && (text == "..<" || text == "...") }
}

/// Reads the atoms of a tree, in the order of the text.
final class LayoutReader: SyntaxVisitor {
    private var atoms: [LayoutAtom] = []
    private var newlines = 0
    private var hasSpace = false
    private var itemStarts: Set<AbsolutePosition> = []
    private var callParens: Set<AbsolutePosition> = []
    private var ternaryColons: Set<AbsolutePosition> = []

    static func atoms(of tree: SourceFileSyntax) -> [LayoutAtom] {
        let reader = LayoutReader(viewMode: .sourceAccurate)
        reader.walk(tree)
        return reader.atoms
    }

    override func visit(_ node: CodeBlockItemSyntax) -> SyntaxVisitorContinueKind { item(node) }
    override func visit(_ node: LabeledExprSyntax) -> SyntaxVisitorContinueKind { item(node) }
    override func visit(_ node: ArrayElementSyntax) -> SyntaxVisitorContinueKind { item(node) }

    private func item(_ node: some SyntaxProtocol) -> SyntaxVisitorContinueKind {
        itemStarts.insert(node.positionAfterSkippingLeadingTrivia)
        return .visitChildren
    }

    override func visit(_ node: FunctionCallExprSyntax) -> SyntaxVisitorContinueKind {
        if let paren = node.leftParen { callParens.insert(paren.positionAfterSkippingLeadingTrivia) }
        return .visitChildren
    }

    override func visit(_ node: UnresolvedTernaryExprSyntax) -> SyntaxVisitorContinueKind {
        ternaryColons.insert(node.colon.positionAfterSkippingLeadingTrivia)
        return .visitChildren
    }

    override func visit(_ node: StringLiteralExprSyntax) -> SyntaxVisitorContinueKind {
        read(node.leadingTrivia)
        append(.string, node.trimmedDescription.withPlainNewlines, at: node.positionAfterSkippingLeadingTrivia)
        read(node.trailingTrivia)
        return .skipChildren
    }

    override func visit(_ token: TokenSyntax) -> SyntaxVisitorContinueKind {
        read(token.leadingTrivia)
        if !token.text.isEmpty {
            append(.token(token.tokenKind), token.text, at: token.positionAfterSkippingLeadingTrivia)
        }
        read(token.trailingTrivia)
        return .skipChildren
    }

    private func read(_ trivia: Trivia) {
        for piece in trivia {
            switch piece {
            case .newlines(let count), .carriageReturns(let count), .carriageReturnLineFeeds(let count):
                newlines += count
            case .lineComment(let text), .docLineComment(let text):
                append(.lineComment, text.withoutTrailingSpace)
            case .blockComment(let text), .docBlockComment(let text):
                append(.blockComment, text.withPlainNewlines)
            default:
                hasSpace = true
            }
        }
    }

    private func append(_ kind: LayoutAtom.Kind, _ text: String, at position: AbsolutePosition? = nil) {
        atoms.append(
            LayoutAtom(
                kind: kind, text: text, newlines: newlines, hasSpace: hasSpace,
                beginsItem: position.map(itemStarts.contains) ?? false,
                opensCall: position.map(callParens.contains) ?? false,
                isTernaryColon: position.map(ternaryColons.contains) ?? false))
        newlines = 0
        hasSpace = false
    }
}

extension String {
    fileprivate var withoutTrailingSpace: String {
        var text = self
        while text.last?.isWhitespace == true { text.removeLast() }
        return text
    }

    /// With line feeds for every line end.
    fileprivate var withPlainNewlines: String {
        guard utf8.contains(UInt8(ascii: "\r")) else { return self }
        return String(map { $0 == "\r\n" || $0 == "\r" ? "\n" : $0 })
    }
}
