// SPDX-License-Identifier: BSD-2-Clause

import CClang

/// What an initializer of C says.
public indirect enum ConstantValue: Sendable, Hashable {
    /// An integer constant expression, modulo 2^64.
    case number(UInt64)
    /// The variable, function or enumerator that stands there.
    case name(String)
    /// Between braces, without designators.
    case list([ConstantValue])
    /// Between braces, with designators.
    case record([String: ConstantValue])

    public var number: UInt64? {
        if case .number(let value) = self { value } else { nil }
    }

    public var name: String? {
        if case .name(let name) = self { name } else { nil }
    }

    public var list: [ConstantValue]? {
        if case .list(let values) = self { values } else { nil }
    }

    public subscript(field: String) -> ConstantValue? {
        if case .record(let fields) = self { fields[field] } else { nil }
    }
}

extension TranslationUnit {
    /// The variables at file scope of the file itself that have an initializer.
    var constants: [String: ConstantValue] {
        ConstantReader(api: api).constants(below: api.getTranslationUnitCursor(unit))
    }
}

/// Reads a syntax tree. Its unit has to outlive it.
private struct ConstantReader {
    let api: cclang_api_t

    func constants(below root: cclang_cursor_t) -> [String: ConstantValue] {
        var found: [String: ConstantValue] = [:]
        for cursor in api.children(of: root)
        where Int(cursor.kind) == CCLANG_VARIABLE && api.Location_isFromMainFile(api.getCursorLocation(cursor)) != 0 {
            let initializer = api.Cursor_getVarDeclInitializer(cursor)
            guard Int(initializer.kind) != CCLANG_NONE, let value = value(of: initializer) else { continue }
            found[name(of: cursor)] = value
        }
        return found
    }

    private func name(of cursor: cclang_cursor_t) -> String { api.text(api.getCursorSpelling(cursor)) }

    private func value(of cursor: cclang_cursor_t) -> ConstantValue? {
        let children = api.children(of: cursor)
        switch Int(cursor.kind) {
        case CCLANG_INITIALIZER_LIST:
            let fields = children.compactMap(field)
            if fields.count == children.count, !children.isEmpty {
                return .record(Dictionary(fields.map { ($0.name, $0.value) }) { _, last in last })
            }
            let values = children.compactMap(value)
            return values.count == children.count ? .list(values) : nil
        case CCLANG_DECLARATION_REFERENCE: return .name(name(of: cursor))
        case CCLANG_INTEGER: return number(of: cursor)
        default:
            // A conversion, or parentheses, around one expression; else an expression that clang computes.
            let inner = children.count == 1 ? value(of: children[0]) : nil
            return inner?.name != nil ? inner : number(of: cursor) ?? inner
        }
    }

    /// `.name = value`.
    private func field(_ cursor: cclang_cursor_t) -> (name: String, value: ConstantValue)? {
        let children = api.children(of: cursor)
        guard Int(cursor.kind) == CCLANG_UNEXPOSED_EXPRESSION, children.count == 2,
            Int(children[0].kind) == CCLANG_MEMBER_REFERENCE, let value = value(of: children[1])
        else { return nil }
        return (name(of: children[0]), value)
    }

    private func number(of cursor: cclang_cursor_t) -> ConstantValue? {
        guard let result = api.Cursor_Evaluate(cursor) else { return nil }
        defer { api.EvalResult_dispose(result) }
        return api.EvalResult_getKind(result) == 1 ? .number(api.EvalResult_getAsUnsigned(result)) : nil
    }
}

extension cclang_api_t {
    /// The nodes below a node, in order.
    func children(of cursor: cclang_cursor_t) -> [cclang_cursor_t] {
        var found: [cclang_cursor_t] = []
        withUnsafeMutablePointer(to: &found) { list in
            _ = visitChildren(
                cursor,
                { child, _, context in
                    context?.assumingMemoryBound(to: [cclang_cursor_t].self).pointee.append(child)
                    return Int32(CCLANG_VISIT_NEXT)
                }, list)
        }
        return found
    }
}
