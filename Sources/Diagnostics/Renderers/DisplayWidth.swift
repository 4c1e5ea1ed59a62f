// SPDX-License-Identifier: BSD-2-Clause

/// How many columns of a terminal a text takes, and the form in which it may safely be shown there.
package enum DisplayWidth {
    private static let tabStop = 4

    /// The columns that a text takes when it starts at a line's first column.
    static func columns(of text: String) -> Int {
        text.reduce(0) { column, character in column + columns(of: character, at: column) }
    }

    /// The text with its tabs written out, and with each control character and bidirectional override, which could
    /// rewrite the reader's terminal, replaced by one visible character.
    package static func shown(_ text: String) -> String {
        var result = ""
        var column = 0
        for character in text {
            let width = columns(of: character, at: column)
            if character == "\t" {
                result += String(repeating: " ", count: width)
            } else {
                for scalar in character.unicodeScalars { result.unicodeScalars.append(visible(scalar)) }
            }
            column += width
        }
        return result
    }

    private static func columns(of character: Character, at column: Int) -> Int {
        if character == "\t" { return tabStop - column % tabStop }
        return character.unicodeScalars.reduce(0) { max($0, columns(of: visible($1))) }
    }

    private static func columns(of scalar: Unicode.Scalar) -> Int {
        if scalar.isASCII { return 1 }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format: return 0
        default: return isWide(scalar) ? 2 : 1
        }
    }

    private static func visible(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        switch scalar.value {
        case 0..<0x20: Unicode.Scalar(0x2400 + scalar.value) ?? "\u{FFFD}"
        case 0x7F: "\u{2421}"
        case 0x80..<0xA0, 0x202A...0x202E, 0x2066...0x2069: "\u{FFFD}"
        default: scalar
        }
    }

    /// East Asian Wide and Fullwidth, and emoji: the blocks of Unicode's EastAsianWidth.txt, without the few narrow
    /// characters inside them.
    private static func isWide(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF,
            0xA960...0xA97C, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6,
            0x20000...0x3FFFD:
            true
        default: scalar.properties.isEmojiPresentation
        }
    }
}
