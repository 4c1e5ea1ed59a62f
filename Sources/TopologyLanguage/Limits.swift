// SPDX-License-Identifier: BSD-2-Clause

/// What a text may take, so that no text can make topoc hang or run out of memory or stack.
public enum Limits {
    /// Bytes of a file.
    public static let fileSize = 1 << 18
    /// Brackets within brackets.
    public static let nesting = 32
    /// Arrays within arrays.
    public static let arrayNesting = 8
    /// Words and signs of a statement, or of an argument, without those of the arguments and braces within it.
    public static let statementLength = 400
    /// Expressions evaluated and loop rounds taken, in a whole file.
    public static let steps = 1_000_000
    /// VMs declared, and VMs named in links and assertions, in a whole file.
    public static let references = 200_000
    /// Links that the shapes of a whole file join.
    public static let links = 1_000_000
    /// UTF-8 bytes of a string.
    public static let stringLength = 1 << 12
    /// Syntax errors of one file; the rest is not looked at.
    public static let syntaxErrors = 100
    /// Findings of one file; the rest is not shown.
    public static let findings = 1000

    /// Above our own limit, so that the parser's is met only by brackets that are none to us, as `<`.
    static let parserNesting = 64
    /// Bytes of a string that count as one step.
    static let bytesPerStep = 64
}
