// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import Testing

@Suite struct EditTests {
    private func applied(_ edits: [Edit], _ text: String) throws -> String {
        String(decoding: try Edit.apply(edits, to: Array(text.utf8)), as: UTF8.self)
    }

    @Test func editsAreMadeWhereTheyAre() throws {
        #expect(try applied([Edit(4..<5, "E"), Edit(0..<1, "A"), Edit(2..<2, "-")], "abcde") == "Ab-cdE")
        #expect(try applied([Edit(3..<3, "1"), Edit(3..<3, "2")], "abc") == "abc12")
    }

    @Test func editsThatMeetAreRefused() {
        #expect(throws: EditConflict.self) { try applied([Edit(0..<2, "x"), Edit(1..<3, "y")], "abc") }
        #expect(throws: EditConflict.self) { try applied([Edit(2..<9, "x")], "abc") }
    }

    @Test func ofTwoFixItsThatMeetTheFirstIsMade() {
        let fixIts = [
            FixIt("a", [Edit(0..<2, "x")]), FixIt("b", [Edit(1..<3, "y"), Edit(4..<5, "z")]),
            FixIt("c", [Edit(4..<5, "w")]), FixIt("again", [Edit(0..<2, "x")]), FixIt("outside", [Edit(0..<99, "")]),
            FixIt("against itself", [Edit(3..<4, "p"), Edit(3..<4, "q")]),
        ]
        let result = Edit.apply(fixIts, to: Array("abcde".utf8))
        #expect(String(decoding: result.bytes, as: UTF8.self) == "xcdw")
        #expect(result.applied == 2)
    }
}

@Suite struct FixerTests {
    /// Finds the first `a` and offers `b` for it, and the first `b` of a text without `a` and offers `c`.
    private func lint(_ source: SourceText) -> Report {
        for (letter, next) in [("a", "b"), ("b", "c")] {
            guard let offset = source.bytes.firstIndex(of: letter.utf8.first ?? 0) else { continue }
            let fixIt = FixIt("next", [Edit(offset..<offset + 1, next)])
            let finding = Finding(
                code: "TOPO1", severity: .error, message: letter, span: offset..<offset + 1, fixIts: [fixIt])
            return Report(source: source, findings: [finding])
        }
        return Report(source: source)
    }

    @Test func whatAChangeUncoversIsMendedToo() {
        let result = Fixer.fix(SourceText(name: "f", text: "aab"), lint: lint)
        #expect(result.report.source.text == "ccc")
        #expect(result.report.findings.isEmpty)
        #expect(result.applied == 5)
    }

    @Test func aChangeThatNeverEndsDoes() {
        let result = Fixer.fix(SourceText(name: "f", text: "")) { source in
            Report(
                source: source,
                findings: [
                    Finding(
                        code: "TOPO1", severity: .error, message: "grow", span: nil,
                        fixIts: [FixIt("grow", [Edit(0..<0, "x")])])
                ])
        }
        #expect(result.report.source.bytes.count == 16)
    }
}
