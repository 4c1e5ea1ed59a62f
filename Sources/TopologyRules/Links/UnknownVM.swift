// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import Topology
import Wiring

/// A reference to a VM that is not there.
enum UnknownVM: Rule {
    static let description = RuleDescription(
        code: "TOPO301", name: "unknown-vm", severity: .error,
        summary: "A link or a `Never` names a VM that is not declared.",
        rationale: """
            In upstream's macros an unknown peer is a macro that is not defined: `Syntax error in input at \
            'VM7_MACADDRESS'`, in a line that nobody wrote. In a `Never` it would be an assertion that always holds.
            """,
        bad: """
            import Topology

            Assembly("pair") {
                VM(0, name: "web")
                VM(1, name: "db")
                Partition("lan") { Link("web", "bd") }
            }
            """,
        good: """
            import Topology

            Assembly("pair") {
                VM(0, name: "web")
                VM(1, name: "db")
                Partition("lan") { Link("web", "db") }
            }
            """,
        isAllowable: false)

    static let judgesAbsence = true

    static func check(_ subject: Subject, _ report: (Finding) -> Void) {
        // A topology without any VM is that rule's.
        guard !subject.nodes.isEmpty else { return }
        var suggestions: [VMReference: String?] = [:]
        for unresolved in subject.network.unresolved {
            let reference = unresolved.reference.value
            let meant = suggestions[reference] ?? suggestion(for: reference, among: subject, after: suggestions.count)
            suggestions[reference] = .some(meant)
            let place = unresolved.partition.map { Self.place($0, subject) } ?? "a Never"
            report(
                description.finding(
                    "\(place) names \(label(reference)), which is not declared"
                        + (meant.map { "; did you mean \($0)?" } ?? ""),
                    at: unresolved.reference.origin.span, notes: [declared(subject, like: reference)]))
        }
    }

    private static func place(_ name: String, _ subject: Subject) -> String {
        let isFilter = subject.assembly.partitions.contains { $0.name.value == name && $0.filter != nil }
        return "\(isFilter ? "filter" : "partition") \(Names.quoted(name))"
    }

    /// Candidates are compared for this many references; a text with more faults than that has another problem.
    private static let mostSuggestions = 64

    private static func suggestion(for reference: VMReference, among subject: Subject, after count: Int) -> String? {
        guard count < mostSuggestions else { return nil }
        switch reference {
        case .number(let number):
            let nearest = subject.nodes.min { distance($0.number, number) < distance($1.number, number) }
            return nearest.map { "\($0.number)" }
        case .name(let name):
            if let number = Int(name), subject.nodes.contains(where: { $0.number == number }) { return "\(number)" }
            return Suggestion.nearest(to: name, among: subject.nodes.lazy.compactMap(\.name)).map { "\"\($0)\"" }
        }
    }

    private static func distance(_ a: Int, _ b: Int) -> UInt {
        let (difference, overflow) = a.subtractingReportingOverflow(b)
        return overflow ? .max : difference.magnitude
    }

    private static func label(_ reference: VMReference) -> String {
        switch reference {
        case .number(let number): "VM \(number)"
        case .name(let name): "VM \(Names.quoted(name))"
        }
    }

    private static func declared(_ subject: Subject, like reference: VMReference) -> String {
        if case .name = reference {
            let names = subject.nodes.lazy.compactMap(\.name)
            let shown = names.prefix(Listing.limit).map { "\"\($0)\"" }
            if !shown.isEmpty { return "the names declared are \(Listing.list(shown, total: names.count))" }
        }
        let shown = subject.nodes.prefix(Listing.limit).map { "\($0.number)" }
        return "the numbers declared are \(Listing.list(shown, total: subject.nodes.count))"
    }
}
