// SPDX-License-Identifier: BSD-2-Clause

import ArgumentParser
import CAmkES
import Checkout
import ClangSource
import Diagnostics
import Files
import SystemPackage
import Wiring

struct Install: TopocCommand {
    static let configuration = CommandConfiguration(
        abstract: "Put the app into a checkout, and nothing else.",
        discussion: """
            The app is built for the checkout's release and put beside upstream's, as apps/x86/NAME of \
            projects/vm-examples. A manifest in it has the hash of each file that topoc wrote: only these are changed \
            or removed later, and only while they are as topoc wrote them. A file that somebody has edited stays, and \
            is named; where topoc would now write another text there, nothing is written until `--replace` says so.
            Exits 1 where edits are in the way, or stay.
            """)

    @Argument(
        help: ArgumentHelp(
            "The .topo file; `-` is standard input. With --remove and --name it is not needed.", valueName: "file"),
        completion: .file(extensions: ["topo"]))
    var file: String?

    @Option(
        help: ArgumentHelp(
            "The checkout: where `repo init` with camkes-vm-examples-manifest was run.", valueName: "directory"),
        completion: .directory)
    var tree: String

    @Option(help: ArgumentHelp("What the app is called, for CAMKES_VM_APP; unless said, as the assembly."))
    var name: String?

    @Option(
        help: ArgumentHelp(
            "Another project of the checkout, laid out as projects/vm-examples, which gets the app.",
            valueName: "directory"),
        completion: .directory)
    var project: String?

    @Option(help: "How the assembly is written: macros (as upstream's) or expanded (without any).")
    var form = AssemblyForm.macros

    @OptionGroup var rules: RuleOptions

    @Option(
        help: ArgumentHelp(
            "A file of the app, relative to its directory, whose edits are to go. May be given several times.",
            valueName: "path"))
    var replace: [String] = []

    @Flag(help: "Write nothing; exit 1 and list what is not as it would be installed.")
    var check = false

    @Flag(help: "Remove what topoc has installed; edited files and those of others stay.")
    var remove = false

    @Flag(name: [.customShort("n"), .long], help: "Write nothing; list what would be.")
    var dryRun = false

    func validate() throws {
        if check && remove { throw ValidationError("--check and --remove exclude each other.") }
        if file == nil && !(remove && name != nil) {
            throw ValidationError("Name the .topo file; to remove an app, the file or --name.")
        }
        if let name, name != AppEmitter.fileName(of: name).dropLast(".camkes".count) {
            throw ValidationError(
                "`\(name)`: CMake and CAmkES would read this name otherwise; use letters, digits, `_` and `-`.")
        }
        if let project {
            let path = FilePath(project)
            if path.isAbsolute || path.components.contains(where: { $0.kind == .parentDirectory }) {
                throw ValidationError("`\(project)`: a project is named relative to the checkout, as projects/mine.")
            }
        }
        if rules.target.dialect == nil {
            throw ValidationError("the target `\(rules.target.name)` has no CAmkES app.")
        }
    }

    func perform() throws -> Outcome {
        let checkout = try Checkout(tree)
        let target = try rules.target(of: checkout)
        if let project, !checkout.has(project) {
            throw FileError(
                "`\(tree)` has no `\(project)`",
                notes: ["make the project first, laid out as projects/vm-examples is"])
        }
        guard let file, !(remove && name != nil) else { return try uninstall(name ?? "", checkout, target) }
        let topology = try CheckedTopology(file, target: target, allowing: rules.allowed)
        let name = name ?? String(AppEmitter.fileName(of: topology.wiring.name).dropLast(".camkes".count))
        if remove { return try uninstall(name, checkout, target) }

        let headers = SourceHeaders.Release(rawValue: target.name).map { SourceHeaders.stubs($0) }
        let app = try topology.app(form: form, path: FilePath("\(name).camkes"), headers: headers)
        try checkout.checkName(ofApp: name, for: target, project: project.map { FilePath($0) })
        let installation = try installation(of: name, checkout, target)
        let parts = try app.parts(beside: FilePath(file))
        try checkReplaced(installation)
        let steps = try installation.steps(to: parts, replacing: Set(replace))
        if check { return try list(steps, where: { $0.action != .keep }, in: installation) }
        if steps.contains(where: \.isObstacle) {
            _ = try list(steps, where: \.isObstacle, in: installation)
            Console.note("nothing was written\n")
            return .findings
        }
        if !dryRun {
            let manifest = installation.manifest(
                of: parts, assembly: topology.wiring.name, target: target.name, dataPath: target.dataPath.rawValue)
            try installation.take(steps, manifest: manifest)
        }
        let outcome = try list(steps, where: { _ in true }, in: installation)
        try Console.print("\(app.summary)\n")
        if !dryRun {
            try Console.print("build it with: init-build.sh -DCAMKES_VM_APP=\(name)\n")
        }
        return outcome
    }

    private func installation(of name: String, _ checkout: Checkout, _ target: Target) throws -> Installation {
        let place = checkout.directory(ofApp: name, for: target, project: project.map { FilePath($0) })
        // As the user names the checkout, so are its files named.
        return try Installation(in: FilePath(tree).pushing(place))
    }

    private func uninstall(_ name: String, _ checkout: Checkout, _ target: Target) throws -> Outcome {
        let installation = try installation(of: name, checkout, target)
        guard installation.manifest != nil else {
            throw FileError(
                "there is no `\(installation.directory)`, so nothing to remove",
                notes: ["`--name` and `--project` say which app of which project"])
        }
        try checkReplaced(installation)
        let steps = try installation.steps(to: [], replacing: Set(replace))
        if !dryRun { try installation.take(steps, manifest: installation.manifest(leaving: steps)) }
        return try list(steps, where: { _ in true }, in: installation)
    }

    private func checkReplaced(_ installation: Installation) throws {
        guard let odd = replace.first(where: { installation.manifest?.files[$0] == nil }) else { return }
        throw ValidationError("`\(odd)` is no file that topoc has installed in \(installation.directory).")
    }

    /// Prints the steps, and says whether somebody's edits or other things stand against them.
    private func list(
        _ steps: [InstallStep], where isShown: (InstallStep) -> Bool, in installation: Installation
    ) throws -> Outcome {
        let shown = steps.filter(isShown)
        try Console.print(
            shown.map { "\(words($0.action)) \(installation.directory.pushing(FilePath($0.path)))\n" }.joined())
        let notes: [(String, (InstallStep) -> Bool)] = [
            ("edited: the edit stays; `--replace PATH` writes topoc's text over it", { $0.action == .keepEdit }),
            ("left: edited, and topoc's no more; what becomes of it is yours to say", { $0.action == .leave }),
            (
                "conflict: edited, and the topology has another text for it now; move the edit into the topology or "
                    + "away, or say `--replace PATH`", { $0.action == .conflict }
            ),
            ("not ours: topoc needs this name and has not written this file; move it away", { $0.action == .foreign }),
        ]
        for (text, isMeant) in notes where shown.contains(where: isMeant) { Console.note("note: \(text)\n") }
        return (check ? shown.isEmpty : !steps.contains { $0.isEdit || $0.isObstacle }) ? .clean : .findings
    }

    private func words(_ action: InstallStep.Action) -> String {
        switch action {
        case .create(let restoring): check && restoring ? "missing" : check ? "not installed" : "create"
        case .change: check ? "out of date" : "change"
        case .keep: "keep"
        case .remove: check ? "no longer in the app" : "remove"
        case .keepEdit: "edited"
        case .leave: "left"
        case .conflict: "conflict"
        case .foreign: "not ours"
        }
    }
}
