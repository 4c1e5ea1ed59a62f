// SPDX-License-Identifier: BSD-2-Clause

/// A word of CAmkES text.
struct Token: Equatable {
    enum Kind: Equatable {
        case identifier
        case number
        /// With its quotes.
        case string
        case punctuation(Punctuation)
        case end
    }

    var kind: Kind
    /// UTF-8 offsets into the text.
    var range: Range<Int>
}

/// One or two bytes that stand for themselves.
struct Punctuation: Equatable, ExpressibleByStringLiteral, CustomStringConvertible {
    private let first: UInt8
    private let second: UInt8

    init(_ first: UInt8, _ second: UInt8 = 0) {
        self.first = first
        self.second = second
    }

    init(stringLiteral text: StaticString) {
        let start = text.utf8Start
        self.init(start[0], text.utf8CodeUnitCount > 1 ? start[1] : 0)
    }

    static func ~= (pattern: Punctuation, value: Punctuation) -> Bool { pattern == value }

    var description: String {
        String(decoding: second == 0 ? [first] : [first, second], as: UTF8.self)
    }

    /// Two bytes that are one word.
    static func isPair(_ first: UInt8, _ second: UInt8) -> Bool {
        switch (first, second) {
        case (UInt8(ascii: "<"), UInt8(ascii: "<")), (UInt8(ascii: ">"), UInt8(ascii: ">")),
            (UInt8(ascii: "<"), UInt8(ascii: "=")), (UInt8(ascii: ">"), UInt8(ascii: "=")),
            (UInt8(ascii: "="), UInt8(ascii: "=")), (UInt8(ascii: "!"), UInt8(ascii: "=")),
            (UInt8(ascii: "&"), UInt8(ascii: "&")), (UInt8(ascii: "|"), UInt8(ascii: "|")),
            (UInt8(ascii: "*"), UInt8(ascii: "*")), (UInt8(ascii: "<"), UInt8(ascii: "-")),
            (UInt8(ascii: "-"), UInt8(ascii: ">")):
            true
        default: false
        }
    }
}
