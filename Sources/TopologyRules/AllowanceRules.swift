// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import TopologyLanguage

/// What is wrong with an allowance. Their codes stand with the language's, whose comments they are about.
enum AllowanceRules {
    static let all = [unused, impossible]

    static let unused = RuleDescription(
        code: "TOPO131", name: "unused-allowance", severity: .warning,
        summary: "A comment `topoc:allow` lets nothing pass: there is no such finding where it stands.",
        rationale: """
            What it was for has been mended, or it stands at another declaration than the one it is about. Left there, \
            it would let the next finding pass, with a reason that was given for another.

            Findings about budgets depend on the target, so that an allowance of their codes (TOPO4xx) may be unused. \
            `--allow` is given for many files at once and may be unused as well.
            """,
        bad: """
            import Topology

            Assembly("pair") {
                // topoc:allow TOPO205 the address of the real card
                VM(0, mac: "02:00:00:00:AA:01")
                VM(1, mac: "02:00:00:00:AA:02")
                Partition("lan") { Link(0, 1) }
            }
            """,
        good: """
            import Topology

            Assembly("pair") {
                // topoc:allow TOPO205 the address of the real card
                VM(0, mac: "00:1B:21:00:AA:01")
                VM(1, mac: "02:00:00:00:AA:02")
                Partition("lan") { Link(0, 1) }
            }
            """,
        isAllowable: false)

    static let impossible = RuleDescription(
        code: "TOPO132", name: "impossible-allowance", severity: .error,
        summary: "An allowance names a code that is not there, or one that cannot be allowed.",
        rationale: """
            A finding whose code cannot be allowed leaves nothing to write: an address that cannot be read, a link \
            without its other half. And a code that is not there allows nothing, while the reader believes it does.
            """,
        bad: """
            import Topology

            Assembly("pair") {
                // topoc:allow TOPO999 whatever it is
                VMs(0..<2)
                Partition("lan") { Link(0, 1) }
            }
            """,
        good: """
            import Topology

            Assembly("pair") {
                VMs(0..<2)
                Partition("lan") { Link(0, 1) }
            }
            """,
        isAllowable: false)
}

/// Lets findings pass, and says which allowances were no good.
struct AllowanceFilter {
    private let allowances: [Allowance]
    private let commandLine: Set<String>
    private var isUsed: [Bool]
    /// Indices of the allowances of each code.
    private var byCode: [String: [Int]] = [:]
    /// What is wrong with the allowances themselves, whatever they meet.
    private(set) var faults: [Finding] = []

    init(_ allowances: [Allowance], commandLine codes: Set<String>) {
        self.allowances = allowances
        isUsed = allowances.map { _ in false }
        guard !allowances.isEmpty || !codes.isEmpty else {
            commandLine = []
            return
        }
        let isAllowable = Dictionary(
            Catalogue.descriptions.map { ($0.code, $0.isAllowable) }, uniquingKeysWith: { first, _ in first })
        commandLine = codes.filter { isAllowable[$0] == true }
        for code in codes.sorted() where isAllowable[code] != true {
            faults.append(Self.fault("`--allow \(code)`", code, isKnown: isAllowable[code] != nil, at: nil))
        }
        for (index, allowance) in allowances.enumerated() {
            guard isAllowable[allowance.code] == true else {
                faults.append(
                    Self.fault(
                        "`topoc:allow \(allowance.code)`", allowance.code, isKnown: isAllowable[allowance.code] != nil,
                        at: allowance.span))
                isUsed[index] = true
                continue
            }
            byCode[allowance.code, default: []].append(index)
        }
    }

    /// The finding as allowed, or `nil` where nothing allows it.
    mutating func allow(_ finding: Finding) -> AllowedFinding? {
        let covering = byCode[finding.code, default: []].filter { covers(allowances[$0], finding) }
        for index in covering { isUsed[index] = true }
        if let first = covering.first { return AllowedFinding(finding, reason: allowances[first].reason) }
        return commandLine.contains(finding.code) ? AllowedFinding(finding, reason: nil) : nil
    }

    /// The allowances that allowed nothing.
    var unused: [Finding] {
        allowances.indices.filter { !isUsed[$0] && !allowances[$0].code.hasPrefix("TOPO4") }.map { index in
            AllowanceRules.unused.finding(
                "`topoc:allow \(allowances[index].code)` lets nothing pass here", at: allowances[index].span,
                notes: ["take it out, or put it on the line of the declaration that it is about"])
        }
    }

    /// A finding is covered where one of its places is; one about the whole file by an allowance for the whole file,
    /// which is one that covers its own comment.
    private func covers(_ allowance: Allowance, _ finding: Finding) -> Bool {
        let places = (finding.span.map { [$0] } ?? []) + finding.labels.map(\.span)
        guard !places.isEmpty else {
            return allowance.scope.lowerBound == 0 && allowance.scope.contains(allowance.span)
        }
        return places.contains { allowance.scope.contains($0) }
    }

    private static func fault(_ what: String, _ code: String, isKnown: Bool, at span: SourceSpan?) -> Finding {
        let nearest = isKnown ? nil : Suggestion.nearest(to: code, among: Catalogue.descriptions.map(\.code))
        return AllowanceRules.impossible.finding(
            "\(what) names "
                + (isKnown
                    ? "a finding that cannot be allowed: it leaves nothing to write" : "a code that is not there"),
            at: span,
            notes: [nearest.map { "did you mean \($0)?" } ?? "`topoc explain` lists the codes and which can be allowed"]
        )
    }
}
