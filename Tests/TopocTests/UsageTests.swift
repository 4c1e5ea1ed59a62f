// SPDX-License-Identifier: BSD-2-Clause

import Testing

@Suite struct UsageTests {
    @Test(arguments: [
        (["lint"], "Missing expected argument"), (["lint", "--format", "xml", "a"], "xml"),
        (["lint", "--fix", "-"], "--fix changes files"), (["lnt"], "Unexpected argument 'lnt'"),
        (
            ["lint", "--target", "3.12", "a"], "Did you mean `3.11`? There are 3.11, 3.10, 3.9, 3.8, arm, lab."
        ),
        (
            ["build", "a.topo", "-o", "a.camkes", "--target", "3.8", "--data-path", "topoc"],
            "the target `3.8` has no data path `topoc`; it has tree."
        ),
        (
            ["build", "a.topo", "-o", "a.camkes", "--target", "3.8", "--connector-template", "b"],
            "the connector of the target `3.8` cannot be replaced"
        ),
        (["lint", "--allow", "TOPO999", "a"], "there is no rule `TOPO999`"),
        (["lint", "--allow", "duplicate-mca", "a"], "Did you mean `duplicate-mac`?"),
        (["explain", "duplicate-mca"], "Did you mean `duplicate-mac`?"), (["build", "a.topo"], "-o"),
        (["build", "a.topo", "-o", "a.topo"], "a path of their own"), (["format"], "Missing expected argument"),
    ])
    func whatIsAskedWronglyExitsWith64(arguments: [String], message: String) throws {
        let ended = try Executable.run(Executable.topoc, arguments)
        #expect(ended.status == 64)
        #expect(ended.errors.contains(message), "\(ended.errors)")
        #expect(ended.output == "")
    }

    @Test func helpAndVersionExitWithZero() throws {
        let version = try Executable.topoc("--version")
        #expect(version.status == 0)
        #expect(version.output.wholeMatch(of: /[0-9]+\.[0-9]+\.[0-9]+\n/) != nil)
        for command in ["build", "lint", "format", "diff", "import", "explain", "targets", "init"] {
            let ended = try Executable.topoc("help", command)
            #expect(ended.status == 0)
            #expect(ended.output.contains("USAGE: topoc \(command)"))
        }
    }

    @Test(arguments: ["bash", "zsh", "fish"])
    func completionsNameTheCommands(shell: String) throws {
        let ended = try Executable.topoc("--generate-completion-script", shell)
        #expect(ended.status == 0)
        for word in ["lint", "explain", "targets", "sarif", "3.11"] {
            #expect(ended.output.contains(word))
        }
    }

    @Test func explainTellsAllOfARuleAndListsThem() throws {
        let list = try Executable.topoc("explain")
        #expect(list.status == 0)
        let codes = list.output.matches(of: /TOPO[0-9]{3}/).map { String($0.output) }
        #expect(codes.count > 40)
        #expect(codes == Set(codes).sorted())
        for code in codes {
            let ended = try Executable.topoc("explain", code.lowercased())
            #expect(ended.status == 0)
            #expect(ended.output.hasPrefix(code))
            #expect(ended.output.contains("\nRefused:\n\n    "), "\(code)")
            #expect(ended.output.contains("\nAccepted:\n\n    "), "\(code)")
        }
    }

    @Test func targetsAreAnAlignedTable() throws {
        let ended = try Executable.topoc("targets")
        #expect(ended.status == 0)
        let lines = ended.output.split(separator: "\n")
        #expect(
            lines.map { $0.split(separator: " ").prefix(2).joined(separator: " ") } == [
                "TARGET DATA", "3.11 topoc", "3.11 tree", "3.10 topoc", "3.10 tree", "3.9 topoc", "3.9 tree",
                "3.8 tree", "arm topoc", "lab topoc",
            ])
        let column = try #require(lines[0].firstRange(of: "WHAT")).lowerBound.utf16Offset(in: lines[0])
        for line in lines.dropFirst() { #expect(Array(line)[column - 1] == " " && Array(line)[column] != " ") }
    }
}
