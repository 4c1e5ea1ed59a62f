// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import Testing

@testable import TopologyLanguage

/// Texts that are refused before they are parsed, or for what they cost.
@Suite struct TextTests {
    private func codes(_ text: String) -> [String] { Marked(text).file.findings.map(\.code) }

    private func inBraces(_ body: String) -> String { "import Topology\nAssembly(\"x\") {\n\(body)\n}\n" }

    // MARK: Bytes

    @Test func bytesThatAreNoUTF8HaveAPlace() throws {
        let file = TopologyFile(reading: SourceText(name: "x", bytes: Array("let a = \"é".utf8) + [0xC3, 0x28]))
        let finding = try #require(file.findings.first)
        #expect(finding.code == LanguageRules.notText.code)
        #expect(finding.message == "byte 11 of the file, 0xC3, is not UTF-8")
        #expect(finding.span == 11..<12)
        #expect(file.assembly == nil)
    }

    @Test func nulIsNoText() {
        let file = Marked("import Topology\n\0").file
        #expect(file.findings.map(\.message) == ["byte 16 of the file is NUL"])
    }

    @Test(arguments: ["", " \n\t\r\n", "// comment\n/* another */", "\u{FEFF}"]) func emptyFiles(_ text: String) {
        #expect(codes(text) == [LanguageRules.emptyFile.code])
    }

    @Test func aByteOrderMarkIsSkipped() {
        let file = Marked("\u{FEFF}import Topology\nAssembly(\"x\") { VM(0) }\n").file
        #expect(file.findings.isEmpty)
        #expect(file.assembly?.vms.first?.origin.span == 35..<40)
    }

    /// The fuzzer's: the parser's own diagnostics end the process over the first of these.
    @Test(arguments: ["let a =\u{FEFF} 1", "let a =\u{A0} 1", "VM(\u{FEFF}0)"])
    func charactersThatNoEditorShowsHaveAPlace(_ line: String) throws {
        let text = "import Topology\n\(line)\nAssembly(\"x\"\n"
        let findings = Marked(text).file.findings
        #expect(findings.map(\.code).contains("TOPO105"))
        let offset = text.utf8.firstIndex { $0 >= 0x80 }.map { text.utf8.distance(from: text.startIndex, to: $0) }
        #expect(findings.first?.span?.lowerBound == offset)
    }

    @Test func carriageReturnsEndLines() {
        let file = Marked("import Topology\r\nAssembly(\"x\") {\r\n    VM(0)\r\n    VM(1)\r\n}\r\n").file
        #expect(file.findings.isEmpty)
        #expect(file.assembly?.vms.count == 2)
    }

    @Test func fileSize() {
        let text = inBraces("VM(0)")
        let room = Limits.fileSize - text.utf8.count
        #expect(codes(text + String(repeating: " ", count: room)).isEmpty)
        #expect(codes(text + String(repeating: " ", count: room + 1)) == [LanguageRules.fileTooLarge.code])
    }

    // MARK: Depth

    /// Each of these makes Swift's parser, or a visitor of its tree, descend once a piece.
    @Test(arguments: [
        "(", "[", "{", "\"\\(", "-(", "!(", "a(", "a[", "if a {", "for a in b {", "a<", "a<a,", "if ", "if a, ", "try ",
        "let ", "-", "- ", "!", "a ? ", "a ? a : ", "if a {} else ", "a.", ".a", "a + ", "a = ", "&", "inout ", "some ",
        "a -> ", "@a", "#if a\n", "\\a", "a: ", "\"\"\"\n\\(", "#\"\\#(", "/\"/ try ", "if 1\n", "VM(0) {", "await\n",
        "switch a { case ", "func a() {", "a as ", "(if a, ", "[a<a,",
    ]) func deepTextsAreRefused(_ piece: String) {
        let deep = String(repeating: piece, count: 100_000 / piece.utf8.count)
        for text in [deep, inBraces("let a = \(deep)"), inBraces(deep)] {
            let found = codes(text)
            #expect(!found.isEmpty)
            let refusals = [LanguageRules.tooDeep, LanguageRules.syntax, LanguageRules.notInLanguage].map(\.code)
            #expect(Set(found).isSubset(of: refusals), "\(found)")
        }
    }

    @Test func nestingLimit() {
        func nested(_ count: Int) -> String {
            // The braces of the assembly are open too.
            inBraces("VM(\(String(repeating: "(", count: count - 2))0\(String(repeating: ")", count: count - 2)))")
        }
        #expect(codes(nested(Limits.nesting)).isEmpty)
        #expect(codes(nested(Limits.nesting + 1)) == [LanguageRules.tooDeep.code])
    }

    /// At each bracket of these the parser would take twice the time.
    @Test(.timeLimit(.minutes(1)), arguments: ["[", "([", "[("]) func arrayNesting(_ open: String) {
        func nested(_ count: Int) -> String {
            let close = String(open.reversed().map { $0 == "[" ? "]" : ")" })
            return inBraces("VMs(\(String(repeating: open, count: count))0\(String(repeating: close, count: count)))")
        }
        #expect(codes(nested(Limits.arrayNesting)).isEmpty)
        #expect(codes(nested(Limits.arrayNesting + 1)) == [LanguageRules.tooDeep.code])
        #expect(codes(nested(28)) == [LanguageRules.tooDeep.code])
    }

    @Test func aLongStatementIsRefusedAndALongListIsNot() {
        #expect(codes(inBraces("let a = 1" + String(repeating: " + 1", count: 300))) == [LanguageRules.tooDeep.code])
        #expect(codes(inBraces("let a = 1" + String(repeating: " + 1", count: 150))).isEmpty)
        #expect(codes(inBraces("VMs(\(String(repeating: "0, ", count: 5000))1)")).isEmpty)
        #expect(codes(inBraces((0..<5000).map { "VM(\($0), hostname: \"h\($0)\")" }.joined(separator: "\n"))).isEmpty)
        #expect(codes(inBraces((0..<2000).map { "let a\($0) = true" }.joined(separator: "\n"))).isEmpty)
    }

    @Test func manySyntaxErrorsAreNotAllSaid() {
        let found = Marked(inBraces(String(repeating: "VM(0 +)\n", count: 2000))).file.findings
        #expect(found.count > 2)
        #expect(found.count <= 2 * Limits.syntaxErrors)
        #expect(Set(found.map(\.code)) == [LanguageRules.syntax.code])
    }

    @Test func foreignTextIsNotParsed() {
        let found = Marked(String(repeating: "int main(void) { return 0; }\n", count: 2000)).file.findings
        #expect(found.map(\.code) == [LanguageRules.syntax.code])
        #expect(found.first?.labels.first?.span == 4..<8)
    }

    /// The parser would take the square of the time, at the start of each of these.
    @Test(
        .timeLimit(.minutes(1)),
        arguments: ["class", "enum A", "extension switch", "protocol", "struct", "actor a", "switch", "@a", "#if a\n"])
    func someWordsAreNotParsed(_ start: String) {
        let text = start + " " + String(repeating: "VM(0)\n", count: 40_000)
        #expect(codes(text) == [LanguageRules.notInLanguage.code])
    }

    // MARK: Cost

    @Test func steps() {
        #expect(codes(inBraces("for n in 0..<400_000 {}")).isEmpty)
        #expect(codes(inBraces("for n in 0..<9223372036854775807 {}")) == [LanguageRules.tooManySteps.code])
        #expect(
            codes(inBraces("for n in -9223372036854775808...9223372036854775807 {}")) == [
                LanguageRules.tooManySteps.code
            ])
        #expect(
            codes(inBraces("for a in 0..<1000 { for b in 0..<1000 { for c in 0..<1000 {} } }"))
                == [LanguageRules.tooManySteps.code])
        // Doubling, twenty-five times.
        let doubled = (1..<25).map { "let a\($0) = a\($0 - 1) + a\($0 - 1)" }.joined(separator: "\n")
        #expect(codes(inBraces("let a0 = [0, 1]\n" + doubled)) == [LanguageRules.tooManySteps.code])
        let nested = (1..<25).map { "let a\($0) = [a\($0 - 1), a\($0 - 1)]" }.joined(separator: "\n")
        #expect(codes(inBraces("let a0 = [0, 1]\n\(nested)")).isEmpty)
        #expect(codes(inBraces("let a0 = [0, 1]\n\(nested)\nVMs(a24)")) == [LanguageRules.tooMuchDeclared.code])
        let empty = (1..<40).map { "let a\($0) = [a\($0 - 1), a\($0 - 1)]" }.joined(separator: "\n")
        #expect(codes(inBraces("let a0: [Int] = []\n\(empty)\nVMs(a39)")) == [LanguageRules.tooManySteps.code])
    }

    @Test func references() {
        #expect(codes(inBraces("VMs(0..<200_000)")).isEmpty)
        #expect(codes(inBraces("VMs(0...200_000)")) == [LanguageRules.tooMuchDeclared.code])
        #expect(codes(inBraces("VMs(0..<9223372036854775807)")) == [LanguageRules.tooMuchDeclared.code])
        #expect(
            codes(inBraces("VMs(-9223372036854775808...9223372036854775807)")) == [LanguageRules.tooMuchDeclared.code])
    }

    @Test func links() {
        #expect(codes(inBraces("VMs(0..<300)\nPartition(\"p\") { Mesh(0..<300) }")).isEmpty)
        #expect(codes(inBraces("for n in 0..<10_000 { VM(n) }\nPartition(\"p\") { Star(hub: 0, 1..<10_000) }")).isEmpty)
        #expect(codes(inBraces("Partition(\"p\") { Mesh(0..<5000) }")) == [LanguageRules.tooMuchDeclared.code])
        #expect(
            codes(inBraces("Partition(\"p\") { for n in 0..<30 { Mesh(0..<300) } }"))
                == [LanguageRules.tooMuchDeclared.code])
    }

    @Test func stringLength() {
        let long = String(repeating: "x", count: Limits.stringLength)
        #expect(codes(inBraces("VM(0, hostname: \"\(long)\")")).isEmpty)
        #expect(codes(inBraces("VM(0, hostname: \"\(long)x\")")) == [LanguageRules.stringTooLong.code])
        #expect(codes(inBraces("VM(0, hostname: \"\(long)\" + \"x\")")) == [LanguageRules.stringTooLong.code])
        #expect(codes(inBraces("VM(0, hostname: \"\(long)\\(1)\")")) == [LanguageRules.stringTooLong.code])
    }

    /// What stands before a limit is given, so that the rules see it.
    @Test func whatWasDeclaredBeforeALimitIsGiven() {
        let file = Marked(inBraces("VM(0)\nfor n in 0..<2_000_000 {}\nVM(1)")).file
        #expect(file.assembly?.vms.count == 1)
        #expect(!file.isWhole)
    }
}
