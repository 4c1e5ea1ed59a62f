// SPDX-License-Identifier: BSD-2-Clause

/// What may be a name, and where.
enum Names {
    /// A C identifier, which is also what CAmkES calls an `id`. Keywords are another question.
    static func isIdentifier(_ name: String) -> Bool {
        guard let first = name.utf8.first, !isDigit(first) else { return false }
        return name.utf8.allSatisfy { isLetter($0) || isDigit($0) || $0 == UInt8(ascii: "_") }
    }

    /// A host name by RFC 1123, no longer than Linux takes.
    static func isHostname(_ name: String) -> Bool {
        let labels = name.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return name.utf8.count <= 64
            && labels.allSatisfy { label in
                let hyphen = UInt8(ascii: "-")
                return !label.isEmpty && label.count <= 63 && label.first != hyphen && label.last != hyphen
                    && label.allSatisfy { isLetter($0) || isDigit($0) || $0 == hyphen }
            }
    }

    /// The name of a file in the file server: no directory, nothing that CMake or a shell reads.
    static func isFileName(_ name: String) -> Bool {
        guard let first = name.utf8.first, isLetter(first) || isDigit(first) || first == UInt8(ascii: "_") else {
            return false
        }
        return name.utf8.count <= 255
            && name.utf8.allSatisfy { isLetter($0) || isDigit($0) || "_-.+".utf8.contains($0) }
    }

    /// What the inside of a CAmkES string and of a C string can hold, the same in both.
    static func isPlainText(_ text: String) -> Bool {
        text.utf8.allSatisfy { (0x20...0x7e).contains($0) && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
    }

    /// A text within a message: what cannot be printed on one line is shown as an escape.
    static func quoted(_ text: String) -> String {
        let shown = text.unicodeScalars.prefix(64).map { $0.escaped(asASCII: false) }.joined()
        return "\"\(shown)\(text.unicodeScalars.count > 64 ? "…" : "")\""
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}
