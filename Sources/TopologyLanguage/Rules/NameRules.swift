// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics

/// Names and types.
extension LanguageRules {
    static let names = [unknownName, nameTaken, wrongType]

    static let unknownName = rule(
        108, "unknown-name", "A name is used that nothing declares.",
        """
        A name must be declared with `let` or `for` before it is used, in the same braces or around them; a \
        declaration must be one of `Topology`.
        """,
        bad: file("let count = 2\nVMs(0..<cuont)\nPartition(\"net\") { Link(0, 1) }"),
        good: file("let count = 2\nVMs(0..<count)\nPartition(\"net\") { Link(0, 1) }"))

    static let nameTaken = rule(
        109, "name-taken", "A name is declared twice in the same braces, or is a word of the language.",
        """
        As in Swift, a name stands for one value within its braces. Inner braces may use it again. The names of the \
        declarations and of the types cannot be given to values at all, so that `VM` always means a VM.
        """,
        bad: file("let first = 0\nlet first = 1\nVMs(0, 1)\nPartition(\"net\") { Link(0, 1) }"), good: pair)

    static let wrongType = rule(
        110, "wrong-type", "A value has another type than its place wants.",
        """
        Swift converts nothing by itself: a number is no string, and an array holds one type. The text would not \
        compile.
        """,
        bad: file("VM(0, hostname: 7)\nVM(1)\nPartition(\"net\") { Link(0, 1) }"),
        good: file("VM(0, hostname: \"seven\")\nVM(1)\nPartition(\"net\") { Link(0, 1) }"))
}
