// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import SwiftSyntax

/// What ``TopologyFormatter`` made of a text.
public enum FormatResult: Sendable, Equatable {
    /// The whole text, formatted; it may be what it was.
    case formatted(String)
    /// The text cannot be formatted: it is no Swift. The findings say why.
    case refused([Finding])
}

/// Gives a topology its one layout: 4 spaces a level, one space where Swift's style has one, at most one blank line.
///
/// It changes white space alone. Every word, sign and comment stays; lines break where the writer broke them. Strings
/// and the insides of comments are left as they are. Formatting twice gives the same as once.
public enum TopologyFormatter {
    public static func format(_ source: SourceText) -> FormatResult {
        // The formatted text ends with a line feed, and means what the text means that does.
        let newline = UInt8(ascii: "\n")
        let source =
            source.bytes.last == newline ? source : SourceText(name: source.name, bytes: source.bytes + [newline])
        let found = FindingList()
        guard let tree = SyntaxText.parse(source, reporting: found) else { return .refused(found.inTextOrder()) }
        var printer = LayoutPrinter(LayoutReader.atoms(of: tree))
        return .formatted(printer.print())
    }
}
