// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics

/// What the text must be before it has a meaning.
extension LanguageRules {
    static let texts = [notText, emptyFile, fileTooLarge, tooDeep, syntax, notInLanguage, missingImport]

    static let notText = rule(
        101, "not-text", "The file is not UTF-8 text.",
        """
        A topology is Swift, and Swift is UTF-8. A byte that is not UTF-8, or a NUL, comes from a binary file, another \
        encoding, or a damaged disk; guessing what it meant would put the guess into an image.
        """,
        // No text can show it.
        bad: "", good: pair)

    static let emptyFile = rule(
        102, "empty-file", "The file declares nothing.",
        "An empty file is nearly always the wrong file, or one that was cut off while it was written.",
        bad: "// A topology, to be written.\n", good: pair)

    static let fileTooLarge = rule(
        103, "file-too-large", "The file is larger than a topology can be.",
        """
        The whole file is held in memory and parsed at once. The limit, \(Limits.fileSize) bytes, is far beyond what a \
        person writes; a loop says in a line what a generator writes in thousands.
        """,
        // It would fill the page.
        bad: "", good: pair)

    static let tooDeep = rule(
        104, "too-deep", "Brackets stand too deep within each other, or a statement is too long.",
        """
        Swift's parser, and so topoc, descends into the text bracket by bracket. At \(Limits.nesting) brackets within \
        each other, and at \(Limits.statementLength) words and signs in one statement or argument, topoc stops, so \
        that no text can exhaust its stack.
        """,
        bad: file(
            "let n = " + String(repeating: "(", count: Limits.nesting) + "1"
                + String(repeating: ")", count: Limits.nesting)
                + "\nVMs(0, n)\nPartition(\"net\") { Link(0, n) }"),
        good: file("let n = 1\nVMs(0, n)\nPartition(\"net\") { Link(0, n) }"))

    static let syntax = rule(
        105, "syntax-error", "The text is not Swift.",
        """
        A topology is parsed by Swift's own parser, and the same text compiles against the module `Topology`. What is \
        no Swift has no meaning that could be checked.
        """,
        bad: file("VMs(0, 1\nPartition(\"net\") { Link(0, 1) }"), good: pair)

    static let notInLanguage = rule(
        106, "not-in-language", "The text uses a part of Swift that topologies do not have.",
        """
        A topology is evaluated, never run: nothing in it reads a file, waits, or depends on anything but the text. So \
        it has only `let`, `for … in`, `if`, numbers, strings, true and false, arrays, ranges, their operators, and \
        the declarations of `Topology`.
        """,
        bad: file("var count = 2\nVMs(0..<count)\nPartition(\"net\") { Link(0, 1) }"),
        good: file("let count = 2\nVMs(0..<count)\nPartition(\"net\") { Link(0, 1) }"))

    static let missingImport = rule(
        107, "missing-import", "The file does not import `Topology`.",
        """
        The line makes the text a Swift file that compiles, so that an editor completes and checks it, and a compiler \
        can confirm what topoc read.
        """,
        bad: String(pair.dropFirst("import Topology\n\n".count)), good: pair)
}
