// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import Testing
import TopologyLanguage
import TopologyRules
import Wiring

/// The whole catalogue, by its own examples.
@Suite struct CatalogueTests {
    /// Codes whose example cannot do without others: a VM with too many peers has too many in each way of counting.
    private static let companions: [String: Set<String>] = [
        "TOPO124": ["TOPO205"],
        "TOPO328": ["TOPO329"],
        "TOPO401": ["TOPO402"],
        "TOPO402": ["TOPO401"],
        "TOPO403": ["TOPO309", "TOPO404"],
    ]

    private func lint(_ text: String, for rule: RuleDescription) -> [Finding] {
        let file = TopologyFile(reading: SourceText(name: "example.topo", text: text))
        let target: Target =
            switch rule.name {
            case "fixed-queue-length": .camkes3_8
            // Limits of the tree's data path.
            case "vswitch-nodes", "notification-badges", "frame-overflow", "frames-in-flight", "unheld-data-path":
                .newest.overTree
            case "ignored-guest-setting": .arm
            default: .newest
            }
        return Linter.lint(file, target: target).report.findings
    }

    @Test(arguments: Catalogue.descriptions) func theBadExampleGivesTheCode(_ rule: RuleDescription) {
        guard !rule.bad.isEmpty else { return }
        let codes = Set(lint(rule.bad, for: rule).map(\.code))
        #expect(codes == Self.companions[rule.code, default: []].union([rule.code]))
    }

    @Test(arguments: Catalogue.descriptions) func theGoodExampleGivesNothing(_ rule: RuleDescription) {
        #expect(lint(rule.good, for: rule) == [])
    }

    @Test func findingsHaveThePlaceTheSeverityAndTheWayOut() throws {
        for rule in Catalogue.rules.map({ $0.description }) {
            for finding in lint(rule.bad, for: rule) where finding.code == rule.code {
                #expect(finding.severity == rule.severity)
                #expect(finding.span != nil, "\(rule.code) has no place")
                #expect(!finding.notes.isEmpty, "\(rule.code) shows no way out")
                #expect(!finding.message.hasSuffix("."))
            }
        }
    }

    @Test func codesAndNamesAreUniqueAndEachRuleIsListed() {
        let descriptions = Catalogue.descriptions
        #expect(Set(descriptions.map(\.code)).count == descriptions.count)
        #expect(Set(descriptions.map(\.name)).count == descriptions.count)
        #expect(descriptions.map(\.code) == descriptions.map(\.code).sorted())
        #expect(Catalogue.rules.map { $0.description.code } == Catalogue.rules.map { $0.description.code }.sorted())
        for rule in descriptions {
            #expect(rule.code.wholeMatch(of: /TOPO[1-6][0-9]{2}/) != nil)
            #expect(rule.name.wholeMatch(of: /[a-z]+(-[a-z]+)*/) != nil)
            #expect(rule.summary.hasSuffix("."))
            #expect(!rule.rationale.isEmpty)
        }
    }

    /// Applying the fix-its of a bad example leaves no finding of the rule that offered them.
    @Test(arguments: Catalogue.descriptions) func fixesRemoveTheFinding(_ rule: RuleDescription) {
        var bytes = Array(rule.bad.utf8)
        let offered = lint(rule.bad, for: rule).filter { $0.code == rule.code && !$0.fixIts.isEmpty }
        guard !offered.isEmpty else { return }
        var rounds = 0
        while rounds < 8 {
            let fixIts = lint(String(decoding: bytes, as: UTF8.self), for: rule).flatMap { $0.fixIts.prefix(1) }
            let (next, applied) = Edit.apply(fixIts, to: bytes)
            if applied == 0 { break }
            bytes = next
            rounds += 1
        }
        #expect(!lint(String(decoding: bytes, as: UTF8.self), for: rule).contains { $0.code == rule.code })
    }
}
