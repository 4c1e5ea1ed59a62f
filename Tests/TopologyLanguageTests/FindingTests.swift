// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import Testing

@testable import TopologyLanguage

/// What is wrong with a text, and where.
@Suite struct FindingTests {
    private typealias Rules = LanguageRules

    // MARK: Syntax

    @Test func syntaxErrorsAreSwifts() {
        expectFindings(
            "import Topology\nAssembly(\"x\") {\n    VM(01️⃣\n}\n",
            [Expected("1️⃣", Rules.syntax, "expected ')' to end function call")])
        expectFindings(
            "import Topology\nAssembly(\"x\") { VM(0)1️⃣ VM(1) }\nlet a = 2️⃣\nlet b = \"3️⃣\n",
            [
                Expected("1️⃣", Rules.syntax, "consecutive statements on a line must be separated by newline or ';'"),
                Expected("2️⃣", Rules.syntax, "expected expression in variable"),
                Expected("3️⃣", Rules.syntax, "expected '\"' to end string literal"),
            ])
    }

    @Test func aLoneSyntaxErrorIsMended() throws {
        let file = Marked("import Topology\nAssembly(\"x\") { VM(0 }\n").file
        #expect(file.assembly == nil)
        var bytes = file.source.bytes
        let edits = try #require(file.findings.first?.fixIts.first?.edits)
        for edit in edits.reversed() { bytes.replaceSubrange(edit.span, with: edit.replacement.utf8) }
        let mended = TopologyFile(reading: SourceText(name: "mended.topo", bytes: bytes))
        #expect(mended.findings.isEmpty)
        #expect(mended.assembly?.vms.count == 1)
    }

    @Test func operatorsWithoutOrderAreASyntaxError() {
        expectFindings(
            in: "let a = 1️⃣1 < 2 < 3",
            [
                Expected(
                    "1️⃣", Rules.syntax,
                    "adjacent operators are in non-associative precedence group 'ComparisonPrecedence'")
            ])
    }

    // MARK: Not in the language

    @Test(arguments: [
        ("1️⃣var a = 1", "`var` is not in the language: values do not change"),
        ("1️⃣func f() {}", "`func` is not in the language"),
        ("1️⃣while true {}", "`while` is not in the language"),
        ("1️⃣repeat {} while true", "`repeat` is not in the language"),
        ("1️⃣switch 1 { default: VM(0) }", "`switch` is not in the language"),
        ("1️⃣struct S {}", "`struct` is not in the language"),
        ("1️⃣guard true else {}", "`guard` is not in the language"),
        ("1️⃣#if DEBUG\n#endif", "`#` is not in the language"),
        ("1️⃣@a let b = 1", "`@` is not in the language"),
        ("let a = 1️⃣1.5", "numbers with a fraction are not in the language"),
        ("let a = 1️⃣nil", "`nil` is not in the language"),
        ("let a = 1️⃣(1, 2)", "tuples are not in the language"),
        ("let a = 1️⃣{ 1 }", "braces stand only behind `Assembly`, `Partition`, `Filter`, `for` and `if`"),
        ("let a = 1️⃣[1: 2]", "this expression is not in the language"),
        ("let a = 1️⃣[1].count", "`count`: members and methods are not in the language"),
        ("let a = 1️⃣.perPartition", "`perPartition`: members and methods are not in the language"),
        (
            "let a = VM(0, interfaces: 1️⃣.perPeer)",
            "`perPeer`: members and methods are not in the language"
        ),
        (
            "let a = VM(0, dataPath: 1️⃣Interfaces.one)",
            "`one`: members and methods are not in the language"
        ),
        ("let a = 1️⃣[1].map(2)", "`map`: methods are not in the language"),
        ("let a = [1]\nlet b = 1️⃣a[0]", "this expression is not in the language"),
        ("let a = 1️⃣if true { 1 } else { 2 }", "`if` is not in the language"),
        ("let a = 1️⃣try 1", "`try` is not in the language"),
        ("let a = 1 1️⃣&+ 2", "`&+` is not in the language"),
        ("let a = 1\na 1️⃣= 2", "`=` is not in the language"),
        ("let a = -1️⃣\"x\".y", "`y`: members and methods are not in the language"),
        ("let 1️⃣(a, b) = 1", "`let` gives one name to one value"),
        ("let 1️⃣_ = 1", "`let` gives one name to one value"),
        ("let 1️⃣a: Int", "`let` without a value"),
        ("1️⃣private let a = 1", "`private` is not in the language"),
        ("for 1️⃣case 1 in [1] {}", "`for case` is not in the language"),
        ("for n1️⃣: Int in [1] {}", "a type behind the name in `for` is not in the language"),
        ("if 1️⃣let a = 1 {}", "`if` takes conditions that are true or false"),
        ("VM(0) 1️⃣{ }", "`VM` takes no braces"),
        ("Partition(\"p\") { 1️⃣a in }", "the braces of `Partition` take no parameters"),
        ("Partition(\"p\") { } 1️⃣b: { }", "`Partition` takes one pair of braces"),
        ("let a = \"\\(1️⃣1, 2)\"", "an interpolation takes one value"),
    ]) func notInTheLanguage(_ text: String, _ message: String) {
        expectFindings(in: text, [Expected("1️⃣", Rules.notInLanguage, message)])
    }

    @Test func onlyTopologyIsImported() {
        expectFindings(
            "import Topology\n1️⃣import Foundation\n2️⃣import func Topology.Mesh\nAssembly(\"x\") {}\n",
            [
                Expected(
                    "1️⃣", Rules.notInLanguage, "`import Foundation`: a topology imports `Topology` and nothing else"),
                Expected(
                    "2️⃣", Rules.notInLanguage,
                    "`import func Topology.Mesh`: a topology imports `Topology` and nothing else"),
            ])
        expectFindings(
            "// head\n1️⃣Assembly(\"x\") {}\n", [Expected("1️⃣", Rules.missingImport, "`import Topology` is missing")])
    }

    @Test func actorIsAName() {
        expectFindings(in: "let actor = [0]\nfor actor in actor where actor == 0 { VM(actor) }", [])
        expectFindings(in: "1️⃣actor A {}", [Expected("1️⃣", Rules.notInLanguage, "`actor` is not in the language")])
    }

    // MARK: Names

    @Test func unknownNames() {
        expectFindings(
            in: "VM(1️⃣n)\nlet n = 1\n2️⃣Mash(0)\nlet a: 3️⃣Double = 1\nVMs(4️⃣camera)",
            [
                Expected("1️⃣", Rules.unknownName, "nothing here is named `n`"),
                Expected("2️⃣", Rules.unknownName, "there is no declaration `Mash`"),
                Expected("3️⃣", Rules.unknownName, "`Double` is no type of the language"),
                Expected("4️⃣", Rules.unknownName, "nothing here is named `camera`"),
            ])
    }

    @Test func aNameEndsWithItsBraces() {
        expectFindings(
            in: "for n in 0..<2 { let m = n; VM(m) }\nVM(1️⃣n)\nif true { let k = 5; VM(k) } else { VM(2️⃣k) }",
            [
                Expected("1️⃣", Rules.unknownName, "nothing here is named `n`"),
                Expected("2️⃣", Rules.unknownName, "nothing here is named `k`"),
            ])
    }

    @Test func theNearestNameIsSuggested() throws {
        let file = Marked("import Topology\nlet count = 2\nAssembly(\"x\") { VMs(0..<cuont); Partitoin(\"p\") {} }\n")
            .file
        #expect(file.findings.map { $0.notes.last } == ["did you mean `count`?", "did you mean `Partition`?"])
        #expect(file.findings.flatMap(\.fixIts).flatMap(\.edits).map(\.replacement) == ["count", "Partition"])
        let lower = Marked("import Topology\nAssembly(\"x\") { vm(0) }\n").file
        #expect(lower.findings.first?.fixIts.first?.edits.first?.replacement == "VM")
        // Of one letter no other is certainly meant.
        let short = Marked("import Topology\nlet n = 2\nAssembly(\"x\") { VM(m) }\n").file
        #expect(short.findings.first?.notes == ["did you mean `n`?"])
        #expect(short.findings.first?.fixIts.isEmpty == true)
    }

    @Test func takenNames() {
        expectFindings(
            in: "let a = 1\nlet 1️⃣a = 2\nlet 2️⃣VM = 3\nfor 3️⃣Int in [1] {}\nif true { let a = 3; VM(a) }",
            [
                Expected("1️⃣", Rules.nameTaken, "`a` is declared twice"),
                Expected("2️⃣", Rules.nameTaken, "`VM` is a word of the language"),
                Expected("3️⃣", Rules.nameTaken, "`Int` is a word of the language"),
            ])
    }

    // MARK: Types

    @Test(arguments: [
        ("VM(0, mac: 1️⃣1)", "a string is wanted here; this is a number"),
        ("VM(1️⃣true)", "a VM's number or name is wanted here; this is true or false"),
        ("VM(1️⃣0..<3)", "a VM's number or name is wanted here; this is a range"),
        ("VM(0, guest: 1️⃣1)", "`Guest` is wanted here; this is a number"),
        ("VMs(1️⃣Guest())", "VMs (numbers, names, ranges or arrays) is wanted here; this is `Guest`"),
        ("VMs(1️⃣[true])", "VMs (numbers, names, ranges or arrays) is wanted here; this is an array"),
        ("Partition(1️⃣1) {}", "a string is wanted here; this is a number"),
        ("Guest(memoryMiB: 1️⃣\"x\")", "a number is wanted here; this is a string"),
        ("let a = [0, 1️⃣\"a\"]", "the elements of an array have one type; this is a string"),
        ("let a = 1️⃣[]", "an empty array of no known type"),
        ("let a: [String] = 1️⃣[1]", "an array is wanted here; this is an array"),
        ("let a: Int = 1️⃣\"x\"", "a number is wanted here; this is a string"),
        ("let a = 1 1️⃣+ \"x\"", "`+` does not take a number and a string"),
        ("let a = \"a\" 1️⃣- \"x\"", "`-` does not take a string and a string"),
        ("let a = true 1️⃣< false", "`<` does not take true or false and true or false"),
        ("let a = [1] 1️⃣== [1]", "`==` does not take an array and an array"),
        ("let a = \"a\"1️⃣...\"b\"", "`...` does not take a string and a string"),
        ("let a = -1️⃣true", "a number is wanted here; this is true or false"),
        ("let a = !1️⃣1", "true or false is wanted here; this is a number"),
        ("let a = true ? 1 : 1️⃣\"x\"", "both values have one type; this is a string"),
        ("let a = 1️⃣1 ? 1 : 2", "true or false is wanted here; this is a number"),
        ("if 1️⃣1 {}", "true or false is wanted here; this is a number"),
        ("for n in 0..<2 where 1️⃣n {}", "true or false is wanted here; this is a number"),
        ("for n in 1️⃣3 {}", "`for` goes over a range or an array; this is a number"),
        ("for n in 1️⃣\"abc\" {}", "`for` goes over a range or an array; this is a string"),
        ("let a = \"\\(1️⃣0..<2)\"", "a string takes numbers, strings, true and false; this is a range"),
    ]) func wrongTypes(_ text: String, _ message: String) {
        expectFindings(in: text, [Expected("1️⃣", Rules.wrongType, message)])
    }

    /// What swiftc refuses in code that never runs is refused here too.
    @Test func branchesNotTakenAreChecked() {
        expectFindings(
            in: "if false { VM(0, mac: 1️⃣1) }\nfor n in 0..<0 { VM(2️⃣m) }\nlet a = false && 1 / 3️⃣0 == 1",
            [
                Expected("1️⃣", Rules.wrongType, "a string is wanted here; this is a number"),
                Expected("2️⃣", Rules.unknownName, "nothing here is named `m`"),
                Expected("no mark", Rules.arithmeticFault, "division by zero"),
            ])
    }

    // MARK: Arguments

    @Test(arguments: [
        ("VM(0, 1️⃣hostnam: \"h\")", LanguageRules.unknownArgument, "`VM` takes no `hostnam:`"),
        ("VM(0, 1️⃣\"02:\")", LanguageRules.unknownArgument, "`VM` takes no further argument without a label"),
        (
            "VM(\"a\", 1️⃣name: \"b\")", LanguageRules.unknownArgument,
            "a `VM` that is declared by its name takes no `name:`"
        ),
        ("VM(1️⃣number: 0)", LanguageRules.unknownArgument, "`VM` takes no `number:`"),
        ("1️⃣VM()", LanguageRules.missingArgument, "`VM` wants a VM's number or name"),
        ("1️⃣VM", LanguageRules.missingArgument, "`VM` without its parentheses"),
        ("1️⃣Partition(\"p\")", LanguageRules.missingArgument, "`Partition` without its braces"),
        ("1️⃣Partition {}", LanguageRules.missingArgument, "`Partition` wants a string"),
        ("Partition(\"p\") { 1️⃣Star(0, 1) }", LanguageRules.missingArgument, "`Star` wants `hub:`"),
        ("Partition(\"p\") { 1️⃣Link(0) }", LanguageRules.missingArgument, "`Link` wants a VM's number or name"),
        (
            "Partition(\"p\") { Link(0, 1, 1️⃣2) }", LanguageRules.unknownArgument,
            "`Link` takes no further argument without a label"
        ),
        (
            "Partition(\"p\") { Mesh(queueLength: 2, 1️⃣0) }", LanguageRules.unknownArgument,
            "`Mesh` takes no further argument without a label"
        ),
        ("VM(0, mac: \"a\", 1️⃣mac: \"b\")", LanguageRules.duplicateArgument, "`mac:` is given twice"),
        (
            "VM(0, ip: \"a\", 1️⃣mac: \"b\")", LanguageRules.argumentOrder,
            "`mac:` stands behind an argument that it goes before"
        ),
    ]) func faultyArguments(_ text: String, _ rule: RuleDescription, _ message: String) {
        expectFindings(in: text, [Expected("1️⃣", rule, message)])
    }

    // MARK: Places

    @Test func wrongPlaces() {
        expectFindings(
            """
            import Topology
            1️⃣VM(0)
            2️⃣for n in 0..<2 {}
            3️⃣if true {}
            4️⃣1 + 1
            Assembly("x") {
                5️⃣Mesh(0, 1)
                let a = 6️⃣Assembly("y") {}
                7️⃣"text"
                Partition("p") {
                    8️⃣VM(1)
                    9️⃣Partition("q") {}
                }
            }
            """,
            [
                Expected("1️⃣", Rules.wrongPlace, "`VM` stands at the top of the file"),
                Expected("2️⃣", Rules.notInLanguage, "`for` stands outside `Assembly`"),
                Expected("3️⃣", Rules.notInLanguage, "`if` stands outside `Assembly`"),
                Expected("4️⃣", Rules.unusedValue, "the value, a number, is not used"),
                Expected("5️⃣", Rules.wrongPlace, "`Mesh` stands in `Assembly`"),
                Expected("6️⃣", Rules.wrongPlace, "`Assembly` stands within another expression"),
                Expected("7️⃣", Rules.unusedValue, "the value, a string, is not used"),
                Expected("8️⃣", Rules.wrongPlace, "`VM` stands in `Partition`"),
                Expected("9️⃣", Rules.wrongPlace, "`Partition` stands in `Partition`"),
            ])
    }

    @Test func oneAssembly() {
        expectFindings("import Topology\n", [Expected("no mark", Rules.noAssembly, "the file declares no `Assembly`")])
        let marked = Marked("import Topology\n1️⃣Assembly(\"x\") {}\n2️⃣Assembly(\"y\") {}\n")
        #expect(marked.file.findings.map(\.code) == [Rules.severalAssemblies.code])
        #expect(marked.file.findings.first?.span?.lowerBound == marked.offsets["2️⃣"])
        #expect(marked.file.findings.first?.labels.first?.span.lowerBound == marked.offsets["1️⃣"])
        #expect(marked.file.assembly?.name.value == "x")
    }
}
