// SPDX-License-Identifier: BSD-2-Clause

import ArgumentParser
import CAmkESImport
import Diagnostics
import Files
import SystemPackage
import TopologyComparison
import TopologyLanguage
import Wiring

struct Import: TopocCommand {
    static let configuration = CommandConfiguration(
        abstract: "Read an app of a tree as a topology.",
        discussion: """
            What the app says and a topology cannot is listed with file and line, on standard error and at the top of \
            the topology. Exits 1 where there is such a thing, or a fault; the topology is written all the same.
            """)

    @Argument(
        help: ArgumentHelp("The app's directory, or its .camkes file.", valueName: "app"),
        completion: .file(extensions: ["camkes"]))
    var app: String

    @Option(
        name: .shortAndLong, help: ArgumentHelp("The topology to write.", valueName: "path.topo"),
        completion: .file(extensions: ["topo"]))
    var output: String?

    @Flag(help: "Write nothing but the topology, to standard output.")
    var stdout = false

    @OptionGroup var options: AppOptions
    @OptionGroup var rules: RuleOptions

    func validate() throws {
        guard let output else {
            if stdout { return }
            throw ValidationError("Say where with `-o PATH.topo`, or print with --stdout.")
        }
        if stdout { throw ValidationError("-o and --stdout exclude each other.") }
        guard FilePath(output).extension == "topo" else {
            throw ValidationError("`\(output)`: a topology's name ends in .topo.")
        }
    }

    func perform() throws -> Outcome {
        let directory = try AppDirectory(app)
        let imported = try options.read(directory, rules)
        let reports = directory.reports(of: imported.findings, allowing: rules.allowed)
        let isClean = reports.allSatisfy(\.findings.isEmpty)
        if !isClean || !reports.allSatisfy(\.allowed.isEmpty) {
            Console.note(TextRenderer(style: Console.errorStyle).render(reports))
        }
        if directory.hasBuildFile {
            Console.note(
                "note: CMakeLists.txt and what it builds were not read: topoc writes its own, with the tree's kernel and "
                    + "root file system\n")
        }
        guard let text = try imported.text(named: output ?? "<stdout>", of: directory.file.lastComponent?.string ?? "")
        else {
            Console.note("nothing was written\n")
            return .findings
        }
        if let output {
            let file = OutputFile(FilePath(output), Array(text.utf8))
            let changes = try withSignalsHeld { () throws(FileError) in try FileWriter().write([file]) }
            try Console.print(changes.map { "\($0.verb) \($0.file.path)\n" }.joined())
        } else {
            try Console.print(text)
        }
        return isClean ? .clean : .findings
    }
}

/// The text that was written does not say what was read.
private struct TextDiffers: Error {}

extension ImportedApp {
    /// The topology as text, which was read again and says the same; `nil` where the app could not be read.
    fileprivate func text(named name: String, of app: String) throws -> String? {
        guard let assembly else { return nil }
        let left = findings.filter { $0.finding.code == ImportRules.notExpressed.code }.map { finding in
            "Not in it: \(finding.place.map { "\($0): " } ?? "")\(finding.finding.message)"
        }
        let plain = TopologyText(assembly).text(comments: ["Imported by topoc from \(app)."] + left)
        guard case .formatted(let text) = TopologyFormatter.format(SourceText(name: name, text: plain)),
            let read = TopologyFile(reading: SourceText(name: name, text: text)).assembly,
            TopologyDifference(from: Network(assembly), to: Network(read)).isEmpty
        else { throw TextDiffers() }
        return text
    }
}
