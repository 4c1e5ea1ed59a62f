// SPDX-License-Identifier: BSD-2-Clause

import ArgumentParser
import CAmkESImport
import Diagnostics
import Files
import SystemPackage
import TopologyLanguage
import TopologyRules

struct Lint: TopocCommand {
    static let configuration = CommandConfiguration(
        abstract: "Find what would fail in a seL4 build, or fail silently.",
        discussion: "Finds all faults at once, each with every place that contributes to it.")

    @Argument(
        help: ArgumentHelp("The .topo files, or .camkes files of a tree; `-` is standard input.", valueName: "file"),
        completion: .file(extensions: ["topo", "camkes"]))
    var files: [String]

    @Option(help: "How to print the findings: text, json, sarif (SARIF 2.1.0) or github (workflow commands).")
    var format = ReportFormat.text

    @Flag(help: "Make the changes that are certain, in place, and print what remains.")
    var fix = false

    @OptionGroup var headers: AppOptions
    @OptionGroup var rules: RuleOptions

    func validate() throws {
        if fix && files.contains(where: AppDirectory.isAssembly) {
            throw ValidationError("--fix changes topologies; mend a .camkes by hand.")
        }
        if fix && files.contains("-") { throw ValidationError("--fix changes files; `-` is none.") }
    }

    func perform() throws -> Outcome {
        var reports: [Report] = []
        let outcome = try Input.forEach(files) { input in
            let found = try report(on: input)
            reports += found
            return found.allSatisfy(\.findings.isEmpty) ? .clean : .findings
        }
        try Console.print(try format.render(reports, style: Console.style))
        return outcome
    }

    private func report(on input: Input) throws -> [Report] {
        if AppDirectory.isAssembly(input.path) {
            let app = try AppDirectory(input.path)
            return app.reports(of: try headers.read(app, rules).faults, allowing: rules.allowed)
        }
        return [try fix ? fixed(input) : Linter.lint(input.source, rules)]
    }

    private func fixed(_ input: Input) throws -> Report {
        let result = Fixer.fix(input.source) { Linter.lint($0, rules) }
        if result.applied > 0 {
            let file = OutputFile(FilePath(input.path), result.report.source.bytes)
            _ = try withSignalsHeld { () throws(FileError) in try FileWriter().write([file]) }
            Console.note("fixed \(result.applied) in \(input.source.name)\n")
        }
        return result.report
    }
}

extension Linter {
    /// What is found in a text under the options of the command line.
    static func lint(_ source: SourceText, _ rules: RuleOptions) -> Report {
        lint(TopologyFile(reading: source), target: rules.target, allowing: Set(rules.allowed)).report
    }
}

/// A form of printed findings.
enum ReportFormat: String, CaseIterable, ExpressibleByArgument {
    case text, json, sarif, github

    func render(_ reports: [Report], style: TextStyle) throws -> String {
        switch self {
        case .text: TextRenderer(style: style).render(reports)
        case .json: try JSONRenderer.render(reports)
        case .sarif: try SARIFRenderer.render(reports, rules: Catalogue.all)
        case .github: GitHubRenderer.render(reports)
        }
    }
}
