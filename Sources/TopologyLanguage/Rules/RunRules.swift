// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics

/// What is known only when the loops have been taken.
extension LanguageRules {
    static let runs = [arithmeticFault, descendingRange, tooManySteps, tooMuchDeclared, stringTooLong]

    static let arithmeticFault = rule(
        119, "arithmetic-fault", "A number has no value: it is too large, or divided by zero.",
        "Numbers are Swift's `Int`, of 64 bits. Where Swift would stop the program, topoc has a finding.",
        bad: file("for n in 0..<2 { VM(n, hostname: \"h\\(6 / n)\") }\nPartition(\"net\") { Link(0, 1) }"),
        good: file("for n in 0..<2 { VM(n, hostname: \"h\\(6 / (n + 1))\") }\nPartition(\"net\") { Link(0, 1) }"))

    static let descendingRange = rule(
        120, "descending-range", "A range ends before it begins.",
        "In Swift a range counts up; one that would count down stops the program.",
        bad: file("VMs(0, 1)\nlet none = 1..<0\nPartition(\"net\") { Link(0, 1) }"), good: pair)

    static let tooManySteps = rule(
        121, "too-many-steps", "The file takes too many steps to evaluate.",
        """
        A round of a loop is a step, and so is each value computed in it. After \(Limits.steps) of them topoc stops: \
        a slip in a bound must not hang an editor or a build.
        """,
        bad: file("VMs(0, 1)\nfor n in 0..<2_000_000 { let m = n }\nPartition(\"net\") { Link(0, 1) }"), good: pair)

    static let tooMuchDeclared = rule(
        122, "too-much-declared", "The file names too many VMs or joins too many links.",
        """
        A file may name VMs \(Limits.references) times and join \(Limits.links) links. A mesh of n VMs has n(n-1)/2 \
        links, so that one word can ask for millions.
        """,
        bad: file("VMs(0..<1_000_000)\nPartition(\"net\") { Link(0, 1) }"), good: pair)

    static let stringTooLong = rule(
        123, "string-too-long", "A string is longer than anything in a topology.",
        """
        Names, addresses and command lines are short, and a Linux kernel reads 2048 bytes of command line. Beyond \
        \(Limits.stringLength) bytes something is wrong.
        """,
        bad: file(
            "let x = \"xxxxxxxx\"\nlet y = x + x + x + x + x + x + x + x\nlet z = y + y + y + y + y + y + y + y\n"
                + "VM(0, hostname: z + z + z + z + z + z + z + z + z)\nVM(1)\nPartition(\"net\") { Link(0, 1) }"),
        good: pair)
}
