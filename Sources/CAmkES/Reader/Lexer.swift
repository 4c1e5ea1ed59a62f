// SPDX-License-Identifier: BSD-2-Clause

/// Cuts CAmkES text into words. Comments and blanks fall away; so do the preprocessor's lines, which are noted.
///
/// Takes any bytes. What is no word of CAmkES is punctuation of one byte, which the parser then does not expect.
struct Lexer {
    let bytes: [UInt8]
    private var offset = 0
    /// No comment that begins from here on has an end; known so that each such beginning is not searched anew.
    private var endlessComments = false
    /// Offsets of the directives that a preprocessor should have executed: all but line markers, `#include` and
    /// `#pragma`.
    private(set) var directives: [Int] = []

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    mutating func next() -> Token {
        skipBlanks()
        let start = offset
        guard start < bytes.count else { return Token(kind: .end, range: start..<start) }
        let byte = bytes[start]
        offset += 1
        if byte.isIdentifierHead {
            while offset < bytes.count, bytes[offset].isIdentifierBody { offset += 1 }
            return Token(kind: .identifier, range: start..<offset)
        }
        if byte.isDigit {
            while offset < bytes.count, bytes[offset].isIdentifierBody || isFraction(at: offset) { offset += 1 }
            return Token(kind: .number, range: start..<offset)
        }
        if byte == UInt8(ascii: "\"") {
            while offset < bytes.count, bytes[offset] != byte { offset += 1 }
            if offset < bytes.count {
                offset += 1
                return Token(kind: .string, range: start..<offset)
            }
            // A quote without its partner: the parser finds the fault at the quote, and the text ends there.
            return Token(kind: .punctuation(Punctuation(byte)), range: start..<start + 1)
        }
        if offset < bytes.count, Punctuation.isPair(byte, bytes[offset]) {
            offset += 1
            return Token(kind: .punctuation(Punctuation(byte, bytes[start + 1])), range: start..<offset)
        }
        return Token(kind: .punctuation(Punctuation(byte)), range: start..<offset)
    }

    /// The text up to a `>`, after a `<` that begins at `start`; `nil` where the line ends first.
    mutating func angleString(from start: Int) -> Range<Int>? {
        var end = start + 1
        while end < bytes.count, bytes[end] != UInt8(ascii: ">"), bytes[end] != UInt8(ascii: "\n") { end += 1 }
        guard end < bytes.count, bytes[end] == UInt8(ascii: ">") else { return nil }
        offset = end + 1
        return start + 1..<end
    }

    private func isFraction(at offset: Int) -> Bool {
        bytes[offset] == UInt8(ascii: ".") && offset + 1 < bytes.count && bytes[offset + 1].isDigit
    }

    private mutating func skipBlanks() {
        while offset < bytes.count {
            let byte = bytes[offset]
            let after = offset + 1 < bytes.count ? bytes[offset + 1] : 0
            if byte.isBlank {
                offset += 1
            } else if byte == UInt8(ascii: "/"), after == UInt8(ascii: "/") {
                skipLine()
            } else if byte == UInt8(ascii: "/"), after == UInt8(ascii: "*") {
                guard skipComment() else { return }
            } else if byte == UInt8(ascii: "#") {
                noteDirective()
            } else {
                return
            }
        }
    }

    private mutating func skipLine() {
        while offset < bytes.count, bytes[offset] != UInt8(ascii: "\n") { offset += 1 }
    }

    /// `false` for a comment without an end, which stays as punctuation.
    private mutating func skipComment() -> Bool {
        var end = endlessComments ? bytes.count : offset + 2
        while end + 1 < bytes.count {
            if bytes[end] == UInt8(ascii: "*"), bytes[end + 1] == UInt8(ascii: "/") {
                offset = end + 2
                return true
            }
            end += 1
        }
        endlessComments = true
        return false
    }

    /// Skips a directive with the lines that continue it.
    private mutating func noteDirective() {
        let start = offset
        repeat {
            skipLine()
            let continues = offset > start && bytes[offset - 1] == UInt8(ascii: "\\")
            if offset < bytes.count { offset += 1 }
            if !continues { break }
        } while offset < bytes.count
        let name = bytes[(start + 1)..<offset].drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
            .prefix { $0.isIdentifierBody }
        let isMarker = name.first.map(\.isDigit) ?? false
        if !isMarker, !["include", "pragma", "line", "ident"].contains(String(decoding: name, as: UTF8.self)) {
            directives.append(start)
        }
    }
}

extension UInt8 {
    var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
    fileprivate var isIdentifierHead: Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self)
            || self == UInt8(ascii: "_")
    }
    fileprivate var isIdentifierBody: Bool { isIdentifierHead || isDigit }
    fileprivate var isBlank: Bool {
        self == UInt8(ascii: " ") || (UInt8(ascii: "\t")...UInt8(ascii: "\r")).contains(self)
    }
}
