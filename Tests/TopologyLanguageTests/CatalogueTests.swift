// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import Testing

@testable import TopologyLanguage

@Suite struct CatalogueTests {
    @Test(arguments: LanguageRules.all) func badExampleGivesTheCodeAlone(_ rule: RuleDescription) {
        guard !rule.bad.isEmpty else { return }
        let file = TopologyFile(reading: SourceText(name: "bad.topo", text: rule.bad))
        #expect(Set(file.findings.map(\.code)) == [rule.code], "\(file.findings)")
    }

    @Test(arguments: LanguageRules.all) func goodExampleGivesNothing(_ rule: RuleDescription) {
        let file = TopologyFile(reading: SourceText(name: "good.topo", text: rule.good))
        #expect(file.findings.isEmpty)
        #expect(file.isWhole)
    }

    @Test func codesAreUnique() {
        #expect(Set(LanguageRules.all.map(\.code)).count == LanguageRules.all.count)
        #expect(Set(LanguageRules.all.map(\.name)).count == LanguageRules.all.count)
        #expect(LanguageRules.all.allSatisfy { $0.severity == .error && !$0.isAllowable })
    }

    /// The two that no text in the catalogue can show are shown by the tests of the text.
    @Test func onlyTwoExamplesAreMissing() {
        #expect(LanguageRules.all.filter(\.bad.isEmpty).map(\.name) == ["not-text", "file-too-large"])
    }
}
