// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import Testing

@testable import TopologyLanguage

/// A text with 1️⃣, 2️⃣, … at the places that a test speaks of.
struct Marked {
    let text: String
    /// The UTF-8 offset of each mark, in the text without marks.
    let offsets: [String: Int]

    init(_ marked: String) {
        var text = ""
        var offsets: [String: Int] = [:]
        for character in marked {
            if character.unicodeScalars.contains("\u{20E3}") {
                offsets[String(character)] = text.utf8.count
            } else {
                text.append(character)
            }
        }
        self.text = text
        self.offsets = offsets
    }

    var file: TopologyFile { TopologyFile(reading: SourceText(name: "test.topo", text: text)) }
}

/// What a test expects at a mark.
struct Expected {
    let mark: String
    let rule: RuleDescription
    let message: String

    init(_ mark: String, _ rule: RuleDescription, _ message: String) {
        self.mark = mark
        self.rule = rule
        self.message = message
    }
}

/// Expects these findings and no other.
func expectFindings(
    _ marked: String, _ expected: [Expected], sourceLocation: SourceLocation = #_sourceLocation
) {
    let marked = Marked(marked)
    let found = marked.file.findings.map { finding in
        let mark = marked.offsets.first { $0.value == finding.span?.lowerBound }?.key ?? "no mark"
        return "\(mark) \(finding.code) \(finding.message)"
    }
    let wanted = expected.map { "\($0.mark) \($0.rule.code) \($0.message)" }
    #expect(found == wanted, sourceLocation: sourceLocation)
}

/// The same, within an assembly's braces.
func expectFindings(
    in body: String, _ expected: [Expected], sourceLocation: SourceLocation = #_sourceLocation
) {
    expectFindings("import Topology\nAssembly(\"x\") {\n\(body)\n}\n", expected, sourceLocation: sourceLocation)
}
