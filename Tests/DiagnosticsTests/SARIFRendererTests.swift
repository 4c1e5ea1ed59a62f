// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import Foundation
import Testing

private let rule = RuleDescription(
    code: "TOPO204", name: "duplicate-mac", severity: .error, summary: "Two VMs share a MAC address.",
    rationale: "The second is never reached.", bad: "VM(0)\n", good: "VM(1)\n", isAllowable: true)

private func sample(_ text: String = "VM(0)\nVM(0)\n", at span: SourceSpan = 6..<11) -> Report {
    let finding = rule.finding(
        "twice", at: span, labels: [Label(0..<5, "first")], notes: ["note"],
        fixIts: [FixIt("number it 1", [Edit(span.lowerBound + 3..<span.lowerBound + 4, "1")])])
    let whole = Finding(code: "TOPO999", severity: .warning, message: "about the file", span: nil)
    return Report(
        source: SourceText(name: "dir with space/é.topo", text: text), findings: [finding, whole],
        allowed: [
            AllowedFinding(finding, reason: "a tree of our own"), AllowedFinding(whole, reason: nil),
        ])
}

private func parsed(_ text: String) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
}

private func results(_ reports: [Report]) throws -> [[String: Any]] {
    let runs = try #require(try parsed(SARIFRenderer.render(reports, rules: [rule]))["runs"] as? [[String: Any]])
    return try #require(runs.first?["results"] as? [[String: Any]])
}

private func fingerprints(_ report: Report) throws -> [String] {
    try results([report]).compactMap { ($0["partialFingerprints"] as? [String: String])?["topocFinding/v1"] }
}

@Suite struct SARIFRendererTests {
    @Test func theLogHasTheShapeOfTheStandard() throws {
        let log = try parsed(SARIFRenderer.render([sample()], rules: [rule]))
        #expect(log["version"] as? String == "2.1.0")
        let run = try #require((log["runs"] as? [[String: Any]])?.first)
        #expect(run["columnKind"] as? String == "unicodeCodePoints")
        let driver = try #require((run["tool"] as? [String: [String: Any]])?["driver"])
        #expect(driver["name"] as? String == "topoc")
        let rules = try #require(driver["rules"] as? [[String: Any]])
        #expect(rules.map { $0["id"] as? String } == ["TOPO204"])
        #expect((rules[0]["help"] as? [String: String])?["markdown"]?.contains("```swift\nVM(0)\n```") == true)
    }

    @Test func aResultNamesItsRuleItsPlacesAndItsFix() throws {
        let result = try #require(try results([sample()]).first) as NSDictionary
        #expect(result["ruleId"] as? String == "TOPO204")
        #expect(result["ruleIndex"] as? Int == 0)
        #expect(result["level"] as? String == "error")
        #expect((result["message"] as? [String: String])?["text"] == "twice\nnote")
        let uri = "dir%20with%20space/%C3%A9.topo"
        let region = { (line: Int, start: Int, end: Int) -> NSDictionary in
            ["startLine": line, "startColumn": start, "endLine": line, "endColumn": end]
        }
        let file: NSDictionary = ["uri": uri, "index": 0]
        #expect(
            result["locations"] as? [NSDictionary] == [
                ["physicalLocation": ["artifactLocation": file, "region": region(2, 1, 6)]]
            ])
        #expect(
            result["relatedLocations"] as? [NSDictionary] == [
                [
                    "id": 1, "message": ["text": "first"],
                    "physicalLocation": ["artifactLocation": file, "region": region(1, 1, 6)],
                ]
            ])
        #expect(
            result["fixes"] as? [NSDictionary] == [
                [
                    "description": ["text": "number it 1"],
                    "artifactChanges": [
                        [
                            "artifactLocation": file,
                            "replacements": [
                                ["deletedRegion": region(2, 4, 5), "insertedContent": ["text": "1"]]
                            ],
                        ]
                    ],
                ]
            ])
        #expect(result["suppressions"] == nil)
    }

    @Test func aFindingAboutTheFileHasNoRegionAndAnUnknownCodeNoIndex() throws {
        let result = try #require(try results([sample()]).dropFirst().first)
        #expect(result["ruleIndex"] == nil)
        let place = (result["locations"] as? [[String: [String: Any]]])?.first?["physicalLocation"]
        #expect(place?["artifactLocation"] != nil)
        #expect(place?["region"] == nil)
    }

    @Test func whatWasAllowedIsSuppressedWithItsReason() throws {
        let suppressions = try results([sample()]).map { $0["suppressions"] as? [[String: String]] }
        #expect(
            suppressions == [
                nil, nil, [["kind": "inSource", "justification": "a tree of our own"]], [["kind": "external"]],
            ])
    }

    @Test func fingerprintsSurviveAShiftOfLinesAndTellEqualFindingsApart() throws {
        let before = try fingerprints(sample())
        #expect(Set(before).count == 4)
        #expect(try fingerprints(sample("\n// new\n  VM(0)\nVM(0)\n", at: 10..<15)) == before)
        #expect(try fingerprints(sample("VM(0)\nVM(7)\n")) != before)
    }

    @Test func anAbsolutePathBecomesAFileURI() throws {
        let finding = rule.finding("m", at: nil)
        let report = Report(source: SourceText(name: "/a b/c.topo", text: ""), findings: [finding])
        #expect(try SARIFRenderer.render([report], rules: []).contains("\"file:///a%20b/c.topo\""))
    }

    @Test(
        .enabled(
            if: ProcessInfo.processInfo.environment["TOPOC_SARIF_SCHEMA"] != nil,
            "set TOPOC_SARIF_SCHEMA to OASIS's sarif-schema-2.1.0.json"))
    func theLogIsValidAgainstTheOfficialSchema() throws {
        let schema = try #require(ProcessInfo.processInfo.environment["TOPOC_SARIF_SCHEMA"])
        let log = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).sarif")
        try Data(SARIFRenderer.render([sample(), sample()], rules: [rule]).utf8).write(to: log)
        defer { try? FileManager.default.removeItem(at: log) }
        let script = """
            import json, sys
            from jsonschema import Draft7Validator
            errors = list(Draft7Validator(json.load(open(sys.argv[1]))).iter_errors(json.load(open(sys.argv[2]))))
            print(*(f"{'/'.join(map(str, e.absolute_path))}: {e.message}" for e in errors), sep="\\n")
            sys.exit(bool(errors))
            """
        let python = ProcessInfo.processInfo.environment["TOPOC_PYTHON"] ?? "python3"
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [python, "-c", script, schema, log.path]
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0, "\(output)")
    }
}
