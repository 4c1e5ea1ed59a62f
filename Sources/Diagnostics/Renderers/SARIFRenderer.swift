// SPDX-License-Identifier: BSD-2-Clause

/// Findings as SARIF 2.1.0 (OASIS), which code scanning services read.
public enum SARIFRenderer {
    /// One log with one run. Rules that the reports do not name are listed too, so that a service can show them all.
    public static func render(_ reports: [Report], rules: [RuleDescription]) throws -> String {
        let indices = Dictionary(rules.enumerated().map { ($1.code, $0) }, uniquingKeysWith: { first, _ in first })
        var names: [String] = []
        var artifacts: [String: Int] = [:]
        for name in reports.map(\.source.name) where artifacts[name] == nil {
            artifacts[name] = names.count
            names.append(name)
        }
        let results = reports.flatMap { report in
            self.results(of: report, artifact: artifacts[report.source.name] ?? 0, indices)
        }
        let version = TopocVersion.current
        let driver = SARIFLog.Driver(version: version, semanticVersion: version, rules: rules.map(rule))
        let run = SARIFLog.Run(
            tool: .init(driver: driver),
            artifacts: names.map { .init(location: .init(uri: uri($0), index: nil)) }, results: results)
        return try JSONRenderer.encoded(SARIFLog(runs: [run]))
    }

    private static func results(
        of report: Report, artifact: Int, _ indices: [String: Int]
    ) -> [SARIFLog.Result] {
        let writer = ResultWriter(source: report.source, artifact: artifact)
        var fingerprints = Fingerprints()
        func result(_ finding: Finding, _ suppression: SARIFLog.Suppression?) -> SARIFLog.Result {
            writer.result(
                finding, ruleIndex: indices[finding.code], fingerprint: fingerprints.next(finding, in: report.source),
                suppression)
        }
        let found = report.findings.map { result($0, nil) }
        let allowed = report.allowed.map { allowed in
            result(
                allowed.finding,
                .init(kind: allowed.reason == nil ? "external" : "inSource", justification: allowed.reason))
        }
        return found + allowed
    }

    private static func rule(_ rule: RuleDescription) -> SARIFLog.Rule {
        func help(_ example: (String) -> String) -> String {
            rule.rationale + "\n\nRefused:\n\n" + example(rule.bad) + "\nAccepted:\n\n" + example(rule.good)
        }
        func ended(_ text: String) -> String { text.hasSuffix("\n") ? text : text + "\n" }
        let text = help(ended)
        let markdown = help { "```swift\n" + ended($0) + "```\n" }
        return SARIFLog.Rule(
            id: rule.code, name: rule.name, shortDescription: .init(text: rule.summary),
            fullDescription: .init(text: rule.rationale), help: .init(text: text, markdown: markdown),
            defaultConfiguration: .init(level: rule.severity))
    }

    /// A path as a URI reference (RFC 3986): relative ones stay relative, absolute ones become `file:` URIs.
    static func uri(_ path: String) -> String {
        let encoded = path.utf8.map { byte -> String in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"), UInt8(ascii: "/"):
                return String(UnicodeScalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                return "%" + (digits.count == 1 ? "0" : "") + digits
            }
        }.joined()
        return path.hasPrefix("/") ? "file://" + encoded : encoded
    }
}

/// Writes the results of one file.
private struct ResultWriter {
    let source: SourceText
    let artifact: Int

    func result(
        _ finding: Finding, ruleIndex: Int?, fingerprint: String, _ suppression: SARIFLog.Suppression?
    ) -> SARIFLog.Result {
        SARIFLog.Result(
            ruleId: finding.code, ruleIndex: ruleIndex, level: finding.severity,
            message: .init(text: ([finding.message] + finding.notes).joined(separator: "\n")),
            locations: [.init(id: nil, physicalLocation: place(finding.span), message: nil)],
            relatedLocations: finding.labels.enumerated().map { index, label in
                .init(id: index + 1, physicalLocation: place(label.span), message: .init(text: label.message))
            },
            partialFingerprints: ["topocFinding/v1": fingerprint],
            fixes: finding.fixIts.isEmpty ? nil : finding.fixIts.map(fix),
            suppressions: suppression.map { [$0] })
    }

    private func fix(_ fixIt: FixIt) -> SARIFLog.Fix {
        let replacements = fixIt.edits.map {
            SARIFLog.Replacement(deletedRegion: region($0.span), insertedContent: .init(text: $0.replacement))
        }
        return .init(
            description: .init(text: fixIt.message),
            artifactChanges: [.init(artifactLocation: location, replacements: replacements)])
    }

    private var location: SARIFLog.ArtifactLocation { .init(uri: SARIFRenderer.uri(source.name), index: artifact) }

    private func place(_ span: SourceSpan?) -> SARIFLog.PhysicalLocation {
        .init(artifactLocation: location, region: span.map(region))
    }

    private func region(_ span: SourceSpan) -> SARIFLog.Region {
        let start = source.position(of: span.lowerBound)
        let end = source.position(of: span.upperBound)
        return .init(
            startLine: start.line, startColumn: start.column, endLine: end.line, endColumn: end.column)
    }
}
