// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import Foundation
import Testing

@testable import TopologyLanguage

/// `docs/language.md` says what the code does.
@Suite struct ReferenceTests {
    private let reference: String

    init() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        reference = String(decoding: try Data(contentsOf: root.appending(path: "docs/language.md")), as: UTF8.self)
    }

    @Test(arguments: Declaration.allCases) func everyDeclarationIsThere(_ declaration: Declaration) {
        #expect(reference.contains("`\(declaration.rawValue)("))
        for label in declaration.parameters.compactMap(\.label) {
            #expect(reference.contains("\(label):"), "\(declaration.rawValue) \(label):")
        }
    }

    @Test(arguments: [
        Limits.fileSize, Limits.nesting, Limits.arrayNesting, Limits.statementLength, Limits.syntaxErrors, Limits.steps,
        Limits.references,
        Limits.links, Limits.stringLength,
    ]) func everyLimitIsThere(_ limit: Int) {
        let digits = String(limit)
        let grouped = String(
            digits.enumerated().flatMap { index, digit in
                index > 0 && (digits.count - index) % 3 == 0 ? [",", digit] : [digit]
            })
        #expect(reference.contains("| \(grouped) |"))
    }

    @Test func theExampleIsATopology() throws {
        let start = try #require(reference.range(of: "```swift\n"))
        let end = try #require(reference.range(of: "```", range: start.upperBound..<reference.endIndex))
        let file = Marked(String(reference[start.upperBound..<end.lowerBound])).file
        #expect(file.findings.isEmpty)
        #expect(file.assembly?.vms.count == 3)
    }
}
