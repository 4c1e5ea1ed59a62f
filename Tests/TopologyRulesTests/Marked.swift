// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import Testing
import TopologyLanguage
import TopologyRules
import Wiring

/// A text with marks `1️⃣` to `9️⃣` in it: a mark stands before the place that it means.
struct Marked {
    /// The text without marks.
    let text: String
    /// The UTF-8 offset of each mark in that text.
    let offsets: [Character: Int]

    init(_ marked: String) {
        var text = ""
        var offsets: [Character: Int] = [:]
        for character in marked {
            if "1️⃣2️⃣3️⃣4️⃣5️⃣6️⃣7️⃣8️⃣9️⃣".contains(character) {
                offsets[character] = text.utf8.count
            } else {
                text.append(character)
            }
        }
        self.text = text
        self.offsets = offsets
    }

    func lint(_ target: Target = .newest, allowing codes: Set<String> = []) -> LintResult {
        Linter.lint(
            TopologyFile(reading: SourceText(name: "test.topo", text: text)), target: target, allowing: codes)
    }

    /// The mark at an offset: as a test names it.
    func mark(at offset: Int?) -> String {
        offsets.first { $0.value == offset }.map { "\($0.key)" } ?? offset.map { "at \($0)" } ?? "no place"
    }
}

/// The body of an assembly, as most tests write it.
func assembly(_ body: String) -> String {
    "import Topology\n\nAssembly(\"test\") {\n\(body)\n}\n"
}

/// What a test expects: the mark, the code, the message, and the marks of the labels.
struct Expected {
    let line: String

    init(_ mark: String, _ code: String, _ message: String, labels: String = "") {
        line = "\(mark) \(code) \(message)" + (labels.isEmpty ? "" : " [\(labels)]")
    }
}

/// Expects exactly these findings, in the order of the text.
func expectFindings(
    _ body: String, _ expected: [Expected], target: Target = .newest, ignoring codes: Set<String> = [],
    sourceLocation: SourceLocation = #_sourceLocation
) {
    let marked = Marked(assembly(body))
    let findings = marked.lint(target).report.findings.filter { !codes.contains($0.code) }
    let found = findings.map { finding in
        let labels = finding.labels.map { marked.mark(at: $0.span.lowerBound) }.joined()
        return "\(marked.mark(at: finding.span?.lowerBound)) \(finding.code) \(finding.message)"
            + (labels.isEmpty ? "" : " [\(labels)]")
    }
    #expect(found == expected.map(\.line), sourceLocation: sourceLocation)
}

/// A text after its fix-its have been made until there are no more.
func fixing(_ text: String) -> String {
    var bytes = Array(text.utf8)
    for _ in 0..<32 {
        let file = TopologyFile(reading: SourceText(name: "test.topo", bytes: bytes))
        let fixIts = Linter.lint(file, target: .newest).report.findings.flatMap { $0.fixIts.prefix(1) }
        let (next, applied) = Edit.apply(fixIts, to: bytes)
        if applied == 0 { break }
        bytes = next
    }
    return String(decoding: bytes, as: UTF8.self)
}

extension Target {
    /// With the tree's data path.
    var overTree: Target { with(.tree) ?? self }
}
