// SPDX-License-Identifier: BSD-2-Clause

import Testing

@testable import Diagnostics

private func span(of text: String, in source: SourceText) throws -> SourceSpan {
    let whole = source.text
    let range = try #require(whole.range(of: text))
    let start = whole.utf8.distance(from: whole.startIndex, to: range.lowerBound)
    return start..<start + text.utf8.count
}

extension String {
    fileprivate func range(of part: String) -> Range<String.Index>? { firstRange(of: part) }
}

@Suite struct TextRendererTests {
    private let renderer = TextRenderer(style: TextStyle(isColoured: false))

    private func rendered(
        _ text: String, at marked: String, labels: [(String, String)] = [], notes: [String] = [], fixIts: [FixIt] = []
    ) throws -> String {
        let source = SourceText(name: "mesh.topo", text: text)
        let finding = Finding(
            code: "TOPO204", severity: .error, message: "duplicate MAC address", span: try span(of: marked, in: source),
            labels: try labels.map { Label(try span(of: $0.0, in: source), $0.1) }, notes: notes, fixIts: fixIts)
        return renderer.render(finding, in: source)
    }

    @Test func bothPlacesAndTheNotesAreShown() throws {
        let text = "VM(0, mac: \"A\")\nVM(1, mac: \"B\")\n"
        #expect(
            try rendered(text, at: "\"B\"", labels: [("\"A\"", "VM 0 has it first")], notes: ["frames go astray"])
                == """
                error[TOPO204]: duplicate MAC address
                 --> mesh.topo:2:12
                  |
                1 | VM(0, mac: "A")
                  |            --- VM 0 has it first
                2 | VM(1, mac: "B")
                  |            ^^^
                  = note: frames go astray

                """)
    }

    @Test func aGapOfLinesIsElidedAndTheNumbersAreAligned() throws {
        let text = (1...12).map { "line\($0);\n" }.joined()
        #expect(
            try rendered(text, at: "line12;", labels: [("line3;", "here"), ("line5;", "and here")]) == """
                error[TOPO204]: duplicate MAC address
                  --> mesh.topo:12:1
                   |
                 3 | line3;
                   | ------ here
                 4 | line4;
                 5 | line5;
                   | ------ and here
                  ...
                12 | line12;
                   | ^^^^^^^

                """)
    }

    @Test func tabsAreWrittenOut() throws {
        let lines = try rendered("\tVM(\t0)", at: "0").split(separator: "\n")
        #expect(lines[3] == "1 |     VM( 0)")
        #expect(lines[4] == "  |         ^")
    }

    @Test func wideCharactersAndCombiningMarksKeepTheCaretsAligned() throws {
        let wide = try rendered("名前 x", at: "x").split(separator: "\n")
        #expect(wide[4] == "  |      ^")
        let marked = try rendered("e\u{301}e\u{301} 👩‍👩‍👧 x", at: "x").split(separator: "\n")
        #expect(marked[4] == "  |       ^")
        let under = try rendered("a 名前 b", at: "名前").split(separator: "\n")
        #expect(under[4] == "  |   ^^^^")
    }

    @Test func aSpanOverLinesIsMarkedAtItsEnds() throws {
        let text = "x = Mesh(\n    0,\n    1,\n    2)\n"
        #expect(
            try rendered(text, at: "Mesh(\n    0,\n    1,\n    2)").split(separator: "\n").dropFirst(3) == [
                "1 | x = Mesh(",
                "  |     ^^^^^",
                " ...",
                "4 |     2)",
                "  |     ^^",
            ])
    }

    @Test func theEndOfTheFileGetsACaret() throws {
        let source = SourceText(name: "a.topo", text: "VM(\n")
        let finding = Finding(code: "TOPO101", severity: .error, message: "m", span: 4..<4)
        #expect(renderer.render(finding, in: source).contains("--> a.topo:2:1\n"))
        #expect(renderer.render(finding, in: source).hasSuffix("  | ^\n"))
    }

    @Test func aFindingAboutTheWholeFileHasNoExcerpt() {
        let finding = Finding(code: "TOPO100", severity: .error, message: "the file is empty", span: nil)
        #expect(
            renderer.render(finding, in: SourceText(name: "a.topo", text: ""))
                == "error[TOPO100]: the file is empty\n --> a.topo\n")
    }

    @Test func aFixItShowsTheLineAsItWouldBe() throws {
        let text = "VM(0)\nVM(0)\n"
        let fixIt = FixIt("number it 1", [Edit(9..<10, "1")])
        #expect(
            try rendered(text, at: "VM(0)", fixIts: [fixIt]).hasSuffix(
                """
                  = fix: number it 1 (topoc lint --fix)
                  - VM(0)
                  + VM(1)

                """))
    }

    @Test func aVeryLongLineIsCutAroundTheMark() throws {
        let text = String(repeating: "a", count: 5000) + "!" + String(repeating: "b", count: 5000)
        let lines = try rendered(text, at: "!").split(separator: "\n")
        #expect(lines[3].count < 200)
        let caret = try #require(lines[4].firstIndex(of: "^"))
        let column = lines[4].distance(from: lines[4].startIndex, to: caret)
        #expect(Array(lines[3])[column] == "!")
    }

    @Test(.timeLimit(.minutes(1)))
    func manyFindingsOnOneHugeLineTakeNoLongerThanElsewhere() throws {
        let text = String(repeating: "é", count: 20_000) + "!" + String(repeating: "名", count: 10_000)
        let source = SourceText(name: "a.topo", text: text)
        let finding = Finding(
            code: "TOPO204", severity: .error, message: "m", span: 40_000..<40_001, labels: [Label(0..<2, "far")])
        let report = Report(source: source, findings: Array(repeating: finding, count: 100))
        let rendered = renderer.render([report])
        #expect(rendered.hasPrefix("error[TOPO204]: m\n --> a.topo:1:20001\n"))
        #expect(rendered.utf8.count < 1_000_000)
        let lines = rendered.split(separator: "\n")

        #expect(lines[3].contains("é!名"))
        #expect(lines.contains { $0.contains("^") })
    }

    @Test func manyPlacesAreCounted() throws {
        let source = SourceText(name: "a.topo", text: String(repeating: "x\n", count: 50))
        let labels = (1..<50).map { Label($0 * 2..<$0 * 2 + 1, "again") }
        let finding = Finding(code: "TOPO204", severity: .error, message: "m", span: 0..<1, labels: labels)
        let text = renderer.render(finding, in: source)
        #expect(text.contains("and 42 more places"))
        #expect(text.split(separator: "\n").count < 30)
    }

    @Test func textThatWouldRewriteTheTerminalIsMadeVisible() throws {
        let text = try rendered("a\u{1B}[2J\u{202E}b", at: "b")
        #expect(text.unicodeScalars.allSatisfy { $0 == "\n" || $0.value >= 0x20 })
        #expect(text.contains("a␛[2J\u{FFFD}b"))
        #expect(!text.unicodeScalars.contains("\u{202E}"))
    }

    @Test func spansOutsideTheTextDoNotCrash() {
        let finding = Finding(
            code: "TOPO101", severity: .error, message: "m", span: 900..<1000, labels: [Label(3..<4000, "far")])
        #expect(!renderer.render(finding, in: SourceText(name: "a", text: "x\ny")).isEmpty)
    }

    @Test func theSummaryCounts() {
        func report(_ severities: [Severity], allowed: Int = 0) -> Report {
            let source = SourceText(name: "a", text: "")
            let findings = severities.map { Finding(code: "TOPO1", severity: $0, message: "m", span: nil) }
            let extra = Finding(code: "TOPO2", severity: .error, message: "m", span: nil)
            return Report(
                source: source, findings: findings,
                allowed: Array(repeating: AllowedFinding(extra, reason: nil), count: allowed))
        }
        #expect(renderer.summary([]) == "no findings")
        #expect(renderer.summary([report([.error, .error, .warning])]) == "2 errors, 1 warning")
        #expect(renderer.summary([report([.error]), report([.warning, .warning])]) == "1 error, 2 warnings")
        #expect(renderer.summary([report([], allowed: 1)]) == "no findings, 1 allowed")
    }

    @Test func whatWasAllowedIsNamed() {
        let finding = Finding(code: "TOPO401", severity: .error, message: "12 peers", span: 0..<1)
        let report = Report(
            source: SourceText(name: "a", text: "x"), allowed: [AllowedFinding(finding, reason: "our own tree")])
        let text = renderer.render([report])
        #expect(text.contains("allowed[TOPO401]: 12 peers\n --> a:1:1\n  = allowed in the file: our own tree\n"))
    }

    @Test func coloursAreOnlyThereWhenAskedFor() {
        let finding = Finding(code: "TOPO401", severity: .error, message: "m", span: 0..<1, notes: ["n"])
        let source = SourceText(name: "a", text: "x")
        #expect(!renderer.render(finding, in: source).contains("\u{1B}"))
        #expect(
            TextRenderer(style: TextStyle(isColoured: true)).render(finding, in: source).contains(
                "\u{1B}[1;31m^\u{1B}[0m"))
    }
}
