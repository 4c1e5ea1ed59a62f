// SPDX-License-Identifier: BSD-2-Clause

import ClangSource
import Diagnostics
import Wiring

/// What topoc read in its own output, and how it differs from the wiring.
///
/// The reader and the comparison share nothing with the emitters: they take the text as the CAmkES tool would, and the
/// wiring as it was decided.
public struct ReadBack: Sendable {
    /// The form that was read: the expanded one where the macro form could not be expanded.
    public let form: AssemblyForm
    /// The path of the C preprocessor that expanded the macro form; `nil` where none did.
    public let preprocessor: String?
    public let flows: [ReadFlow]
    /// The MAC addresses of the flows were read: in the assembly, or in the device's tables. Without libclang tables
    /// cannot be read, and no flow has addresses.
    public let hasAddresses: Bool
    /// A fault of topoc each, with codes TOPO601 to TOPO614; empty where assembly and wiring agree. They have no span,
    /// since they are not about the user's file; the message names the place in the assembly.
    public let findings: [Finding]

    /// The assembly says what the wiring says, and nothing else.
    public var agrees: Bool { findings.isEmpty }

    /// Of more findings than this only the number is told.
    static let mostFindings = 50

    /// Reads an emitted app directory back, and compares.
    ///
    /// Without a preprocessor the macro form cannot be read; then the same wiring is written out in memory, and that
    /// is read.
    ///
    /// - Parameters:
    ///   - files: what ``AppEmitter`` gave for the wiring and the form.
    ///   - checker: reads the tables of topoc's device and the rules of its filters; without one they are not read.
    public static func verify(
        _ files: [EmittedFile], wiring: Wiring, form: AssemblyForm, preprocessor: Preprocessor?,
        checker: SourceChecker? = nil
    ) -> ReadBack {
        switch (form, preprocessor) {
        case (.expanded, _):
            return ReadBack(files, wiring, .expanded, preprocessor: nil, checker) { .success(Array($0.text.utf8)) }
        case (.macros, nil):
            let name = files.first.map { String($0.path.dropLast(".camkes".count)) } ?? wiring.name
            let expanded = AppEmitter.files(for: wiring, form: .expanded, assemblyName: name)
            return verify(expanded, wiring: wiring, form: .expanded, preprocessor: nil, checker: checker)
        case (.macros, let preprocessor?):
            return ReadBack(files, wiring, .macros, preprocessor: preprocessor.command, checker) { _ in
                Result { () throws(PreprocessorError) in try preprocessor.expand(files) }
            }
        }
    }

    private init(
        _ files: [EmittedFile], _ wiring: Wiring, _ form: AssemblyForm, preprocessor: String?,
        _ checker: SourceChecker?, text: (EmittedFile) -> Result<[UInt8], PreprocessorError>
    ) {
        self.form = form
        self.preprocessor = preprocessor
        let tables =
            wiring.target.dataPath == .topoc
            ? checker.map { DeviceTables(files, wiring: wiring, checker: $0) } : nil
        hasAddresses = wiring.target.dataPath == .tree || tables != nil
        guard let assembly = files.first else {
            flows = []
            findings = [ReaderRules.missing.finding("there is no assembly for target \(wiring.target.name)", at: nil)]
            return
        }
        switch text(assembly) {
        case .failure(let error):
            flows = []
            findings = [
                ReaderRules.preprocessorFailed.finding(
                    error.message, at: nil,
                    notes: ["mend the preprocessor or put another first in PATH, or write the expanded form"])
            ]
        case .success(let bytes):
            let reader = SpecificationReader(bytes, file: assembly.path)
            guard reader.findings.isEmpty else {
                flows = []
                findings = reader.findings.map { Self.placed($0, reader) }
                return
            }
            let model = FlowModel(reader.specification)
            let read = model.flows(over: tables, through: wiring.filterConnections)
            var comparison = Comparison(wiring, reader.specification, model, read, tables)
            comparison.compare()
            if let checker { comparison.compareRules(in: files, checker) }
            let faults = model.faults.map { fault in
                Self.placed(ReaderRules.nonsense.finding(fault.message, at: fault.offset..<fault.offset), reader)
            }
            flows = read
            findings = Self.shortened(faults + comparison.findings)
        }
    }

    /// The user's file is another than the one that was read, so the message says the place.
    private static func placed(_ finding: Finding, _ reader: SpecificationReader) -> Finding {
        guard let span = finding.span else { return finding }
        var placed = finding
        placed.message = "\(reader.place(of: span.lowerBound)): \(finding.message)"
        placed.span = nil
        return placed
    }

    private static func shortened(_ findings: [Finding]) -> [Finding] {
        guard findings.count > mostFindings else { return findings }
        var shown = Array(findings.prefix(mostFindings))
        shown[mostFindings - 1].notes.append("\(findings.count - mostFindings) more differences are not shown")
        return shown
    }
}
