// SPDX-License-Identifier: BSD-2-Clause

import CAmkES
import Checkout
import Diagnostics
import Files
import SystemPackage
import Wiring

/// One of the things that are looked at when an app is held against a checkout.
public struct VerificationPart: Sendable {
    public enum Verdict: Sendable {
        /// What was seen.
        case passed(String)
        /// How it failed, in a line; the findings are printed apart.
        case failed(String, [Finding])
        /// Why it was not looked at.
        case notChecked(String)
    }

    /// `C`, `parser`, `templates`.
    public let name: String
    public let verdict: Verdict

    public init(_ name: String, _ verdict: Verdict) {
        self.name = name
        self.verdict = verdict
    }

    public var isPassed: Bool { if case .passed = verdict { true } else { false } }
    public var findings: [Finding] { if case .failed(_, let findings) = verdict { findings } else { [] } }
}

/// What a checkout's own tool makes of an app, held against what was certified.
public enum Verification {
    /// Lets the checkout's parser and templates read the app, and reads back what they made.
    ///
    /// - Parameters:
    ///   - files: the app's, without the assembly's directory.
    ///   - assembly: the path of the assembly among them.
    ///   - bound: for the tool as a whole; a tool that takes longer is killed.
    public static func parts(
        of files: [AppFile], assembly: String, wiring: Wiring, in checkout: Checkout, python: String, bound: Duration
    ) async throws(FileError) -> [VerificationPart] {
        let scratch = try TemporaryDirectory()
        defer { scratch.remove() }
        let app = scratch.path.appending("app")
        try FileWriter().write(files.map { OutputFile(app.pushing(FilePath($0.path)), $0.bytes) })
        let tool = TreeTool(
            checkout: checkout, python: python, machine: wiring.target.dialect?.machine ?? .x86, bound: bound)
        switch try await tool.run(app.pushing(FilePath(assembly)), in: scratch.path) {
        case .notRun(let reason):
            return [
                VerificationPart("parser", .notChecked(reason)),
                VerificationPart("templates", .notChecked("the parser was not run")),
            ]
        case .parserRefuses(let message):
            return [
                VerificationPart("parser", refused("parser", message, checkout)),
                VerificationPart("templates", .notChecked("the parser refuses the app")),
            ]
        case .rendererRefuses(let tree, let message):
            return [parser(tree, wiring), VerificationPart("templates", refused("renderer", message, checkout))]
        case .rendered(let tree, let objects): return [parser(tree, wiring), templates(objects, wiring)]
        }
    }

    private static func refused(
        _ step: String, _ message: String, _ checkout: Checkout
    ) -> VerificationPart.Verdict {
        .failed(
            "refused",
            [
                VerificationRules.refused.finding(
                    "the \(step) of \(checkout.root.pushing(checkout.tool)) refuses the app", at: nil,
                    notes: message.split(separator: "\n").map(String.init))
            ])
    }

    private static func parser(_ tree: SyntaxTree, _ wiring: Wiring) -> VerificationPart {
        let findings = tree.findings(against: wiring)
        return VerificationPart(
            "parser",
            findings.isEmpty
                ? .passed("accepted; \(wiring.flows.count) flows, those of the certificate, with ids and sizes")
                : .failed("reads the app otherwise", findings))
    }

    private static func templates(_ objects: RenderedObjects, _ wiring: Wiring) -> VerificationPart {
        let findings = objects.findings(against: wiring)
        return VerificationPart(
            "templates",
            findings.isEmpty
                ? .passed(
                    "\(objects.files) files; VMs share memory and wake each other where the certificate has flows, and "
                        + "nowhere else")
                : .failed("\(objects.files) files, which join other VMs", findings))
    }
}
