// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics

/// Reads CAmkES text, also a stranger's: total on any bytes, linear in them, and it goes on after a fault.
public enum CamkesReader {
    /// Brackets within brackets; the tool's own parser does not get so far.
    static let deepestNesting = 200
    /// After so many faults a text is no CAmkES text.
    static let mostFindings = 100

    /// What the text says, and what in it could not be read.
    /// - Parameter source: the text after the C preprocessor; lines that start with `#` are passed over.
    public static func read(_ source: SourceText) -> (syntax: CamkesSyntax, findings: [Finding]) {
        var parser = CamkesParser(source.bytes)
        parser.parse()
        return (parser.syntax, parser.findings)
    }

    public static let unreadable = RuleDescription(
        code: "TOPO601", name: "unreadable-assembly", severity: .error,
        summary: "A CAmkES text cannot be read.",
        rationale: """
            topoc reads an assembly as camkes-tool's grammar has it, after the C preprocessor: imports, components, \
            compositions and configurations. What it cannot read it does not guess.

            In an assembly that topoc itself wrote this is a fault of topoc, and nothing is written.
            """,
        bad: "assembly { composition { component Init0; } }\n",
        good: "assembly { composition { component Init0 vm0; } }\n",
        isAllowable: false)
}

/// A recursive-descent parser of one token of lookahead: one method for each rule of the grammar.
struct CamkesParser {
    private(set) var syntax = CamkesSyntax()
    private(set) var findings: [Finding] = []
    private(set) var token: CamkesToken
    var nesting = 0

    private let bytes: [UInt8]
    private var lexer: CamkesLexer

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        lexer = CamkesLexer(bytes)
        token = lexer.next()
    }

    /// Thrown after a fault was reported, to the nearest place that can go on.
    struct Fault: Error {}

    mutating func parse() {
        while token.kind != .end, findings.count < CamkesReader.mostFindings {
            if takes(";") { continue }
            do throws(Fault) {
                try declaration()
            } catch {
                recover()
            }
        }
    }

    private mutating func declaration() throws(Fault) {
        switch word {
        case "import":
            advance()
            syntax.imports.append(try importPath())
            try expect(";")
        case "component":
            let start = token.span.lowerBound
            advance()
            let name = isIdentifier ? try identifier("a name") : nil
            syntax.components.append(try component(name, from: start))
        case "assembly":
            advance()
            var assembly = CamkesAssembly()
            assembly.name = isIdentifier ? try identifier("a name") : nil
            try braces { parser throws(Fault) in try parser.compositionOrConfiguration(&assembly) }
            syntax.assemblies.append(assembly)
        case "connector", "procedure", "struct":
            advance()
            syntax.otherDeclarations.append(try identifier("a name"))
            try skipBraces()
        case "composition", "configuration":
            // One that stands alone, to be named by an assembly.
            var assembly = CamkesAssembly()
            try compositionOrConfiguration(&assembly)
            syntax.assemblies.append(assembly)
        default:
            throw fault("this is no declaration of CAmkES: expected `import`, `component` or `assembly`")
        }
    }

    mutating func importPath() throws(Fault) -> CamkesName {
        if isSign("<") {
            token = lexer.restOfAngleString()
            guard token.kind == .string else { throw fault("expected a file") }
            let name = CamkesName(text(token.span), token.span)
            advance()
            return name
        }
        let span = token.span
        return CamkesName(try string(), span)
    }

    // MARK: Tokens

    /// The current token's text when it is an identifier, else empty.
    var word: String { token.kind == .identifier ? text(token.span) : "" }
    var isIdentifier: Bool { token.kind == .identifier }

    func text(_ span: SourceSpan) -> String { String(decoding: bytes[span], as: UTF8.self) }

    func isSign(_ sign: String) -> Bool {
        token.kind == .sign && bytes[token.span].elementsEqual(sign.utf8)
    }

    mutating func advance() { token = lexer.next() }

    mutating func takes(_ sign: String) -> Bool {
        guard isSign(sign) else { return false }
        advance()
        return true
    }

    mutating func takes(word expected: String) -> Bool {
        guard word == expected else { return false }
        advance()
        return true
    }

    mutating func expect(_ sign: String) throws(Fault) {
        guard takes(sign) else { throw fault("expected `\(sign)`") }
    }

    mutating func identifier(_ what: String) throws(Fault) -> CamkesName {
        guard isIdentifier else { throw fault("expected \(what)") }
        let name = CamkesName(text(token.span), token.span)
        advance()
        return name
    }

    /// Names with dots between: `vm0.ether_1_send`.
    mutating func reference(_ what: String) throws(Fault) -> CamkesName {
        var name = try identifier(what)
        while takes(".") {
            let next = try identifier("a name after the dot")
            name = CamkesName("\(name.text).\(next.text)", name.span.lowerBound..<next.span.upperBound)
        }
        return name
    }

    /// One or more strings, which are one.
    mutating func string() throws(Fault) -> String {
        guard token.kind == .string else { throw fault("expected a string in quotes") }
        var value: [UInt8] = []
        while token.kind == .string {
            value += bytes[token.span.dropFirst().dropLast()]
            advance()
        }
        return String(decoding: value, as: UTF8.self)
    }

    // MARK: Structure

    /// `{ … }`, its parts read by `part` until the closing brace; a faulty part is passed over.
    mutating func braces(_ part: (inout CamkesParser) throws(Fault) -> Void) throws(Fault) {
        try expect("{")
        try nested { parser throws(Fault) in
            while !parser.isSign("}"), parser.token.kind != .end,
                parser.findings.count < CamkesReader.mostFindings
            {
                do throws(Fault) {
                    try part(&parser)
                } catch {
                    parser.recover()
                }
            }
        }
        try expect("}")
    }

    mutating func nested(_ body: (inout CamkesParser) throws(Fault) -> Void) throws(Fault) {
        nesting += 1
        defer { nesting -= 1 }
        guard nesting <= CamkesReader.deepestNesting else { throw fault("brackets are nested too deep") }
        try body(&self)
    }

    mutating func skipBraces() throws(Fault) {
        try expect("{")
        var depth = 1
        while depth > 0 {
            guard token.kind != .end else { throw fault("expected `}`") }
            if isSign("{") { depth += 1 }
            if isSign("}") { depth -= 1 }
            advance()
        }
    }

    mutating func fault(_ message: String) -> Fault {
        var message = message
        switch token.kind {
        case .unreadable(let why): message = why
        case .end: message += ", but the text ends"
        default: message += ", but found `\(text(token.span.prefix(40)))`"
        }
        report(message, at: token.span)
        return Fault()
    }

    mutating func report(_ message: String, at span: SourceSpan) {
        guard findings.count < CamkesReader.mostFindings else { return }
        findings.append(CamkesReader.unreadable.finding(message, at: span))
    }

    /// Goes on behind the next `;`, or before the `}` that closes what the fault stands in.
    private mutating func recover() {
        var depth = 0
        while token.kind != .end {
            if isSign("{") { depth += 1 }
            if isSign("}") {
                guard depth > 0 else { break }
                depth -= 1
            }
            let ends = isSign(";") && depth == 0
            advance()
            if ends { return }
        }
        // A `}` that closes nothing would be met for ever.
        if nesting == 0, isSign("}") { advance() }
    }
}
