// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics

/// Reads CAmkES text: what topoc emitted, or a stranger's.
///
/// The text may come from the preprocessor, with its line markers, or straight from a file. Then macros that take
/// their arguments in parentheses are kept as calls, and directives that should have been executed are a finding.
public struct SpecificationReader: Sendable {
    /// What was read; where there are syntax errors, what could be read beside them.
    public let specification: Specification
    /// Their spans are offsets into the text read; ``place(of:)`` takes them to the file that it came from.
    public let findings: [Finding]
    private let lines: LineMap

    /// Takes any bytes; linear in their number.
    ///
    /// - Parameter file: the name by which places in the text are called where no line marker says another.
    public init(_ bytes: [UInt8], file: String) {
        lines = LineMap(bytes, file: file)
        var parser = SpecificationParser(bytes)
        specification = parser.specification()
        findings =
            parser.errors.map { ReaderRules.syntax.finding($0.message, at: $0.offset..<$0.offset) }
            + parser.lexer.directives.prefix(1).map { offset in
                ReaderRules.notPreprocessed.finding(
                    "a preprocessor directive decides what the text says", at: offset..<offset + 1,
                    notes: ["read the text as `cc -E` gives it"])
            }
    }

    /// Where an offset of the specification, or of a finding, is.
    public func place(of offset: Int) -> SpecificationPlace { lines.place(of: offset) }
}
