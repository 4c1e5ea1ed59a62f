// SPDX-License-Identifier: BSD-2-Clause

import SwiftSyntax

/// Prints atoms in the one layout.
struct LayoutPrinter {
    private static let step = 4

    private let atoms: [LayoutAtom]
    private var text = ""
    /// For each open bracket the indentation of the line that it stands on.
    private var open: [Int] = []
    private var lineIndent = 0

    init(_ atoms: [LayoutAtom]) {
        self.atoms = atoms
    }

    mutating func print() -> String {
        for index in atoms.indices {
            let atom = atoms[index]
            let newlines = newlines(before: index)
            if index == atoms.startIndex || newlines > 0 {
                text += String(repeating: "\n", count: newlines)
                lineIndent = indent(of: index)
                text += String(repeating: " ", count: lineIndent)
            } else {
                text += separator(before: index)
            }
            text += atom.text
            if atom.opens {
                open.append(lineIndent)
            } else if atom.closes {
                _ = open.popLast()
            }
        }
        return text + "\n"
    }

    /// Line breaks to print before an atom: those of the writer, and at most one blank line, none within brackets'
    /// edges. A brace that opens, and `else`, follow on their line.
    private func newlines(before index: Int) -> Int {
        guard index > atoms.startIndex else { return 0 }
        let atom = atoms[index]
        let previous = atoms[index - 1]
        guard atom.newlines > 0 else { return 0 }
        // A brace belongs to what is before it, unless it begins a statement, which is a fault and stays one.
        if !previous.isComment, atom.kind == .token(.leftBrace), !atom.beginsItem { return 0 }
        if previous.kind == .token(.rightBrace), atom.kind == .token(.keyword(.else)) { return 0 }
        return beginsBrackets(index) || atom.closes ? 1 : min(atom.newlines, 2)
    }

    /// Whether it is the first within its brackets, but for a comment beside the bracket.
    private func beginsBrackets(_ index: Int) -> Bool {
        let previous = atoms[index - 1]
        if previous.opens { return true }
        return previous.isComment && previous.newlines == 0 && index >= 2 && atoms[index - 2].opens
    }

    private func indent(of index: Int) -> Int {
        let atom = atoms[index]
        if atom.closes { return open.last ?? 0 }
        let base = open.last.map { $0 + Self.step } ?? 0
        // A comment stands where the code behind it does.
        guard let code = atoms[index...].first(where: { !$0.isComment }) else { return base }
        return code.beginsItem || code.closes ? base : base + Self.step
    }

    /// What stands between an atom and the one before it, on one line.
    private func separator(before index: Int) -> String {
        let atom = atoms[index]
        if atom.kind == .lineComment { return "  " }
        return hasSpace(before: index) ? " " : ""
    }

    private func hasSpace(before index: Int) -> Bool {
        let atom = atoms[index]
        let previous = atoms[index - 1]
        if atom.kind == .token(.comma) || atom.kind == .token(.semicolon) { return false }
        if atom.isComment || previous.isComment { return atom.hasSpace || atom.kind == .token(.leftBrace) }
        switch atom.kind {
        case .token(.rightParen), .token(.rightSquare): return false
        case .token(.colon): return atom.isTernaryColon
        case .token(.rightBrace): return previous.kind != .token(.leftBrace)
        case .token(.leftParen) where atom.opensCall:
            // Without the space an operator behind a value would stand between two.
            if case .token(.postfixOperator) = previous.kind { return atom.hasSpace }
            return false
        default: break
        }
        switch previous.kind {
        case .token(.leftParen), .token(.leftSquare), .token(.prefixOperator): return false
        case .token(.comma), .token(.colon), .token(.semicolon), .token(.leftBrace), .token(.equal),
            .token(.infixQuestionMark):
            return true
        case .token(.keyword(let word)) where Self.spacedKeywords.contains(word): return true
        default: break
        }
        switch atom.kind {
        case .token(.equal), .token(.leftBrace), .token(.infixQuestionMark), .token(.keyword(.else)): return true
        default: break
        }
        if previous.isBinaryOperator { return !isTight(operator: index - 1) }
        if atom.isBinaryOperator { return !isTight(operator: index) }
        return atom.hasSpace
    }

    private static let spacedKeywords: Set<Keyword> = [.if, .else, .for, .in, .where, .let, .import]

    /// Whether an operator has no space around it: a range's has none, unless it would then be read as another one.
    private func isTight(operator index: Int) -> Bool {
        guard atoms[index].isRangeOperator, index > atoms.startIndex, index + 1 < atoms.endIndex else { return false }
        let left = atoms[index - 1]
        let right = atoms[index + 1]
        guard atoms[index].newlines == 0, right.newlines == 0, !left.isComment, !right.isComment else { return false }
        return Self.isPlainEdge(left.text.unicodeScalars.last) && Self.isPlainEdge(right.text.unicodeScalars.first)
    }

    private static func isPlainEdge(_ scalar: Unicode.Scalar?) -> Bool {
        guard let scalar else { return false }
        return scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
            || "_`()[]\"".unicodeScalars.contains(scalar)
    }
}
