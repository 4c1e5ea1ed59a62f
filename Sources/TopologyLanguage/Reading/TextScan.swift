// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics

/// Bounds what Swift's parser would have to do for a text, in one pass over its bytes: the depth of the tree, since
/// the parser recurses, and the number of errors, since at each it may look through the rest of the text.
///
/// A level of the tree takes at least one word or sign. So the number of words and signs since the statement or the
/// argument began, and since those around it began, bounds the depth from above. It only has to know where a
/// statement ends for certain: behind a comma in a list of arguments or elements, and where a line that begins like a
/// statement follows one that ends like one. What it takes for longer than it is costs nothing short of the limit.
///
/// An oddity is what no topology has, and so nearly always an error: a word of Swift's that is not of the language, two
/// values side by side, `if` or `for` without braces.
struct TextScan {
    private let bytes: [UInt8]
    private var index = 0
    /// Strings with an interpolation in progress stand among the brackets.
    private var open: [Bracket] = []
    private var depth = 0
    private var hasToken = false
    private var last = Last.operation
    private var isLineStart = true
    /// After a `/` a quote may belong to a regular expression; what follows on the line is scanned as if it did.
    private var sawSlash = false

    private var oddities = 0
    private var firstOddity: SourceSpan?
    /// The first of what makes the parser look through the rest of the text again and again; so it is refused here.
    private var foreign: SourceSpan?
    /// How many of the open brackets are square: at each the parser looks ahead twice.
    private var openArrays = 0
    /// Whether an `if` or `for` waits for its braces.
    private var awaitsBraces = false

    /// What the last token was: a name, something that wants a value behind it, or the end of a value.
    private enum Last { case word, operation, end }

    private struct Bracket {
        /// The depth at which it was opened.
        let base: Int
        var string: Delimiter?
        /// Whether a comma in it ends an argument or an element.
        var isList = false
    }

    private struct Delimiter {
        let pounds: Int
        let isMultiLine: Bool
    }

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { index = 3 }
    }

    /// Whether the text holds comments and white space alone. Known when ``fault()`` has returned.
    var isEmpty: Bool { !hasToken }

    mutating func fault() -> Finding? {
        while index < bytes.count {
            let start = index
            step()
            if open.count > Limits.nesting {
                return LanguageRules.tooDeep.finding(
                    "more than \(Limits.nesting) brackets are open here", at: start..<start + 1,
                    notes: ["name the inner part with `let`, or close the brackets before"])
            }
            if let foreign {
                let word = String(decoding: bytes[foreign], as: UTF8.self)
                return LanguageRules.notInLanguage.finding(
                    "`\(word)` is not in the language", at: foreign,
                    notes: ["leave it out; the rest of the file is not looked at"])
            }
            if openArrays > Limits.arrayNesting {
                return LanguageRules.tooDeep.finding(
                    "more than \(Limits.arrayNesting) arrays are open here", at: start..<start + 1,
                    notes: ["name the inner array with `let`"])
            }
            if oddities > Limits.syntaxErrors, let firstOddity {
                return LanguageRules.syntax.finding(
                    "more than \(Limits.syntaxErrors) things that no topology has", at: start..<index,
                    labels: [Label(firstOddity, "this is the first")],
                    notes: ["see that this is a topology, or mend what stands before"])
            }
            if depth > Limits.statementLength {
                return LanguageRules.tooDeep.finding(
                    "a statement of more than \(Limits.statementLength) words and signs", at: start..<index,
                    notes: ["name parts of it with `let`, or write an array and a loop"])
            }
        }
        return nil
    }

    private subscript(at offset: Int) -> UInt8 { offset < bytes.count ? bytes[offset] : 0 }

    private func at(_ text: StaticString) -> Bool {
        text.withUTF8Buffer { bytes[index...].starts(with: $0) }
    }

    private mutating func step() {
        let byte = bytes[index]
        switch byte {
        case UInt8(ascii: "\n"), UInt8(ascii: "\r"):
            index += 1
            isLineStart = true
            sawSlash = false
        case UInt8(ascii: " "), UInt8(ascii: "\t"), 0x0B, 0x0C:
            index += 1
        case UInt8(ascii: "/") where at("//"):
            skipLine()
        case UInt8(ascii: "/") where at("/*"):
            skipBlockComment()
        case UInt8(ascii: "\""), UInt8(ascii: "#"):
            stringOrPounds()
        case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"):
            if byte == UInt8(ascii: "{") { awaitsBraces = false }
            if byte == UInt8(ascii: "[") { openArrays += 1 }
            token(.operation)
            open.append(Bracket(base: depth, isList: byte != UInt8(ascii: "{")))
            index += 1
        case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"):
            close()
        case UInt8(ascii: ",") where open.last?.isList == true:
            index += 1
            depth = base
            last = .operation
        case _ where Self.isWord(byte):
            word()
        default:
            if Self.isOdd(byte) { odd(index..<index + 1) }
            if byte == UInt8(ascii: "@") { foreign = index..<index + 1 }
            if byte == UInt8(ascii: "/") { sawSlash = true }
            // It may open a list of types, in which a comma ends less.
            if byte == UInt8(ascii: "<"), last != .operation, index > 0, Self.isWord(bytes[index - 1]) { endsList() }
            token(.operation)
            index += 1
        }
    }

    private var base: Int { open.last?.base ?? 0 }

    private mutating func token(_ kind: Last) {
        depth += 1
        last = kind
        hasToken = true
        isLineStart = false
    }

    private mutating func word() {
        let start = index
        while Self.isWord(self[at: index]) { index += 1 }
        let word = bytes[start..<index]
        // A line that begins like a statement, after one that ends like one, begins a statement.
        if isLineStart, last == .end, beginsStatement(word) {
            depth = base
            if awaitsBraces { odd(start..<index) }
            awaitsBraces = false
        }
        let wantsValue = Self.isAny(word, of: ["let", "for", "in", "if", "where", "else", "import"])
        if Self.isAny(word, of: Self.foreignWords) || (!wantsValue && isBesideValue) { odd(start..<index) }
        if isRefused(word) { foreign = start..<index }
        if Self.isAny(word, of: ["if", "for"]) { awaitsBraces = true }
        if Self.isAny(word, of: Self.clauseWords) { endsList() }
        let isLiteral = (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[start])
        token(wantsValue ? .operation : isLiteral || Self.isAny(word, of: ["true", "false"]) ? .end : .word)
    }

    private func isRefused(_ word: ArraySlice<UInt8>) -> Bool {
        if Self.isAny(word, of: ["class", "enum", "extension", "protocol", "struct", "switch"]) { return true }
        // A name like any other, but before another one.
        guard Self.isAny(word, of: ["actor"]) else { return false }
        let next = bytes[index...].drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
        return next.startIndex > index && next.first.map(Self.isWord) == true && !next.starts(with: "in ".utf8)
            && !next.starts(with: "where ".utf8)
    }

    /// Whether a value stands before this place on the same line.
    private var isBesideValue: Bool { !isLineStart && last != .operation }

    private mutating func odd(_ span: SourceSpan) {
        oddities += 1
        if firstOddity == nil { firstOddity = span }
    }

    private static func isOdd(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "\\"), UInt8(ascii: "'"), 0..<0x20: true
        default: false
        }
    }

    private static let foreignWords: [StaticString] = [
        "associatedtype", "break", "case", "catch", "class", "continue", "default", "defer", "deinit", "do", "enum",
        "extension", "fallthrough", "fileprivate", "func", "guard", "init", "inout", "internal", "operator",
        "precedencegroup", "private", "protocol", "public", "repeat", "rethrows", "return", "static", "struct",
        "subscript", "switch", "throw", "throws", "try", "typealias", "var", "while",
    ]

    /// Words behind which a comma may go on with a list of their own.
    private static let clauseWords: [StaticString] = [
        "if", "guard", "while", "catch", "case", "where", "for", "switch", "let", "var", "func", "struct", "class",
        "enum", "protocol", "extension", "actor", "macro",
    ]

    private static func isAny(_ word: ArraySlice<UInt8>, of words: [StaticString]) -> Bool {
        words.contains { other in other.withUTF8Buffer { word.elementsEqual($0) } }
    }

    /// From here to the bracket's end no comma is known to end an element.
    private mutating func endsList() {
        if !open.isEmpty { open[open.count - 1].isList = false }
    }

    private func beginsStatement(_ word: ArraySlice<UInt8>) -> Bool {
        if self[at: index] == UInt8(ascii: "(") { return true }
        return Self.isAny(word, of: ["let", "for", "if", "import"])
    }

    private mutating func close() {
        if bytes[index] == UInt8(ascii: "]") { openArrays -= 1 }
        index += 1
        if let bracket = open.popLast() {
            depth = bracket.base
            last = .end
            isLineStart = false
            if let string = bracket.string { skipString(string) }
        } else {
            odd(index - 1..<index)
            token(.end)
        }
    }

    private mutating func stringOrPounds() {
        var pounds = 0
        while self[at: index + pounds] == UInt8(ascii: "#") { pounds += 1 }
        guard self[at: index + pounds] == UInt8(ascii: "\""), !sawSlash else {
            odd(index..<index + 1)
            if pounds > 0 { foreign = index..<index + pounds }
            token(.operation)
            index += max(pounds, 1)
            return
        }
        if isBesideValue { odd(index..<index + 1) }
        token(.end)
        index += pounds
        let isMultiLine = at("\"\"\"")
        index += isMultiLine ? 3 : 1
        skipString(Delimiter(pounds: pounds, isMultiLine: isMultiLine))
    }

    /// Moves behind the string's end, or behind the `(` of its next interpolation.
    private mutating func skipString(_ string: Delimiter) {
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "\\") where isEscape(string):
                index += 1 + string.pounds
                let isInterpolation = self[at: index] == UInt8(ascii: "(")
                index += 1
                if isInterpolation {
                    depth += 1
                    open.append(Bracket(base: depth, string: string))
                    last = .operation
                    return
                }
            case UInt8(ascii: "\"") where isEnd(string):
                index += (string.isMultiLine ? 3 : 1) + string.pounds
                last = .end
                return
            case UInt8(ascii: "\n") where !string.isMultiLine, UInt8(ascii: "\r") where !string.isMultiLine:
                return
            default:
                index += 1
            }
        }
    }

    private func isEscape(_ string: Delimiter) -> Bool {
        (0..<string.pounds).allSatisfy { self[at: index + 1 + $0] == UInt8(ascii: "#") }
    }

    private func isEnd(_ string: Delimiter) -> Bool {
        let quotes = string.isMultiLine ? 3 : 1
        return (0..<quotes).allSatisfy { self[at: index + $0] == UInt8(ascii: "\"") }
            && (0..<string.pounds).allSatisfy { self[at: index + quotes + $0] == UInt8(ascii: "#") }
    }

    private mutating func skipLine() {
        while index < bytes.count, bytes[index] != UInt8(ascii: "\n"), bytes[index] != UInt8(ascii: "\r") { index += 1 }
    }

    private mutating func skipBlockComment() {
        var nesting = 0
        repeat {
            if at("/*") {
                nesting += 1
                index += 2
            } else if at("*/") {
                nesting -= 1
                index += 2
            } else {
                index += 1
            }
        } while nesting > 0 && index < bytes.count
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "$"), 0x80...:
            true
        default: false
        }
    }
}
