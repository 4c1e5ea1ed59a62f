// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics

/// The arguments of declarations.
extension LanguageRules {
    static let arguments = [unknownArgument, missingArgument, duplicateArgument, argumentOrder]

    static let unknownArgument = rule(
        111, "unknown-argument", "A declaration is given an argument that it does not take.",
        "A setting under a name that nothing reads would silently stay at its default.",
        bad: file("VM(0, hostnam: \"left\")\nVM(1)\nPartition(\"net\") { Link(0, 1) }"),
        good: file("VM(0, hostname: \"left\")\nVM(1)\nPartition(\"net\") { Link(0, 1) }"))

    static let missingArgument = rule(
        112, "missing-argument", "A declaration lacks an argument or its braces.",
        "Without its number or name a VM cannot be told from the others; without its braces a partition joins nothing.",
        bad: file("VMs(0, 1)\nPartition(\"net\") { Link(0) }"), good: pair)

    static let duplicateArgument = rule(
        113, "duplicate-argument", "An argument is given twice.",
        "Only one of the two can hold, and the text does not say which.",
        bad: file("VM(0, hostname: \"left\", hostname: \"right\")\nVM(1)\nPartition(\"net\") { Link(0, 1) }"),
        good: file("VM(0, hostname: \"left\")\nVM(1)\nPartition(\"net\") { Link(0, 1) }"))

    static let argumentOrder = rule(
        114, "argument-order", "Arguments stand in another order than the declaration's.",
        "Swift demands the order of the declaration; the text would not compile.",
        bad: file("VM(0, hostname: \"left\", name: \"a\")\nVM(1)\nPartition(\"net\") { Link(0, 1) }"),
        good: file("VM(0, name: \"a\", hostname: \"left\")\nVM(1)\nPartition(\"net\") { Link(0, 1) }"))
}
