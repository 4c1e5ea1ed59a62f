// SPDX-License-Identifier: BSD-2-Clause

import ArgumentParser
import CAmkES
import ClangSource
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
            What is written is read back first, and compared with what was declared. Either all files are written or \
            none; files that are as they should be are left alone.
            """)

    @Argument(
        help: ArgumentHelp("The .topo file; `-` is standard input.", valueName: "file"),
        completion: .file(extensions: ["topo"]))
    var file: String

    @Option(
        name: .shortAndLong, help: ArgumentHelp("The assembly to write.", valueName: "path.camkes"),
        completion: .file(extensions: ["camkes"]))
    var output: String?

    @Option(help: "How the assembly is written: macros (as upstream's) or expanded (without any, as always for arm).")
    var form = AssemblyForm.macros

    @OptionGroup var rules: RuleOptions

    @Option(
        help: ArgumentHelp("Also write what was read back, as JSON: flows, sizes, budgets, hashes.", valueName: "path"),
        completion: .file())
    var certificate: String?

    @Option(
        name: .customLong("certificate-smt"),
        help: ArgumentHelp(
            "The same as SMT-LIB: z3 answers `unsat` to each way in which the app could be wrong.", valueName: "path"),
        completion: .file())
    var certificateSMT: String?

    @Option(
        help: ArgumentHelp(
            "A checkout of camkes-vm-examples with its projects; the C is checked over its headers, not over topoc's.",
            valueName: "directory"),
        completion: .directory)
    var tree: String?

    @Option(
        help: ArgumentHelp(
            "Also write what may replace the tree's own seL4VirtQueues-from.template.c.",
            valueName: "path"),
        completion: .file())
    var connectorTemplate: String?

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
        let paths = [file, output, certificate, certificateSMT, connectorTemplate].compactMap { $0 }
            .filter { $0 != "-" }
        guard Set(paths.map { FilePath($0).lexicallyNormalized() }).count == paths.count else {
            throw ValidationError("the input and each output need a path of their own.")
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
        if tree != nil, rules.target.dataPath == .tree {
            throw ValidationError("the data path `tree` has no C of topoc's to check over a tree's headers.")
        }
        if connectorTemplate != nil, rules.target.dialect?.sharesOneBadge == true {
            throw ValidationError("the connector of the target `\(rules.target.name)` cannot be replaced.")
        }
    }

    func perform() throws -> Outcome {
        let topology = try CheckedTopology(file, target: rules.target, allowing: rules.allowed)
        let wiring = topology.wiring
        let app = try topology.app(form: form, path: output.map { FilePath($0) }, headers: headers(for: wiring.target))
        if stdout { try Console.print(app.assembly) }
        var files = stdout ? [] : try app.files(beside: FilePath(file))
        let proof = app.certificate(input: topology.source.bytes, topology.result)
        if let certificate { files.append(OutputFile(FilePath(certificate), Array(try proof.json().utf8))) }
        if let certificateSMT { files.append(OutputFile(FilePath(certificateSMT), Array(proof.smtLIB.utf8))) }
        if let connectorTemplate, let template = Connector.treeTemplate(for: wiring) {
            files.append(OutputFile(FilePath(connectorTemplate), Array(template.text.utf8)))
        }
        return try deliver(files, app)
    }

    /// Those of the tree that was named, or topoc's own.
    private func headers(for target: Target) throws -> SourceHeaders? {
        guard let tree else { return SourceHeaders.Release(rawValue: target.name).map { SourceHeaders.stubs($0) } }
        do throws(TreeHeadersError) {
            return try TreeHeaders(root: tree, isForArm: target.dialect?.machine == .arm).headers
        } catch {
            throw FileError(error.message, notes: error.notes)
        }
    }

    private func deliver(_ files: [OutputFile], _ app: App) throws -> Outcome {
        if check {
            let changes = try FileWriter().changes(files).filter(\.isNeeded)
            for change in changes { try Console.print(change.difference.painted(Console.style)) }
            return changes.isEmpty ? .clean : .findings
        }
        let changes =
            try dryRun
            ? FileWriter().changes(files)
            : withSignalsHeld { () throws(FileError) in try FileWriter().write(files) }
        if !stdout {
            try Console.print(changes.map { "\($0.verb) \($0.file.path)\n" }.joined() + app.summary + "\n")
        }
        return .clean
    }
}

extension AssemblyForm: ExpressibleByArgument {}

extension FileChange {
    var difference: UnifiedDiff { UnifiedDiff(old: old, new: file.bytes, name: file.path.string) }

    var verb: String {
        if !isNeeded { return "keep" }
        if file.bytes == nil { return "remove" }
        return old == nil ? "create" : "change"
    }
}
