// SPDX-License-Identifier: BSD-2-Clause

import CAmkES
import CAmkESImport
import ClangSource
import Foundation
import Lab
import Testing
import TopologyRules
import Verification

/// The pages in `docs/rules` are those of the catalogue. `TOPOC_UPDATE=1 swift test --filter RuleDocumentation` writes
/// them anew.
@Suite struct RuleDocumentationTests {
    private let directory = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "docs/rules")

    @Test func thePagesAreThoseOfTheCatalogue() throws {
        let pages = RuleDocumentation.pages(
            of: Catalogue.descriptions + ReaderRules.all + ImportRules.all + VerificationRules.all + SourceRules.all
                + LabRules.all)
        if ProcessInfo.processInfo.environment["TOPOC_UPDATE"] == "1" {
            try? FileManager.default.removeItem(at: directory)
            try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
            for page in pages { try Data(page.text.utf8).write(to: directory.appending(path: page.name)) }
        }
        let names = try FileManager.default.contentsOfDirectory(atPath: directory.path)
        #expect(Set(names) == Set(pages.map(\.name)))
        for page in pages {
            let written = try? String(contentsOf: directory.appending(path: page.name), encoding: .utf8)
            #expect(written == page.text, "docs/rules/\(page.name) is out of date: run with TOPOC_UPDATE=1")
        }
    }
}
