// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics

/// The check of emitted C: what its compiler would refuse over the headers of a tree, as topoc's findings.
public struct SourceChecker: Sendable {
    private let headers: SourceHeaders
    private let libclang: Libclang

    /// Takes the machine's libclang unless one is given.
    public init(_ headers: SourceHeaders, libclang: Libclang? = nil) throws(ClangUnavailable) {
        self.headers = headers
        if let libclang {
            self.libclang = libclang
        } else {
            self.libclang = try Libclang.find()
        }
    }

    /// Parses each `.c` file of an app, over the app's other files and the headers, once for each machine.
    ///
    /// Paths are relative to the app's directory. `searching` are the directories of the app that `#include` searches
    /// beside the file's own. Gives a report for each file in which something is wrong, in the order of the files; none
    /// where the C can be compiled.
    public func check(_ files: [CFile], searching directories: [String] = []) -> [Report] {
        let faults = files.compactMap { file in
            SourceLimits.fault(of: file.text).map {
                Report(source: SourceText(name: file.path, text: file.text), findings: [$0])
            }
        }
        guard faults.isEmpty else { return faults }
        var found = Found(files: files, headers: headers.name, machines: headers.machines.count)
        for file in files where file.path.hasSuffix(".c") {
            for machine in headers.machines {
                do throws(ClangFailure) {
                    let unit = try TranslationUnit(
                        libclang, path: Self.place(of: file.path), arguments: arguments(machine, directories),
                        files: headers.files + files.map { CFile(path: Self.place(of: $0.path), text: $0.text) })
                    for diagnostic in unit.diagnostics {
                        found.add(diagnostic, in: unit, of: file.path, machine.target)
                    }
                } catch {
                    found.add(error, of: file.path)
                }
            }
        }
        return found.reports
    }

    /// Where clang believes that the app lies. Nothing is there: a file that the app does not have is not found.
    private static let app = "/topoc/app/"

    private static func place(of path: String) -> String { app + path }

    /// The path in the app of a file that clang names; `nil` for a header of the tree.
    fileprivate static func path(at place: String) -> String? {
        place.hasPrefix(app) ? String(place.dropFirst(app.count)) : nil
    }

    private func arguments(_ machine: SourceHeaders.Machine, _ directories: [String]) -> [String] {
        // In headers of others, as `-isystem` makes them, warnings stay warnings.
        ["-x", "c", "-std=gnu11", "--target=\(machine.target)", "-nostdinc", "-ferror-limit=100"]
            + Self.refused.map { "-Werror=\($0)" } + directories.map { "-I\(Self.place(of: $0))" }
            + (headers.directories + machine.directories).flatMap { ["-isystem", $0] }
            + headers.defines.map { "-D\($0)" }
    }

    /// Warnings of clang that mean that the C is wrong.
    private static let refused = [
        "implicit-function-declaration", "implicit-int", "incompatible-pointer-types", "int-conversion", "format",
        "format-extra-args", "return-type", "null-character",
    ]
}

/// The findings in each file, each once whichever file includes it.
private struct Found {
    /// What makes two findings the same: clang's notes may differ from file to file.
    private struct Key: Hashable {
        let path: String
        let code: String
        let message: String
        let span: SourceSpan?
    }

    private let files: [CFile]
    private let headers: String
    private let machines: Int
    private var findings: [(key: Key, finding: Finding)] = []
    /// The machines for which a finding holds.
    private var holds: [Key: Set<String>] = [:]

    init(files: [CFile], headers: String, machines: Int) {
        self.files = files
        self.headers = headers
        self.machines = machines
    }

    /// Of a diagnostic in a header of the tree the place is the `#include` that leads to it.
    mutating func add(
        _ diagnostic: ClangDiagnostic, in unit: borrowing TranslationUnit, of file: String, _ machine: String
    ) {
        guard diagnostic.severity.rawValue >= ClangDiagnostic.Severity.error.rawValue,
            !diagnostic.message.hasPrefix("too many errors emitted")
        else { return }
        let classification = Classification(diagnostic)
        var (path, span, labels, notes): (String, SourceSpan?, [Label], [String]) = (file, nil, [], [])
        if let place = diagnostic.place {
            if let own = SourceChecker.path(at: place.path) {
                (path, span) = (own, place.span)
            } else {
                span = unit.inclusion(of: place.path)?.span
                notes.append("in \(place.path):\(place.line), which this file includes")
            }
        }
        for note in diagnostic.notes {
            guard let place = note.place else { continue }
            switch SourceChecker.path(at: place.path) {
            case path?: labels.append(Label(place.span, note.message.backticked))
            case let own: notes.append("\(own ?? place.path):\(place.line): \(note.message.backticked)")
            }
        }
        notes.append("checked over \(headers)")
        notes.append("name the tree's release with `--target`; where that is the right one, this is a fault of topoc")
        let finding = classification.rule.finding(classification.message, at: span, labels: labels, notes: notes)
        add(finding, of: path, machine)
    }

    mutating func add(_ failure: ClangFailure, of file: String) {
        let finding = SourceRules.refused.finding(
            "clang gave this file up (libclang's error code \(failure.code))", at: nil,
            notes: ["this is a fault of libclang or of the machine; TOPOC_LIBCLANG names another libclang"])
        add(finding, of: file, "")
    }

    private mutating func add(_ finding: Finding, of path: String, _ machine: String) {
        let key = Key(path: path, code: finding.code, message: finding.message, span: finding.span)
        if holds[key] == nil { findings.append((key, finding)) }
        holds[key, default: []].insert(machine)
    }

    var reports: [Report] {
        files.compactMap { file in
            let here = findings.filter { $0.key.path == file.path }.map { key, finding in
                var finding = finding
                let machines = holds[key, default: []]
                if machines.count < self.machines, let one = machines.first, !one.isEmpty {
                    finding.notes.insert("only where it is compiled for \(one)", at: 0)
                }
                return finding
            }
            if here.isEmpty { return nil }
            return Report(
                source: SourceText(name: file.path, text: file.text),
                findings: here.sorted { ($0.span?.lowerBound ?? 0) < ($1.span?.lowerBound ?? 0) })
        }
    }
}
