// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import Topology
import Wiring

/// A filter that the data path cannot have.
enum FilterDataPath: Rule {
    static let description = RuleDescription(
        code: "TOPO329", name: "filter-data-path", severity: .error,
        summary: "A filter is built for another data path than the assembly has.",
        rationale: """
            topoc's filter stands between devices over topoc's connector, which the data path `topoc` has: camkes-vm 3.9 \
            and newer, without `--data-path tree`. The CakeML component stands between the tree's own devices, so it \
            takes `--data-path tree`, on 3.9 and newer, too. The lab runs either.
            """,
        bad: """
            import Topology

            Assembly("filtered") {
                VM("a")
                VM("b")
                Filter("fw", between: "a", and: "b", implementation: .cakeML) {
                    Allow(.any)
                }
            }
            """,
        good: """
            import Topology

            Assembly("filtered") {
                VM("a")
                VM("b")
                Filter("fw", between: "a", and: "b") { Allow(.any) }
            }
            """,
        isAllowable: false)

    static func check(_ subject: Subject, _ report: (Finding) -> Void) {
        guard let dialect = subject.target.dialect else { return }
        for filter in subject.network.filters {
            let wanted: DataPath = filter.implementation == .native ? .topoc : .tree
            guard subject.target.dataPath != wanted || dialect.keysSharedMemoryByAttributes else { continue }
            report(
                description.finding(
                    "filter \(Names.quoted(filter.name.value)) needs the data path `\(wanted.rawValue)`, not "
                        + "`\(subject.target.dataPath.rawValue)` on \(subject.target.name)",
                    at: filter.name.origin.span,
                    notes: [
                        wanted == .topoc
                            ? "leave `--data-path tree` out, or build for camkes-vm 3.9 or newer"
                            : "build with `--data-path tree` for 3.9 or newer, or leave `implementation:` out"
                    ]))
        }
    }
}
