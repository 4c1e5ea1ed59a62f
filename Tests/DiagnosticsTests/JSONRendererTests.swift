// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import Foundation
import Testing

@Suite struct JSONRendererTests {
    @Test func everyPartOfAFindingIsThere() throws {
        let finding = Finding(
            code: "TOPO204", severity: .error, message: "\"quoted\"\n\u{1}", span: 4..<5,
            labels: [Label(0..<1, "here")],
            notes: ["n"], fixIts: [FixIt("mend", [Edit(4..<5, "1")])])
        let allowed = AllowedFinding(
            Finding(code: "TOPO401", severity: .error, message: "a", span: nil), reason: "because")
        let report = Report(
            source: SourceText(name: "d/é.topo", text: "é\nVM"), findings: [finding], allowed: [allowed])
        let text = try JSONRenderer.render([report])
        #expect(text == (try JSONRenderer.render([report])))
        let document = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? NSDictionary)
        #expect(document["formatVersion"] as? Int == 1)
        #expect(document["summary"] as? [String: Int] == ["errors": 1, "warnings": 0, "allowed": 1])
        let expected: NSDictionary = [
            "path": "d/é.topo",
            "findings": [
                [
                    "code": "TOPO204", "severity": "error", "message": "\"quoted\"\n\u{1}",
                    "location": [
                        "start": ["line": 2, "column": 2, "offset": 4], "end": ["line": 2, "column": 3, "offset": 5],
                    ],
                    "labels": [
                        [
                            "message": "here",
                            "location": [
                                "start": ["line": 1, "column": 1, "offset": 0],
                                "end": ["line": 1, "column": 2, "offset": 1],
                            ],
                        ]
                    ],
                    "notes": ["n"],
                    "fixes": [
                        [
                            "message": "mend",
                            "edits": [
                                [
                                    "replacement": "1",
                                    "location": [
                                        "start": ["line": 2, "column": 2, "offset": 4],
                                        "end": ["line": 2, "column": 3, "offset": 5],
                                    ],
                                ]
                            ],
                        ]
                    ],
                ]
            ],
            "allowed": [
                [
                    "reason": "because",
                    "finding": [
                        "code": "TOPO401", "severity": "error", "message": "a", "labels": [String](),
                        "notes": [String](), "fixes": [String](),
                    ],
                ]
            ],
        ]
        let files = try #require(document["files"] as? [NSDictionary])
        #expect(files == [expected])
    }
}
