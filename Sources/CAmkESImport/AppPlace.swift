// SPDX-License-Identifier: BSD-2-Clause

import CAmkES
import Diagnostics
import Topology

/// A finding about a line of any of an app's files.
public struct PlacedFinding: Sendable, Hashable {
    /// Without span and labels: those are places in one file.
    public let finding: Finding
    /// `nil` where it is about the app as a whole.
    public let place: SpecificationPlace?
    public let labels: [PlacedLabel]

    public struct PlacedLabel: Sendable, Hashable {
        public let place: SpecificationPlace
        public let message: String
    }

    init(_ finding: Finding, at place: SpecificationPlace?, labels: [PlacedLabel] = []) {
        self.finding = finding
        self.place = place
        self.labels = labels
    }
}

/// The lines that values of an imported topology come from. A topology's origins are offsets into one text; those of an
/// imported one are indices into this table.
struct PlaceTable {
    private(set) var places: [SpecificationPlace] = []

    mutating func origin(_ place: SpecificationPlace) -> Origin {
        places.append(place)
        return Origin(places.count - 1..<places.count)
    }

    subscript(span: SourceSpan) -> SpecificationPlace? {
        places.indices.contains(span.lowerBound) ? places[span.lowerBound] : nil
    }

    /// What a rule found in the topology, where it stands in the app.
    func placed(_ finding: Finding) -> PlacedFinding {
        var bare = finding
        bare.span = nil
        bare.labels = []
        // They are edits of a topology's text.
        bare.fixIts = []
        let labels = finding.labels.compactMap { label in
            self[label.span].map { PlacedFinding.PlacedLabel(place: $0, message: label.message) }
        }
        return PlacedFinding(bare, at: finding.span.flatMap { self[$0] }, labels: labels)
    }
}

extension [PlacedFinding] {
    /// As reports, a file each, in the order in which the files are first met; findings about the whole are the main
    /// file's.
    ///
    /// - Parameter text: the bytes of a file; empty where it cannot be read any more.
    public func reports(of main: String, text: (String) -> [UInt8]) -> [Report] {
        var order = [main]
        var byFile: [String: [PlacedFinding]] = [main: []]
        for finding in self {
            let file = finding.place?.file ?? main
            if byFile[file] == nil { order.append(file) }
            byFile[file, default: []].append(finding)
        }
        return order.map { file in
            let source = SourceText(name: file, bytes: text(file))
            let findings = (byFile[file] ?? []).map { $0.finding(in: source) }.enumerated().sorted { a, b in
                (a.element.span?.lowerBound ?? -1, a.offset) < (b.element.span?.lowerBound ?? -1, b.offset)
            }
            return Report(source: source, findings: findings.map(\.element))
        }
    }
}

extension PlacedFinding {
    /// The same with the spans of a file; what is in other files becomes a note.
    fileprivate func finding(in source: SourceText) -> Finding {
        var whole = finding
        whole.span = place.flatMap { source.span(ofLine: $0.line) }
        var seen: Set<PlacedLabel> = []
        for label in labels where label.place != place && seen.insert(label).inserted {
            if label.place.file == source.name, let span = source.span(ofLine: label.place.line) {
                whole.labels.append(Label(span, label.message))
            } else {
                whole.notes.insert("\(label.place): \(label.message)", at: 0)
            }
        }
        return whole
    }
}

extension SourceText {
    /// A line without the blanks around its text; `nil` for one that is not there.
    fileprivate func span(ofLine number: Int) -> SourceSpan? {
        guard var span = lineSpan(number) else { return nil }
        func isBlank(_ offset: Int) -> Bool {
            bytes[offset] == UInt8(ascii: " ") || bytes[offset] == UInt8(ascii: "\t")
        }
        while let first = span.first, isBlank(first) { span = first + 1..<span.upperBound }
        while let last = span.last, isBlank(last) { span = span.lowerBound..<last }
        return span
    }
}
