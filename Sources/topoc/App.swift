// SPDX-License-Identifier: BSD-2-Clause

import CAmkES
import Checkout
import ClangSource
import Diagnostics
import Files
import SystemPackage
import TopologyRules
import Wiring

/// An app, emitted and read back, for the place where it is to be.
struct App {
    /// Why it is not to be written.
    struct Fault {
        let findings: [Finding]
        /// The C preprocessor could not do its work; else topoc could not.
        let isOfMachine: Bool
    }

    private let wiring: Wiring
    private let form: AssemblyForm
    private let emitted: [EmittedFile]
    private let readBack: ReadBack
    private let directory: FilePath
    /// What is wrong with the C of the app, over the headers that it was checked over.
    let sourceReports: [Report]
    /// Why its C was not checked; `nil` where it was, or where there is none.
    let unchecked: ClangUnavailable?

    init(_ wiring: Wiring, form: AssemblyForm, path: FilePath?, headers: SourceHeaders?) {
        self.wiring = wiring
        // The VMM for Arm has no macros for links.
        let form = wiring.target.dialect?.machine == .arm ? AssemblyForm.expanded : form
        self.form = form
        emitted = AppEmitter.files(for: wiring, form: form, assemblyName: path?.stem ?? wiring.name)
        var checker: SourceChecker?
        var unchecked: ClangUnavailable?
        if wiring.target.dataPath == .topoc, let headers {
            do throws(ClangUnavailable) {
                checker = try SourceChecker(headers)
            } catch {
                unchecked = error
            }
        }
        self.unchecked = unchecked
        sourceReports = checker.map { [emitted] in DeviceCheck.reports(of: emitted, checker: $0) } ?? []
        readBack = ReadBack.verify(
            emitted, wiring: wiring, form: form, preprocessor: Preprocessor.find(), checker: checker)
        directory = path?.removingLastComponent() ?? ""
    }

    var fault: Fault? {
        if readBack.agrees { return nil }
        let ofMachine = readBack.findings.contains { $0.code == ReaderRules.preprocessorFailed.code }
        return Fault(findings: readBack.findings, isOfMachine: ofMachine)
    }

    /// The text of the `.camkes` file.
    var assembly: String { emitted.first?.text ?? "" }

    /// The number of C files of topoc's.
    var sourceCount: Int { emitted.count { $0.path.hasSuffix(".c") && !$0.path.contains(".template.") } }

    /// What was built and what was read of it, in a line.
    var summary: String {
        let reading =
            readBack.form == form
            ? "read back \(readBack.flows.count) flows"
            : "without a C preprocessor read back \(readBack.flows.count) flows of the expanded form only"
        let rules = wiring.filters.contains { $0.implementation == .native } ? " and rules of filters" : ""
        let addresses = readBack.hasAddresses ? "" : "; MAC addresses\(rules) were not read back"
        return "\(wiring.name) for \(wiring.target.name): \(wiring.vms.count) VMs; \(reading): "
            + "each that was declared, and no other\(addresses)"
    }

    /// What the app is made of: what was emitted, and the guests' programs.
    ///
    /// - Parameter topology: the file beside which the programs are.
    func parts(beside topology: FilePath) throws(FileError) -> [AppFile] {
        try emitted.map { AppFile(path: $0.path, bytes: Array($0.text.utf8)) }
            + ProgramSources.files(of: wiring, beside: topology)
    }

    /// The files as they should be; those of earlier builds that are no longer in the app should go.
    ///
    /// - Parameter topology: the file beside which the guests' programs are.
    func files(beside topology: FilePath) throws(FileError) -> [OutputFile] {
        var files = try parts(beside: topology).map { OutputFile(directory.pushing(FilePath($0.path)), $0.bytes) }
        let present = Set(emitted.map(\.path))
        for name in AppEmitter.directories {
            for path in try FileReader.names(below: directory.appending(name), depth: 1).map({ "\(name)/\($0)" })
            where AppEmitter.isOwn(path) && !present.contains(path) && isGenerated(path) {
                files.append(OutputFile(directory.appending(path), nil))
            }
        }
        return files
    }

    /// Whether a file of the app's directory is topoc's to remove: another may have put one of its name there.
    private func isGenerated(_ path: String) -> Bool {
        guard let bytes = try? FileReader.read(directory.appending(AppEmitter.marked(for: path))) else { return false }
        return String(decoding: bytes, as: UTF8.self).contains(AppEmitter.mark)
    }

    func certificate(input: [UInt8], _ result: LintResult) -> Certificate {
        Certificate(
            wiring: wiring, form: form, readBack: readBack, input: input, files: emitted, budgets: result.budgets,
            allowed: result.report.allowed)
    }
}
