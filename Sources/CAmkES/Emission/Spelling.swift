// SPDX-License-Identifier: BSD-2-Clause

import Wiring

/// How values are spelled in the files of an app directory.
enum Spelling {
    /// A line is at most so long, as seL4's style has it.
    static let columns = 120

    /// A CAmkES string. CAmkES has no escapes and copies the text between two quotes into C, so what must not stand
    /// there is escaped as C does it.
    static func string(_ text: String) -> String {
        "\"" + escaped(text) + "\""
    }

    private static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": result += "\\\\"
            case "\"", "\u{0}"..<" ", "\u{7f}": result += octal(scalar.value)
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    private static func octal(_ value: UInt32) -> String {
        let digits = String(value, radix: 8)
        return "\\" + String(repeating: "0", count: 3 - digits.utf8.count) + digits
    }

    /// A string as a list of shorter ones, broken after blanks; CAmkES joins neighbours, as C does.
    static func brokenString(_ text: String, columns: Int) -> [String] {
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ", omittingEmptySubsequences: false) {
            let word = escaped(String(word))
            if !line.isEmpty, line.utf8.count + word.utf8.count + 3 > columns {
                lines.append("\"\(line)\"")
                line = ""
            }
            line += word + " "
        }
        return lines + ["\"\(line.dropLast())\""]
    }

    /// `0x0f`: at least two digits.
    static func hexadecimal(_ value: Int) -> String {
        guard value >= 0 else { return "\(value)" }
        let digits = String(value, radix: 16)
        return digits.utf8.count == 1 ? "0x0\(digits)" : "0x\(digits)"
    }

    /// Text that may stand in a comment of any of the files, and in a file name: what is no letter, digit, `_`, `-`
    /// or `.` becomes `_`.
    static func word(_ text: String) -> String {
        String(
            text.map { character in
                character.isASCII && (character.isLetter || character.isNumber || "_-.".contains(character))
                    ? character : "_"
            })
    }

    /// A quoted argument of CMake.
    static func cmakeString(_ text: String) -> String {
        var result = "\""
        for character in text {
            switch character {
            case "\\", "\"", "$", ";": result += "\\\(character)"
            case "\n": result += "\\n"
            default: result.append(character)
            }
        }
        return result + "\""
    }

    /// Words with commas between them, on as few lines of a macro's body as they need.
    static func wrapped(_ words: [String], firstColumn: Int) -> String {
        var text = ""
        var column = firstColumn
        for (index, word) in words.enumerated() {
            if index > 0 {
                text += ","
                column += 1
            }
            if column + word.utf8.count + 4 > columns {
                text += " \\\n        "
                column = 8
            }
            text += word
            column += word.utf8.count
        }
        return text
    }
}

extension Wiring {
    /// Whence a file comes, for the comment at its head.
    var provenance: String {
        "\(AppEmitter.mark) \(Spelling.word(name)), for camkes-vm \(target.dialect?.machine == .arm ? "on Arm" : target.name)."
    }
}
