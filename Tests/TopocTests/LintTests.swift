// SPDX-License-Identifier: BSD-2-Clause

import Foundation
import Testing

@Suite struct LintTests {
    @Test func aCleanFileExitsWithZero() throws {
        let scratch = try Scratch()
        try scratch.put("mesh.topo", Sample.good)
        let ended = try Executable.topoc("lint", "mesh.topo", in: scratch)
        #expect(ended.status == 0)
        #expect(ended.output == "no findings\n")
        #expect(ended.errors == "")
    }

    @Test func findingsExitWithOneAndShowBothPlaces() throws {
        let scratch = try Scratch()
        try scratch.put("mesh.topo", Sample.bad)
        let ended = try Executable.topoc("lint", "mesh.topo", in: scratch)
        #expect(ended.status == 1)
        #expect(ended.output.contains("\n --> mesh.topo:5:16\n"))
        #expect(
            ended.output.contains("4 |     VM(0, mac: \"02:00:00:00:AA:01\")\n  |                ----"))
        #expect(ended.output.hasSuffix("\n1 error\n"))
        #expect(!ended.output.contains("\u{1B}"))
    }

    @Test func severalFilesAreReportedTogetherAndOneThatIsNotThereDoesNotHideThem() throws {
        let scratch = try Scratch()
        try scratch.put("a.topo", Sample.bad)
        try scratch.put("b.topo", Sample.good)
        let both = try Executable.topoc("lint", "a.topo", "b.topo", in: scratch)
        #expect(both.status == 1)
        let withMissing = try Executable.topoc("lint", "none.topo", "a.topo", in: scratch)
        #expect(withMissing.status == 74)
        #expect(withMissing.errors == "error: cannot read `none.topo`: no such file or directory\n")
        #expect(withMissing.output == both.output)
    }

    @Test func standardInputIsAFile() throws {
        let ended = try Executable.topoc("lint", "-", input: Sample.bad)
        #expect(ended.status == 1)
        #expect(ended.output.contains("--> <stdin>:5:16\n"))
    }

    @Test func everyFormatNamesTheFinding() throws {
        let scratch = try Scratch()
        try scratch.put("mesh.topo", Sample.bad)
        let text = try Executable.topoc("lint", "mesh.topo", in: scratch).output
        let code = try #require(text.firstMatch(of: /error\[(TOPO[0-9]{3})\]/)?.1)
        let github = try Executable.topoc("lint", "--format", "github", "mesh.topo", in: scratch)
        #expect(github.status == 1)
        #expect(
            github.output.hasPrefix(
                "::error file=mesh.topo,line=5,endLine=5,col=16,endColumn=35,title=\(code)::"))
        for format in ["json", "sarif"] {
            let ended = try Executable.topoc("lint", "--format", format, "mesh.topo", in: scratch)
            #expect(ended.status == 1)
            #expect(ended.output.contains("\"\(code)\""))
            #expect(try JSONSerialization.jsonObject(with: Data(ended.output.utf8)) is [String: Any])
        }
    }

    @Test func fixMendsTheFileAndReportsWhatRemains() throws {
        let scratch = try Scratch()
        let text = Sample.good.replacing("Link(0, 1)", with: "Link(0, 1, queueLength: 100)")
        try scratch.put("mesh.topo", text)
        let before = try Executable.topoc("lint", "mesh.topo", in: scratch)
        try #require(before.status == 1 && before.output.contains("(topoc lint --fix)"))
        let fixed = try Executable.topoc("lint", "--fix", "mesh.topo", in: scratch)
        #expect(fixed.status == 0)
        #expect(fixed.errors == "fixed 1 in mesh.topo\n")
        #expect(try scratch.text("mesh.topo") == text.replacing("100", with: "128"))
        #expect(try Executable.topoc("lint", "mesh.topo", in: scratch).status == 0)
        #expect(scratch.names == ["mesh.topo"])
    }

    @Test func aFindingThatIsAllowedIsStillNamed() throws {
        let scratch = try Scratch()
        try scratch.put("mesh.topo", Sample.bad)
        let text = try Executable.topoc("lint", "mesh.topo", in: scratch).output
        let code = String(try #require(text.firstMatch(of: /error\[(TOPO[0-9]{3})\]/)?.1))
        let ended = try Executable.topoc("lint", "--allow", code.lowercased(), "mesh.topo", in: scratch)
        #expect(ended.status == 0)
        #expect(ended.output.contains("allowed[\(code)]"))
        #expect(ended.output.hasSuffix("no findings, 1 allowed\n"))
    }

    @Test func coloursComeOnATerminalAlone() throws {
        try #require(Executable.find("script") != nil, "script(1) makes the terminal")
        let scratch = try Scratch()
        try scratch.put("mesh.topo", Sample.bad)
        func onTerminal(_ environment: [String: String]) throws -> String {
            try Executable.shell(
                "script -qec '\"$TOPOC\" lint mesh.topo' /dev/null", in: scratch,
                environment: ["TERM": "xterm"].merging(environment) { $1 }
            ).output
        }
        #expect(try onTerminal([:]).contains("\u{1B}[1;31merror"))
        #expect(try onTerminal(["NO_COLOR": ""]).contains("\u{1B}"))
        #expect(try !onTerminal(["NO_COLOR": "1"]).contains("\u{1B}"))
        #expect(try !onTerminal(["TERM": "dumb"]).contains("\u{1B}"))
    }
}
