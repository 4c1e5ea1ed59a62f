// SPDX-License-Identifier: BSD-2-Clause

import ArgumentParser
import Wiring

struct Targets: TopocCommand {
    static let configuration = CommandConfiguration(
        abstract: "List the targets, and what each of them holds.",
        discussion: """
            The first is the default of `--target`, and the first line of a target its default of `--data-path`. The \
            columns count what there is: vswitch nodes, badges and queue ids for the peers of each VM (a peer takes one \
            node, two badges and two ids), the one queue length where it cannot be chosen, VMs that the serial server \
            keeps apart, and megabytes of guest memory. A `-` is no limit.
            """)

    func perform() throws -> Outcome {
        let heading = [
            "TARGET", "DATA PATH", "VSWITCH NODES", "BADGES", "QUEUE IDS", "QUEUE LENGTH", "VMS", "GUEST MIB",
            "WHAT IT IS",
        ]
        let rows = Target.all.flatMap { target in
            target.dataPaths.compactMap(target.with).map { target in
                [target.name, target.dataPath.rawValue] + cells(target.limits) + [target.summary]
            }
        }
        try Console.print(table([heading] + rows))
        return .clean
    }

    private func cells(_ limits: Target.Limits?) -> [String] {
        guard let limits else { return Array(repeating: "-", count: 6) }
        // Badges are what the VM's own interfaces leave for peers.
        return [
            limits.vswitchNodes.map { "\($0)" } ?? "-",
            limits.notificationBadges.map { "\($0 - limits.badgesTaken.count)" } ?? "-",
            "\(limits.queueIDs)", limits.fixedQueueLength.map { "\($0)" } ?? "-", "\(limits.serialServerVMs)",
            "\(limits.guestMemoryMiB)",
        ]
    }

    private func table(_ rows: [[String]]) -> String {
        let widths = rows.reduce(into: [Int](repeating: 0, count: rows[0].count)) { widths, row in
            for (column, cell) in row.enumerated() { widths[column] = max(widths[column], cell.count) }
        }
        return rows.map { row in
            let cells = row.enumerated().map { column, cell in
                column == row.count - 1 ? cell : cell + String(repeating: " ", count: widths[column] - cell.count)
            }
            return cells.joined(separator: "  ") + "\n"
        }.joined()
    }
}
