// SPDX-License-Identifier: BSD-2-Clause

import ArgumentParser
import CAmkES
import Checkout
import ClangSource
import Diagnostics
import Files
import SystemPackage
import Verification
import Wiring

struct Verify: AsyncTopocCommand {
    static let configuration = CommandConfiguration(
        abstract: "Hold a topology's app against a checkout, with the checkout's own headers, parser and templates.",
        discussion: """
            The app is built for the checkout's release, in a temporary directory; nothing of the checkout is changed. \
            What was looked at and what was not is said in one screen. What is missing here (Python and its packages, \
            libclang, a part of the checkout) is reported as not checked, never as passed.
            Exits 1 where something is refused or differs and, with `--require`, where something was not checked.
            """)

    @Argument(
        help: ArgumentHelp("The .topo file; `-` is standard input.", valueName: "file"),
        completion: .file(extensions: ["topo"]))
    var file: String

    @Option(
        help: ArgumentHelp(
            "The checkout: where `repo init` with camkes-vm-examples-manifest was run.", valueName: "directory"),
        completion: .directory)
    var tree: String

    @Option(help: "How the assembly is written: macros (as upstream's) or expanded (without any, as always for arm).")
    var form = AssemblyForm.macros

    @OptionGroup var rules: RuleOptions

    @Option(
        help: ArgumentHelp("The Python 3 that runs the checkout's CAmkES, with its packages.", valueName: "program"))
    var python = "python3"

    @Option(help: ArgumentHelp("Seconds after which the checkout's CAmkES is killed.", valueName: "seconds"))
    var timeout = 600

    @Flag(help: "Exit 1 also where something was not checked.")
    var require = false

    func validate() throws {
        if rules.target.dialect == nil {
            throw ValidationError("the target `\(rules.target.name)` has no CAmkES app.")
        }
        if !(1...86_400).contains(timeout) { throw ValidationError("--timeout takes 1 to 86400 seconds.") }
    }

    func perform() async throws -> Outcome {
        let checkout = try Checkout(tree)
        let target = try rules.target(of: checkout)
        if target.dialect?.machine == .arm, let release = try? checkout.target(), release != .newest {
            throw FileError(
                "`\(tree)` is of release \(release.name), and topoc writes for the VMM for Arm of "
                    + "\(Target.newest.name) and later")
        }
        let topology = try CheckedTopology(file, target: target, allowing: rules.allowed)
        let (headers, missing) = headers(of: checkout, for: target)
        let app = App(topology.wiring, form: form, path: nil, headers: headers)
        try topology.check(app)
        let files = try app.parts(beside: FilePath(file))
        let parts =
            [
                VerificationPart("release", .passed(release(checkout, target))),
                VerificationPart("app", .passed("\(files.count) files; \(app.summary)")),
                VerificationPart("C", code(app, target, headers, missing)),
            ]
            + (try await Verification.parts(
                of: files, assembly: AppEmitter.fileName(of: topology.wiring.name), wiring: topology.wiring,
                in: checkout, python: python, bound: .seconds(timeout)))
        if !app.sourceReports.isEmpty {
            Console.note(TextRenderer(style: Console.errorStyle).render(app.sourceReports))
        }
        for finding in parts.flatMap(\.findings) where finding.code.hasPrefix("TOPO6") {
            Console.complain(FileError("[\(finding.code)] \(finding.message)", notes: finding.notes))
        }
        try Console.print(screen(parts))
        let isClean = parts.allSatisfy { part in
            if case .notChecked = part.verdict { return !require }
            return part.isPassed
        }
        return isClean ? .clean : .findings
    }

    /// The checkout's headers, or why they are not there.
    private func headers(of checkout: Checkout, for target: Target) -> (SourceHeaders?, String?) {
        do throws(TreeHeadersError) {
            var headers = try TreeHeaders(
                root: checkout.root.string, isForArm: target.dialect?.machine == .arm
            ).headers
            headers.name += ", camkes-vm \(target.name)"
            if let version = checkout.version { headers.name += " with CAmkES \(version)" }
            return (headers, nil)
        } catch {
            return (nil, error.notes.first.map { "the checkout's headers are not all there: \($0)" } ?? error.message)
        }
    }

    private func release(_ checkout: Checkout, _ target: Target) -> String {
        "\(target.name), data path \(target.dataPath.rawValue); CAmkES \(checkout.version ?? "of no known version") in "
            + "\(checkout.tool)"
    }

    private func code(
        _ app: App, _ target: Target, _ headers: SourceHeaders?, _ missing: String?
    ) -> VerificationPart.Verdict {
        if target.dataPath == .tree { return .passed("none of topoc's: the device is the checkout's own") }
        if let missing { return .notChecked(missing) }
        if let unchecked = app.unchecked { return .notChecked(unchecked.reason) }
        let findings = app.sourceReports.flatMap(\.findings)
        let machines = headers?.machines.map(\.target).joined(separator: " and ") ?? ""
        return findings.isEmpty
            ? .passed("\(app.sourceCount) files, over the checkout's headers, for \(machines)")
            : .failed("\(findings.count) faults over the checkout's headers", findings)
    }

    private func screen(_ parts: [VerificationPart]) -> String {
        var lines = ["\(file) in \(tree)"]
        func line(_ mark: String, _ name: String, _ text: String) -> String {
            "  \(mark) \(name)" + String(repeating: " ", count: 10 - name.count) + " \(text)"
        }
        for part in parts {
            switch part.verdict {
            case .passed(let text): lines.append(line("passed     ", part.name, text))
            case .failed(let text, _): lines.append(line("FAILED     ", part.name, text))
            case .notChecked(let text): lines.append(line("not checked", part.name, text))
            }
        }
        lines.append(
            line("not checked", "image", "compiling, linking and booting: `topoc install`, then upstream's ninja"))
        return lines.joined(separator: "\n") + "\n"
    }
}
