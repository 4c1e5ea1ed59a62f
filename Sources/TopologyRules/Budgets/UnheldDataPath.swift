// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import Wiring

/// topoc's device asked for where the tree's data path is built.
enum UnheldDataPath: Rule {
    static let description = RuleDescription(
        code: "TOPO415", name: "unheld-data-path", severity: .error,
        summary: "A VM asks for a device that the target, or the data path that is built, does not have.",
        rationale: """
            `--data-path tree`, and the target 3.8, which has no other, give every VM the tree's device, over the tree's \
            connector, which gives each end of a link a badge of its own. topoc's device waits for one badge.

            The other way round is possible: with the data path `topoc` a VM that says `dataPath: .tree` has the tree's \
            device, unmodified, and those with whom it is joined speak libvirtqueue's layout. The example is wrong for \
            the data path `tree` alone.

            On Arm topoc's device is the only one: the tree's sends every frame to every peer, whatever its address.
            """,
        bad: """
            import Topology

            Assembly("pair") {
                VM(0, dataPath: .topoc)
                VM(1)
                Partition("lan") { Link(0, 1) }
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

    static func check(_ subject: Subject, _ report: (Finding) -> Void) {
        if subject.target.dialect != nil, !subject.target.dataPaths.contains(.tree) {
            for node in subject.nodes {
                guard let dataPath = node.declaration.dataPath, dataPath.value == .tree else { continue }
                report(
                    description.finding(
                        "\(node.label) asks for the tree's device, which the target \(subject.target.name) does not have",
                        at: dataPath.origin.span ?? node.identityOrigin.span, notes: ["leave `dataPath:` out"]))
            }
        }
        guard subject.target.dataPath == .tree else { return }
        let way =
            subject.target.dataPaths.contains(.topoc)
            ? "build with `--data-path topoc`, or leave `dataPath:` out"
            : "leave `dataPath:` out, or take a target from 3.9 on"
        for node in subject.nodes {
            guard let dataPath = node.declaration.dataPath, dataPath.value == .topoc else { continue }
            report(
                description.finding(
                    "\(node.label) asks for topoc's device, and the data path is the tree's",
                    at: dataPath.origin.span ?? node.identityOrigin.span, notes: [way]))
        }
    }
}
