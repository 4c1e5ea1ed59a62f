// SPDX-License-Identifier: BSD-2-Clause

import CClang

/// An expression of C, as far as functions that only decide have them.
public indirect enum CExpression: Sendable, Hashable {
    /// An integer, modulo 2^64.
    case number(UInt64)
    /// A variable, parameter, function or enumerator.
    case name(String)
    /// `object->member`, `object.member`
    case member(CExpression, String)
    /// `list[index]`
    case element(CExpression, CExpression)
    /// `!operand` and the like.
    case unary(String, CExpression)
    case binary(String, CExpression, CExpression)
    /// `condition ? first : second`
    case conditional(CExpression, CExpression, CExpression)
    case call(CExpression, [CExpression])
}

/// A statement of C, likewise.
public indirect enum CStatement: Sendable, Hashable {
    case `return`(CExpression)
    /// Without `else`.
    case `if`(CExpression, CStatement)
    case `switch`(CExpression, CStatement)
    case `case`(CExpression, CStatement)
    case `default`(CStatement)
    case block([CStatement])
}

extension SourceChecker {
    /// The bodies of the functions that a file of the app defines, by their names; `nil` for one that has anything but
    /// the statements and expressions above.
    public func functions(
        of path: String, in files: [CFile], searching directories: [String] = []
    ) throws(ClangFailure) -> [String: CStatement?] {
        guard let text = files.first(where: { $0.path == path })?.text else { return [:] }
        return try parsed(path, in: files, searching: directories) { unit in
            FunctionReader(unit: unit, text: Array(text.utf8)).functions
        } ?? [:]
    }
}

/// Reads the bodies of functions in a syntax tree. Operators, which libclang does not tell before version 17, are what
/// stands in the text between their operands. The unit has to outlive it.
private struct FunctionReader {
    private let api: cclang_api_t
    private let root: cclang_cursor_t
    private let text: [UInt8]

    init(unit: borrowing TranslationUnit, text: [UInt8]) {
        api = unit.api
        root = unit.api.getTranslationUnitCursor(unit.unit)
        self.text = text
    }

    var functions: [String: CStatement?] {
        var found: [String: CStatement?] = [:]
        for cursor in api.children(of: root)
        where Int(cursor.kind) == CCLANG_FUNCTION && api.Location_isFromMainFile(api.getCursorLocation(cursor)) != 0 {
            guard let body = api.children(of: cursor).last, Int(body.kind) == CCLANG_COMPOUND else { continue }
            found.updateValue(statement(body), forKey: name(of: cursor))
        }
        return found
    }

    private func name(of cursor: cclang_cursor_t) -> String { api.text(api.getCursorSpelling(cursor)) }

    private func statement(_ cursor: cclang_cursor_t) -> CStatement? {
        let children = api.children(of: cursor)
        switch (Int(cursor.kind), children.count) {
        case (CCLANG_COMPOUND, _):
            let statements = children.compactMap(statement)
            return statements.count == children.count ? .block(statements) : nil
        case (CCLANG_RETURN, 1): return expression(children[0]).map { .return($0) }
        case (CCLANG_DEFAULT, 1): return statement(children[0]).map { .default($0) }
        case (CCLANG_IF, 2): return pair(children).map { .if($0, $1) }
        case (CCLANG_SWITCH, 2): return pair(children).map { .switch($0, $1) }
        case (CCLANG_CASE, 2): return pair(children).map { .case($0, $1) }
        default: return nil
        }
    }

    private func pair(_ children: [cclang_cursor_t]) -> (CExpression, CStatement)? {
        guard let first = expression(children[0]), let second = statement(children[1]) else { return nil }
        return (first, second)
    }

    private func expression(_ cursor: cclang_cursor_t) -> CExpression? {
        let children = api.children(of: cursor)
        switch (Int(cursor.kind), children.count) {
        // A conversion that is not written, or parentheses.
        case (CCLANG_UNEXPOSED_EXPRESSION, 1), (CCLANG_PARENTHESES, 1): return expression(children[0])
        case (CCLANG_INTEGER, _): return number(of: cursor)
        case (CCLANG_DECLARATION_REFERENCE, _): return .name(name(of: cursor))
        case (CCLANG_MEMBER, 1): return expression(children[0]).map { .member($0, name(of: cursor)) }
        case (CCLANG_UNARY, 1):
            guard let sign = sign(start(of: cursor), start(of: children[0])) else { return nil }
            return expression(children[0]).map { .unary(sign, $0) }
        case (CCLANG_BINARY, 2):
            guard let sign = sign(end(of: children[0]), start(of: children[1])),
                let left = expression(children[0]), let right = expression(children[1])
            else { return nil }
            return .binary(sign, left, right)
        case (CCLANG_ELEMENT, 2):
            guard let list = expression(children[0]), let index = expression(children[1]) else { return nil }
            return .element(list, index)
        case (CCLANG_CONDITIONAL, 3):
            let parts = children.compactMap(expression)
            return parts.count == 3 ? .conditional(parts[0], parts[1], parts[2]) : nil
        case (CCLANG_CALL, 1...):
            let parts = children.compactMap(expression)
            return parts.count == children.count ? .call(parts[0], Array(parts.dropFirst())) : nil
        default: return nil
        }
    }

    private func number(of cursor: cclang_cursor_t) -> CExpression? {
        guard let result = api.Cursor_Evaluate(cursor) else { return nil }
        defer { api.EvalResult_dispose(result) }
        return api.EvalResult_getKind(result) == 1 ? .number(api.EvalResult_getAsUnsigned(result)) : nil
    }

    /// The operator between two places; `nil` where something else stands there, as a comment or a macro.
    private func sign(_ start: Int?, _ end: Int?) -> String? {
        guard let start, let end, start <= end, end <= text.count else { return nil }
        let between = String(decoding: text[start..<end], as: UTF8.self).split(whereSeparator: \.isWhitespace)
        let signs: Set<Substring> = ["!", "&&", "||", "==", "!=", "<", "<=", ">", ">=", "&", "|", "^", "+", "-", "~"]
        return between.count == 1 && signs.contains(between[0]) ? String(between[0]) : nil
    }

    private func start(of cursor: cclang_cursor_t) -> Int? { offset(api.getRangeStart(api.getCursorExtent(cursor))) }

    private func end(of cursor: cclang_cursor_t) -> Int? { offset(api.getRangeEnd(api.getCursorExtent(cursor))) }

    /// In the file itself; `nil` elsewhere.
    private func offset(_ location: cclang_location_t) -> Int? {
        guard api.Location_isFromMainFile(location) != 0 else { return nil }
        var offset: UInt32 = 0
        api.getFileLocation(location, nil, nil, nil, &offset)
        return Int(offset)
    }
}
