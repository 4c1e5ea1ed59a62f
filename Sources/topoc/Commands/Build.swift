// SPDX-License-Identifier: BSD-2-Clause

import ArgumentParser
import CAmkES
import Diagnostics
import Files
import SystemPackage
import TopologyLanguage
import TopologyRules
import Wiring

struct Build: TopocCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Write the CAmkES app: the assembly, and beside it what camkes-vm-examples has in an app's directory.",
        discussion: """
            Either all files are written or none; files that are as they should be are left alone.
            """)

    @Argument(
        help: ArgumentHelp("The .topo file; `-` is standard input.", valueName: "file"),
        completion: .file(extensions: ["topo"]))
    var file: String

    @Option(
        name: .shortAndLong, help: ArgumentHelp("The assembly to write.", valueName: "path.camkes"),
        completion: .file(extensions: ["camkes"]))
    var output: String?

    @Option(help: "How the assembly is written: macros (as upstream's) or expanded (without any).")
    var form = AssemblyForm.macros

    @OptionGroup var rules: RuleOptions

    @Flag(help: "Write nothing; exit 1 and print the difference where what is on disk is not what would be written.")
    var check = false

    @Flag(help: "Write nothing but the assembly, to standard output.")
    var stdout = false

    @Flag(name: [.customShort("n"), .long], help: "Write nothing; list what would be.")
    var dryRun = false

    func validate() throws {
        if [check, stdout, dryRun].count(where: { $0 }) > 1 {
            throw ValidationError("--check, --stdout and --dry-run exclude each other.")
        }
        guard let output else {
            if stdout { return }
            throw ValidationError("Say where with `-o PATH.camkes`, or print with --stdout.")
        }
        guard FilePath(output).extension == "camkes" else {
            throw ValidationError("`\(output)`: an assembly's name ends in .camkes.")
        }
        let name = FilePath(output).lastComponent?.string ?? ""
        guard name == AppEmitter.fileName(of: FilePath(output).stem ?? "") else {
            throw ValidationError(
                "`\(name)`: CMake and CAmkES would read this name otherwise; use letters, digits, `_` and `-`.")
        }
        if rules.target.dialect == nil {
            throw ValidationError("the target `\(rules.target.name)` has no CAmkES app.")
        }
    }

    func perform() throws -> Outcome {
        let source = try Input(file).source
        let result = Linter.lint(TopologyFile(reading: source), target: rules.target, allowing: Set(rules.allowed))
        if !result.report.findings.isEmpty || !result.report.allowed.isEmpty {
            Console.note(TextRenderer(style: Console.errorStyle).render([result.report]))
        }
        guard let wiring = result.wiring else {
            if result.report.hasErrors { return .findings }
            throw NothingToWrite()
        }
        let app = AppOutput(wiring, form: form, path: output.map { FilePath($0) })
        if stdout {
            try Console.print(app.assembly)
            return .clean
        }
        return try deliver(try app.files())
    }

    private func deliver(_ files: [OutputFile]) throws -> Outcome {
        if check {
            let changes = try FileWriter().changes(files).filter(\.isNeeded)
            for change in changes { try Console.print(change.difference.painted(Console.style)) }
            return changes.isEmpty ? .clean : .findings
        }
        if dryRun {
            try Console.print(try FileWriter().changes(files).map { "\($0.verb) \($0.file.path)\n" }.joined())
            return .clean
        }
        let changes = try withSignalsHeld { () throws(FileError) in try FileWriter().write(files) }
        try Console.print(changes.map { "\($0.verb) \($0.file.path)\n" }.joined())
        return .clean
    }
}

extension AssemblyForm: ExpressibleByArgument {}

/// Rules let a topology pass of which there is nothing to write.
struct NothingToWrite: Error {}

extension FileChange {
    var difference: UnifiedDiff { UnifiedDiff(old: old, new: file.bytes, name: file.path.string) }

    var verb: String {
        if !isNeeded { return "keep  " }
        if file.bytes == nil { return "remove" }
        return old == nil ? "create" : "change"
    }
}
