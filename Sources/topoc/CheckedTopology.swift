// SPDX-License-Identifier: BSD-2-Clause

import CAmkES
import ClangSource
import Diagnostics
import Files
import SystemPackage
import TopologyLanguage
import TopologyRules
import Wiring

/// A topology of which an app can be written. What stands against that is said on standard error, and ends the command.
struct CheckedTopology {
    let source: SourceText
    let result: LintResult
    let wiring: Wiring

    /// - Parameter file: the `.topo` file; `-` is standard input.
    init(_ file: String, target: Target, allowing allowed: [String]) throws {
        source = try Input(file).source
        result = Linter.lint(TopologyFile(reading: source), target: target, allowing: Set(allowed))
        if !result.report.findings.isEmpty || !result.report.allowed.isEmpty {
            Console.note(TextRenderer(style: Console.errorStyle).render([result.report]))
        }
        guard let wiring = result.wiring else {
            if result.report.hasErrors { throw Outcome.findings.exit }
            guard !result.report.allowed.isEmpty else { throw NothingToWrite() }
            Console.complain(
                FileError(
                    "what was allowed leaves nothing that the data path `\(target.dataPath.rawValue)` can carry",
                    notes: ["mend it; of two peers with one MAC address only one can be reached"]))
            throw Outcome.findings.exit
        }
        self.wiring = wiring
    }

    /// The app, which was read back and says what was declared; its C was checked, unless it is said why not.
    ///
    /// - Parameters:
    ///   - path: of the assembly.
    ///   - headers: over which the C is checked.
    func app(form: AssemblyForm, path: FilePath?, headers: SourceHeaders?) throws -> App {
        let app = App(wiring, form: form, path: path, headers: headers)
        if let unchecked = app.unchecked { Console.note("note: the C is \(unchecked.message)\n") }
        if !app.sourceReports.isEmpty {
            Console.note(TextRenderer(style: Console.errorStyle).render(app.sourceReports))
            Console.note("nothing was written\n")
            throw Outcome.internalFault.exit
        }
        try check(app)
        return app
    }

    /// Ends the command where the app does not say what was declared: that is a fault of topoc.
    func check(_ app: App) throws {
        if let fault = app.fault {
            for finding in fault.findings {
                Console.complain(FileError("[\(finding.code)] \(finding.message)", notes: finding.notes))
            }
            Console.note("nothing was written\n")
            throw (fault.isOfMachine ? Outcome.inputOutput : .internalFault).exit
        }
    }
}

/// Rules let a topology pass of which there is nothing to write.
struct NothingToWrite: Error {}
