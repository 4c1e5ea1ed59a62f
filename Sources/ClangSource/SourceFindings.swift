// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics

/// What clang says of the files of an app, gathered as findings: each once, whichever file includes it and for whichever
/// machine it is compiled.
struct SourceFindings {
    /// Where a finding is. For another machine the same fault may be said with other types.
    private struct Place: Hashable {
        let path: String
        let code: String
        /// `nil` for one that has no span: then its message tells it from others.
        let span: SourceSpan?
        let message: String?
    }

    private struct Entry {
        let place: Place
        /// The machine for which it was found first.
        let machine: String
        let finding: Finding
    }

    private let files: [CFile]
    private let headers: String
    private let machines: Int
    private var entries: [Entry] = []
    /// The machines for which there is a finding at a place.
    private var holds: [Place: Set<String>] = [:]

    /// `headers` is what they are called, `machines` for how many each file is parsed.
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
            if let own = ownPath(at: place) {
                (path, span) = (own, place.span)
            } else {
                span = unit.inclusion(of: place.path)?.span
                notes.append("in \(shown(place)), which this file includes")
            }
        }
        for note in diagnostic.notes {
            guard let place = note.place else { continue }
            if ownPath(at: place) == path {
                labels.append(Label(place.span, note.message.backticked))
            } else {
                notes.append("\(shown(place)): \(note.message.backticked)")
            }
        }
        notes.append("checked over \(headers)")
        notes.append("name the tree's release with `--target`; where that is the right one, this is a fault of topoc")
        let finding = classification.rule.finding(classification.message, at: span, labels: labels, notes: notes)
        add(finding, of: path, machine)
    }

    mutating func add(_ failure: ClangFailure, of file: String, _ machine: String) {
        let finding = SourceRules.refused.finding(
            "clang gave this file up (libclang's error code \(failure.code))", at: nil,
            notes: ["this is a fault of libclang or of the machine; TOPOC_LIBCLANG names another libclang"])
        add(finding, of: file, machine)
    }

    private func ownPath(at place: ClangPlace) -> String? {
        SourceChecker.path(at: place.path).flatMap { path in files.contains { $0.path == path } ? path : nil }
    }

    /// A place in another file, as a note names it: the embedded headers by their name among topoc's.
    private func shown(_ place: ClangPlace) -> String {
        let path =
            ownPath(at: place)
            ?? (place.path.hasPrefix(SourceHeaders.stubRoot)
                ? "topoc's " + place.path.dropFirst(SourceHeaders.stubRoot.count) : place.path)
        return "\(path):\(place.line)"
    }

    private mutating func add(_ finding: Finding, of path: String, _ machine: String) {
        let place = Place(
            path: path, code: finding.code, span: finding.span, message: finding.span == nil ? finding.message : nil)
        let here = entries.filter { $0.place == place }
        if here.allSatisfy({ $0.machine == machine && $0.finding.message != finding.message }) {
            entries.append(Entry(place: place, machine: machine, finding: finding))
        }
        holds[place, default: []].insert(machine)
    }

    /// In the order of the files, and in each in the order of its text.
    var reports: [Report] {
        files.compactMap { file in
            let findings = entries.filter { $0.place.path == file.path }.map { entry in
                var finding = entry.finding
                let machines = holds[entry.place, default: []]
                if machines.count < self.machines {
                    finding.notes.insert(
                        "only where it is compiled for \(machines.sorted().joined(separator: ", "))", at: 0)
                }
                return finding
            }
            if findings.isEmpty { return nil }
            return Report(
                source: SourceText(name: file.path, text: file.text),
                findings: findings.sorted { ($0.span?.lowerBound ?? 0) < ($1.span?.lowerBound ?? 0) })
        }
    }
}
