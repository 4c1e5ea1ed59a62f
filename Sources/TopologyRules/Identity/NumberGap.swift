// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import Wiring

/// VM numbers that are not 0..N-1.
enum NumberGap: Rule {
    static let description = RuleDescription(
        code: "TOPO223", name: "number-gap", severity: .error,
        summary: "The VMs are not numbered from 0 without a gap.",
        rationale: """
            The serial server takes a VM's number as an index among as many clients as there are VMs, and asserts at \
            boot that it is one. An assembly with VMs 0 and 2 builds, and stops before the first guest starts.
            """,
        bad: """
            import Topology

            Assembly("pair") {
                VM(0)
                VM(2)
                Partition("lan") { Link(0, 2) }
            }
            """,
        good: """
            import Topology

            Assembly("pair") {
                VM(0)
                VM(1)
                Partition("lan") { Link(0, 1) }
            }
            """,
        isAllowable: false)

    static let judgesAbsence = true

    static func check(_ subject: Subject, _ report: (Finding) -> Void) {
        let numbers = Set(subject.nodes.map(\.number))
        // Numbers that two VMs share leave gaps of their own; those are the duplicate's fault.
        let beyond = subject.nodes.filter { !(0..<subject.nodes.count).contains($0.number) }
        guard let first = beyond.first(where: { $0.number >= 0 }) ?? beyond.first else { return }
        let missing = (0..<subject.nodes.count).filter { !numbers.contains($0) }
        let gaps = Listing.list(missing.prefix(Listing.limit).map(String.init), total: missing.count)
        let isMissing = missing.isEmpty ? "" : ", and \(gaps) \(missing.count == 1 ? "is" : "are") missing"
        report(
            description.finding(
                "\(first.label) is out of range: \(Listing.count(subject.nodes.count, "VM")) must be numbered 0 to "
                    + "\(subject.nodes.count - 1)" + isMissing,
                at: first.identityOrigin.span,
                labels: beyond.filter { $0.number != first.number }.prefix(Listing.limit).compactMap {
                    Label($0.identityOrigin, "\($0.label) is out of range too")
                },
                notes: ["number the VMs in order, or declare them together: VMs(0..<\(subject.nodes.count))"]))
    }
}
