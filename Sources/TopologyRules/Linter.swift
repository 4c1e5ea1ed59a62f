// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import Topology
import TopologyLanguage
import Wiring

/// What lint found, and what can be made of the topology.
public struct LintResult: Sendable {
    public let report: Report
    /// `nil` where the text has no assembly.
    public let network: Network?
    /// `nil` where an error remains, or a fault leaves nothing to wire.
    public let wiring: Wiring?
    public let budgets: [Budget]
}

/// The whole of lint.
public enum Linter {
    /// All that is wrong with a text, each fault once, sorted by place; with what its comments and the command line
    /// allow set apart.
    /// - Parameter codes: of `--allow`.
    public static func lint(_ file: TopologyFile, target: Target, allowing codes: Set<String> = []) -> LintResult {
        let subject = file.assembly.map { Subject(Network($0), target: target, source: file.source) }
        var findings = file.findings
        if let subject {
            for rule in Catalogue.rules where file.isWhole || !rule.judgesAbsence {
                rule.check(subject) { findings.append($0) }
            }
        }
        var filter = AllowanceFilter(file.allowances, commandLine: codes)
        var report = Report(source: file.source, findings: filter.faults)
        for finding in inOrder(findings) {
            if let allowed = filter.allow(finding) {
                report.allowed.append(allowed)
            } else {
                report.findings.append(finding)
            }
        }
        // Of a text that was not understood whole, an allowance may be about the other part.
        if file.isWhole { report.findings += filter.unused }
        report.findings = inOrder(report.findings)
        return LintResult(
            report: report, network: subject?.network, wiring: report.hasErrors ? nil : subject?.wiring,
            budgets: subject?.budgets ?? [])
    }

    /// Each once, by place, then by code. What has no place is about the whole file and comes first.
    private static func inOrder(_ findings: [Finding]) -> [Finding] {
        var seen: Set<Finding> = []
        return findings.filter { seen.insert($0).inserted }.enumerated().sorted { a, b in
            key(a.element, a.offset) < key(b.element, b.offset)
        }.map(\.element)
    }

    private static func key(_ finding: Finding, _ offset: Int) -> (Int, Int, String, Int) {
        (finding.span?.lowerBound ?? -1, finding.span?.upperBound ?? -1, finding.code, offset)
    }
}
