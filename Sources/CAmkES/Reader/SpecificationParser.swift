// SPDX-License-Identifier: BSD-2-Clause

/// Why text is no CAmkES, and where.
public struct SpecificationError: Error, Sendable, Hashable {
    public var message: String
    /// UTF-8 offset into the text read.
    public var offset: Int
}

/// Reads CAmkES text by recursive descent, after the grammar of the CAmkES tool. Takes any bytes, and goes on after a
/// fault with the next part. Reading is linear in the text, and deep nesting is a fault, not a crash.
struct SpecificationParser {
    /// Braces, brackets and parentheses within each other.
    static let deepestNesting = 64
    /// After so many faults the text is no CAmkES.
    static let mostErrors = 50

    private(set) var lexer: Lexer
    private(set) var token: Token
    private(set) var errors: [SpecificationError] = []
    private var depth = 0

    init(_ bytes: [UInt8]) {
        lexer = Lexer(bytes)
        token = lexer.next()
    }

    mutating func specification() -> Specification {
        var result = Specification()
        while token.kind != .end, errors.count < Self.mostErrors {
            // A brace that closes nothing would be met for ever.
            if !attempt({ parser throws(SpecificationError) in try parser.declaration(into: &result) }) {
                _ = accept("}")
            }
        }
        return result
    }

    private mutating func declaration(into result: inout Specification) throws(SpecificationError) {
        if accept(";") { return }
        let offset = token.range.lowerBound
        let word = try identifier("a declaration")
        switch word {
        case "import": result.imports.append(try importDeclaration(offset))
        case "component": result.components.append(try component(offset))
        case "assembly": result.assemblies.append(try assembly(offset))
        case "procedure", "connector", "struct", "composition", "configuration":
            let name = token.kind == .identifier ? try identifier("a name") : nil
            try skipBraces()
            result.others.append(.init(kind: word, name: name, offset: offset))
        default:
            guard at("(") else { throw expected("a declaration", at: offset) }
            result.macros.append(try macroCall(word, offset))
        }
    }

    private mutating func importDeclaration(_ offset: Int) throws(SpecificationError) -> Specification.Import {
        let path: String
        if at("<") || at("<<") || at("<-") || at("<=") {
            guard let range = lexer.angleString(from: token.range.lowerBound) else { throw expected("`>`") }
            path = text(range)
            advance()
        } else {
            path = try strings()
        }
        try expect(";")
        return Specification.Import(path: path, offset: offset)
    }

    private mutating func assembly(_ offset: Int) throws(SpecificationError) -> AssemblyDeclaration {
        var result = AssemblyDeclaration(offset: offset)
        if token.kind == .identifier { result.name = try identifier("a name") }
        try parts { parser throws(SpecificationError) in
            let start = parser.token.range.lowerBound
            let word = try parser.identifier("`composition` or `configuration`")
            if parser.token.kind == .identifier { _ = try parser.identifier("a name") }
            switch word {
            case "composition" where parser.at("{"): try parser.composition(into: &result.composition)
            case "configuration" where parser.at("{"): try parser.configuration(into: &result.configuration)
            case "composition", "configuration": try parser.expect(";")
            case "schedule": try parser.skipBraces()
            default: throw parser.expected("`composition` or `configuration`", at: start)
            }
        }
        return result
    }

    private mutating func composition(into result: inout CompositionDeclaration) throws(SpecificationError) {
        try parts { parser throws(SpecificationError) in try parser.compositionPart(into: &result) }
    }

    private mutating func compositionPart(into result: inout CompositionDeclaration) throws(SpecificationError) {
        let offset = token.range.lowerBound
        let word = try identifier("a declaration or `}`")
        switch word {
        case "component":
            let type = try reference()
            let name = try identifier("the instance's name")
            try expect(";")
            result.instances.append(InstanceDeclaration(type: type, name: name, offset: offset))
        case "connection": result.connections.append(try connection(offset))
        case "group":
            if token.kind == .identifier { _ = try identifier("a name") }
            try composition(into: &result)
        case "export":
            _ = try reference()
            try expect("->")
            _ = try reference()
            try expect(";")
        default:
            guard at("(") else { throw expected("a declaration or `}`", at: offset) }
            result.macros.append(try macroCall(word, offset))
        }
    }

    private mutating func connection(_ offset: Int) throws(SpecificationError) -> ConnectionDeclaration {
        let connector = try reference()
        let name = try identifier("the connection's name")
        var ends: [ConnectionDeclaration.End] = []
        try expect("(")
        while !accept(")") {
            let start = token.range.lowerBound
            let direction = try identifier("`from` or `to`")
            guard direction == "from" || direction == "to" else { throw expected("`from` or `to`", at: start) }
            let (instance, interface) = try end()
            ends.append(.init(isFrom: direction == "from", instance: instance, interface: interface, offset: start))
            guard accept(",") || at(")") else { throw expected("`,` or `)`") }
        }
        try expect(";")
        return ConnectionDeclaration(connector: connector, name: name, ends: ends, offset: offset)
    }

    private mutating func configuration(into result: inout ConfigurationDeclaration) throws(SpecificationError) {
        try parts { parser throws(SpecificationError) in try parser.setting(into: &result) }
    }

    private mutating func setting(into result: inout ConfigurationDeclaration) throws(SpecificationError) {
        let offset = token.range.lowerBound
        let instance = try identifier("a setting or `}`")
        if at("(") {
            result.macros.append(try macroCall(instance, offset))
            return
        }
        try expect(".")
        let attribute = try identifier("an attribute's name")
        let value: Value
        if accept("<-") {
            value = .reference(try reference())
            while at("[") { try skipBraces(open: "[", close: "]") }
        } else {
            try expect("=")
            value = try self.value()
        }
        try expect(";")
        result.settings.append(Setting(instance: instance, attribute: attribute, value: value, offset: offset))
    }
}

// MARK: - What the parts share

extension SpecificationParser {
    func at(_ punctuation: Punctuation) -> Bool { token.kind == .punctuation(punctuation) }

    mutating func accept(_ punctuation: Punctuation) -> Bool {
        guard at(punctuation) else { return false }
        advance()
        return true
    }

    mutating func expect(_ punctuation: Punctuation) throws(SpecificationError) {
        guard accept(punctuation) else { throw expected("`\(punctuation)`") }
    }

    mutating func advance() { token = lexer.next() }

    mutating func enter() throws(SpecificationError) {
        depth += 1
        guard depth <= Self.deepestNesting else {
            throw SpecificationError(
                message: "nested deeper than \(Self.deepestNesting)", offset: token.range.lowerBound)
        }
    }

    mutating func leave() { depth -= 1 }

    /// `{ … }`, part by part; a faulty part is passed over.
    mutating func parts(
        _ part: (inout SpecificationParser) throws(SpecificationError) -> Void
    ) throws(SpecificationError) {
        try expect("{")
        try enter()
        while !at("}"), token.kind != .end, errors.count < Self.mostErrors { _ = attempt(part) }
        leave()
        try expect("}")
    }

    /// Notes a fault, and goes on behind the next `;` or before the `}` that closes what the fault stands in. `false`
    /// where there was one.
    private mutating func attempt(_ part: (inout SpecificationParser) throws(SpecificationError) -> Void) -> Bool {
        let depthBefore = depth
        do throws(SpecificationError) {
            try part(&self)
            return true
        } catch {
            errors.append(error)
            depth = depthBefore
            var open = 0
            while token.kind != .end {
                if at("{") { open += 1 }
                if at("}") {
                    guard open > 0 else { return false }
                    open -= 1
                }
                let ends = open == 0 && at(";")
                advance()
                if ends { return false }
            }
            return false
        }
    }

    func text(_ range: Range<Int>) -> String { String(decoding: lexer.bytes[range], as: UTF8.self) }

    mutating func identifier(_ what: String) throws(SpecificationError) -> String {
        guard token.kind == .identifier else { throw expected(what) }
        defer { advance() }
        return text(token.range)
    }

    /// `a.b.c`
    mutating func reference() throws(SpecificationError) -> String {
        var name = try identifier("a name")
        while accept(".") { name += "." + (try identifier("a name")) }
        return name
    }

    /// `vm0.ether_1_send`, cut at the last dot.
    private mutating func end() throws(SpecificationError) -> (instance: String, interface: String) {
        var instance = try identifier("an instance")
        try expect(".")
        var interface = try identifier("an interface")
        while accept(".") {
            instance += "." + interface
            interface = try identifier("an interface")
        }
        return (instance, interface)
    }

    /// Strings that stand side by side.
    mutating func strings() throws(SpecificationError) -> String {
        guard token.kind == .string else { throw expected("a string") }
        var result = ""
        while token.kind == .string {
            result += text(token.range.lowerBound + 1..<token.range.upperBound - 1)
            advance()
        }
        return result
    }

    /// After the name of a macro or query: its arguments, as text.
    mutating func macroCall(_ name: String, _ offset: Int) throws(SpecificationError) -> MacroCall {
        var arguments: [String] = []
        var current = ""
        var open = 0
        repeat {
            if token.kind == .end { throw expected("`)`") }
            if at("(") || at("[") || at("{") { open += 1 }
            if at(")") || at("]") || at("}") { open -= 1 }
            let isBoundary = open == 0 || open == 1 && (at(",") || (at("(") && current.isEmpty && arguments.isEmpty))
            if !isBoundary {
                if !current.isEmpty { current += " " }
                current += text(token.range)
            } else if at(",") || open == 0 && !(current.isEmpty && arguments.isEmpty) {
                arguments.append(current)
                current = ""
            }
            advance()
        } while open > 0
        return MacroCall(name: name, arguments: arguments, offset: offset)
    }

    /// A part of the text that is not read: from `open` to the `close` that answers it.
    mutating func skipBraces(open: Punctuation = "{", close: Punctuation = "}") throws(SpecificationError) {
        guard at(open) else { throw expected("`\(open)`") }
        var count = 0
        repeat {
            if token.kind == .end { throw expected("`\(close)`") }
            if at(open) { count += 1 }
            if at(close) { count -= 1 }
            advance()
        } while count > 0
    }

    func expected(_ what: String, at offset: Int? = nil) -> SpecificationError {
        let found = token.kind == .end ? "the text ends" : "here stands `\(excerpt)`"
        return SpecificationError(
            message: offset == nil ? "expected \(what), but \(found)" : "expected \(what)",
            offset: offset ?? token.range.lowerBound)
    }

    private var excerpt: String {
        text(token.range.lowerBound..<min(token.range.upperBound, token.range.lowerBound + 40))
    }
}
