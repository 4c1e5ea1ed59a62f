// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import Foundation
import Testing

@testable import TopologyLanguage

/// The formatted text, or the findings as text.
func formatted(_ text: String) -> String {
    switch TopologyFormatter.format(SourceText(name: "test.topo", text: text)) {
    case .formatted(let formatted): formatted
    case .refused(let findings): "refused: \(findings.map(\.message))"
    }
}

@Suite struct FormatterTests {
    /// The layout, and that it is its own.
    private func expect(_ text: String, _ wanted: String, sourceLocation: SourceLocation = #_sourceLocation) {
        let once = formatted(text)
        #expect(once == wanted, sourceLocation: sourceLocation)
        #expect(formatted(once) == once, "twice is another", sourceLocation: sourceLocation)
    }

    @Test func spacesAndIndentation() {
        expect(
            """
            import   Topology
            let a=1+2  *  3 ,b = [ 1,2 ] ;let c = a<b && !d ? 1:2
              Assembly( "x" ,queueLength :64 ){
            for n   in 0 ..< 3   where n>1{
            VM (n,mac:"02:00:00:00:AA:0\\(n+1)")
             }
                    if a==1 {VM(9)} else if(b){ } else{
                    Guest( )
              }
            }
            """,
            """
            import Topology
            let a = 1 + 2 * 3, b = [1, 2]; let c = a < b && !d ? 1 : 2
            Assembly("x", queueLength: 64) {
                for n in 0..<3 where n > 1 {
                    VM(n, mac: "02:00:00:00:AA:0\\(n+1)")
                }
                if a == 1 { VM(9) } else if (b) {} else {
                    Guest()
                }
            }

            """)
    }

    @Test func bracesAndElseFollowOnTheirLine() {
        expect(
            "Assembly(\"x\")\n{\nif a\n{\nVM(0)\n}\nelse\n{\nVM(1)\n}\n}",
            "Assembly(\"x\") {\n    if a {\n        VM(0)\n    } else {\n        VM(1)\n    }\n}\n")
    }

    /// The fuzzer's: joined with what is before, they would be another fault than they are.
    @Test(arguments: [
        "Assembly(\"a\") {\n    for n in 0..<2 {\n        VM(n)\n    }\n    { VM(2) }\n}\n",
        "import Topology\n\n{\n    VM(0)\n}\n",
        "Assembly(\"a\") {\n    Link+ (0, 0)\n}\n",
    ])
    func faultsStayTheFaultsThatTheyAre(_ text: String) {
        #expect(TopologyFormatter.format(SourceText(name: "a.topo", text: text)) == .formatted(text))
    }

    @Test func linesBreakWhereTheWriterBrokeThem() {
        expect(
            """
            VM(0,
            mac: "x",
               guest: Guest(
                   memoryMiB: 1,
            heap: 2
                ))
            let a = [
            [1,
            2],
            ]
            let b = 1
            + 2
            let c
            = 3
            """,
            """
            VM(0,
                mac: "x",
                guest: Guest(
                    memoryMiB: 1,
                    heap: 2
                ))
            let a = [
                [1,
                    2],
            ]
            let b = 1
                + 2
            let c
                = 3

            """)
    }

    @Test func commentsAndBlankLinesStay() {
        expect(
            """


            // head

            /* block
                 inside   */
            import Topology // behind


            Assembly("x") {   // topoc:allow TOPO301 why

              // alone
              VM(0) /* a */ ; /* b */
                 // before the brace

            }
            // end   

            """,
            """
            // head

            /* block
                 inside   */
            import Topology  // behind

            Assembly("x") {  // topoc:allow TOPO301 why
                // alone
                VM(0) /* a */; /* b */
                // before the brace
            }
            // end

            """)
    }

    /// To Swift's parser a form feed is white space, and yet a sign before it belongs to what stands behind it.
    @Test func aSignStaysBesideItsValue() {
        expect("let a = +\u{0C}b", "let a = +b\n")
        expect("let a = !b", "let a = !b\n")
    }

    @Test func aRangeKeepsTheSpaceThatItNeeds() {
        expect("let a = 0 ..< -3", "let a = 0 ..< -3\n")
        expect("let a = -1 ... n", "let a = -1...n\n")
        expect("let a = 0 /* c */ ..< 3", "let a = 0 /* c */ ..< 3\n")
        expect("let a = 0\n..<\n3", "let a = 0\n    ..<\n    3\n")
    }

    @Test func stringsStayAsTheyAre() {
        let text = "let a = \"\"\"\n  x  \n    \\( n+1 )\n  \"\"\"\nlet b = #\"  \\(1) \"#\n"
        expect(text, text)
    }

    @Test func lineEndsBecomeLineFeeds() {
        expect("import Topology\r\n\r\n\r\nlet a = 1\r\n", "import Topology\n\nlet a = 1\n")
        expect("\u{FEFF}let a  = 1", "let a = 1\n")
    }

    /// Swift's parser takes these only at the very end of a file.
    @Test(arguments: ["0x", "0o", "0b"]) func aNumberWithoutDigitsIsNone(_ text: String) {
        #expect(formatted("let a = \(text)").hasPrefix("refused:"))
        let file = Marked("import Topology\nlet a = \(text)").file
        #expect(file.findings.map(\.code).contains(LanguageRules.syntax.code))
    }

    @Test func whatIsNoSwiftIsRefused() {
        #expect(formatted("let = ").hasPrefix("refused:"))
        #expect(formatted("Assembly(").hasPrefix("refused:"))
    }

    @Test(arguments: CompiledModelTests.texts) func examplesStayAndMeanTheSame(_ url: URL) throws {
        let source = SourceText(name: url.path, bytes: Array(try Data(contentsOf: url)))
        let once = formatted(source.text)
        #expect(formatted(once) == once)
        let again = TopologyFile(reading: SourceText(name: url.path, text: once))
        #expect(again.findings.isEmpty)
        #expect(again.assembly == TopologyFile(reading: source).assembly)
        if url.lastPathComponent == "mesh.topo" { #expect(once == source.text) }
    }
}
