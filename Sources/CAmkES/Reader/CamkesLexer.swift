// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics

/// One word, number, string or sign of a CAmkES text.
struct CamkesToken {
    enum Kind: Equatable {
        case identifier
        case number
        /// In quotes, which the span includes.
        case string
        /// One or two characters: `{`, `<<`, `->`.
        case sign
        case end
        /// Something that is no token; why.
        case unreadable(String)
    }

    var kind: Kind
    var span: SourceSpan
}

/// Cuts a text into tokens; comments and preprocessor lines are passed over. Total: any bytes in.
struct CamkesLexer {
    private let bytes: [UInt8]
    private var offset = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    mutating func next() -> CamkesToken {
        if let unreadable = skipBlanks() { return unreadable }
        guard offset < bytes.count else { return CamkesToken(kind: .end, span: bytes.count..<bytes.count) }
        let start = offset
        let first = bytes[offset]
        if Self.isLetter(first) {
            advance(while: { Self.isLetter($0) || Self.isDigit($0) })
            return CamkesToken(kind: .identifier, span: start..<offset)
        }
        if Self.isDigit(first) {
            // Letters too: `0x1f` is a number, and `1a` is refused as one, not cut in two.
            advance(while: { Self.isLetter($0) || Self.isDigit($0) || $0 == UInt8(ascii: ".") })
            return CamkesToken(kind: .number, span: start..<offset)
        }
        if first == UInt8(ascii: "\"") { return string() }
        offset += 1
        if offset < bytes.count, Self.pairs.contains([first, bytes[offset]]) { offset += 1 }
        if Self.signs.contains(first) { return CamkesToken(kind: .sign, span: start..<offset) }
        advance(while: { $0 >= 0x80 })
        return CamkesToken(kind: .unreadable("this character has no place in CAmkES"), span: start..<offset)
    }

    /// What stands between `<` and `>` in an import: called when the `<` was the last token.
    mutating func restOfAngleString() -> CamkesToken {
        let start = offset
        advance(while: { !Array("<>;,\"{}\n".utf8).contains($0) })
        let span = start..<offset
        guard offset < bytes.count, bytes[offset] == UInt8(ascii: ">") else {
            return CamkesToken(kind: .unreadable("this import has no closing `>`"), span: span)
        }
        offset += 1
        return CamkesToken(kind: .string, span: span)
    }

    private mutating func string() -> CamkesToken {
        let start = offset
        offset += 1
        // CAmkES knows no escapes, and a string may run over lines.
        advance(while: { $0 != UInt8(ascii: "\"") })
        guard offset < bytes.count else {
            return CamkesToken(kind: .unreadable("this string has no closing quote"), span: start..<start + 1)
        }
        offset += 1
        return CamkesToken(kind: .string, span: start..<offset)
    }

    private mutating func skipBlanks() -> CamkesToken? {
        while offset < bytes.count {
            let byte = bytes[offset]
            let following = offset + 1 < bytes.count ? bytes[offset + 1] : 0
            if byte == 0x20 || (0x09...0x0d).contains(byte) {
                offset += 1
            } else if byte == UInt8(ascii: "#") || (byte == UInt8(ascii: "/") && following == UInt8(ascii: "/")) {
                advance(while: { $0 != UInt8(ascii: "\n") })
            } else if byte == UInt8(ascii: "/"), following == UInt8(ascii: "*") {
                let start = offset
                offset += 2
                while offset + 1 < bytes.count, (bytes[offset], bytes[offset + 1]) != (0x2a, 0x2f) { offset += 1 }
                guard offset + 1 < bytes.count else {
                    offset = bytes.count
                    return CamkesToken(kind: .unreadable("this comment has no end"), span: start..<start + 2)
                }
                offset += 2
            } else {
                return nil
            }
        }
        return nil
    }

    private mutating func advance(while holds: (UInt8) -> Bool) {
        while offset < bytes.count, holds(bytes[offset]) { offset += 1 }
    }

    private static let signs = Set("{}[]();,.=:+-*/%<>&|^~!?".utf8)
    private static let pairs = Set(
        ["<<", ">>", "<-", "->", "&&", "||", "==", "!=", "<=", ">=", "**"].map { Array($0.utf8) })

    private static func isLetter(_ byte: UInt8) -> Bool {
        (0x61...0x7a).contains(byte) || (0x41...0x5a).contains(byte) || byte == UInt8(ascii: "_")
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}
