// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics

/// Collects findings; the same code at the same place is said once, however often a loop meets it.
final class FindingList {
    private struct Key: Hashable {
        let code: String
        let span: SourceSpan?
    }

    private(set) var all: [Finding] = []
    private var seen: Set<Key> = []

    func add(_ finding: Finding) {
        guard all.count < Limits.findings, seen.insert(Key(code: finding.code, span: finding.span)).inserted
        else { return }
        all.append(finding)
    }

    func inTextOrder() -> [Finding] {
        all.enumerated()
            .sorted { ($0.element.span?.lowerBound ?? -1, $0.offset) < ($1.element.span?.lowerBound ?? -1, $1.offset) }
            .map(\.element)
    }
}
