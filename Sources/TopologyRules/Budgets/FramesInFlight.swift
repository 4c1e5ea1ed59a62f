// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import Wiring

/// A queue that holds one frame.
enum FramesInFlight: Rule {
    static let description = RuleDescription(
        code: "TOPO410", name: "frames-in-flight", severity: .warning,
        summary: "Only one full frame at a time fits into a virtqueue.",
        rationale: """
            The tree's device does not wait: a frame for which there is no room is dropped. With room for one, the second \
            frame of every burst is lost unless the peer ran in between, and TCP falls back to its timers. Upstream's \
            32768 bytes hold 16 full frames.

            topoc's data path lets frames wait, but a ring that holds one makes its two VMs take turns, a frame each. A \
            frame takes one of its descriptors, not twelve: the example is wrong for the data path `tree` and right for \
            `topoc`.
            """,
        bad: """
            import Topology

            Assembly("pair") {
                VMs(0..<2)
                Partition("lan", queueLength: 16) { Link(0, 1) }
            }
            """,
        good: """
            import Topology

            Assembly("pair") {
                VMs(0..<2)
                Partition("lan", queueLength: 32) { Link(0, 1) }
            }
            """,
        isAllowable: true)

    static func check(_ subject: Subject, _ report: (Finding) -> Void) {
        for budget in subject.budgets where budget.kind == .frameBlocks && !budget.isExceeded {
            guard case .queues(let half) = budget.owner, budget.available < 2 * budget.used else { continue }
            let place = subject.place(ofQueues: half)
            let enough = RingLayout.sharedMemory(
                queueLength: Defaults.queueLength, frames: 16, place.layout)
            report(
                description.finding(
                    "\(place.memory.value) bytes with \(place.length.value) descriptors hold one full frame at a time",
                    at: place.span, labels: [Label(place.length.origin, "the queue length")].compactMap { $0 },
                    notes: [
                        "\(budget.available) blocks are usable, and a frame takes \(budget.used)",
                        "take \(enough) bytes with \(Defaults.queueLength) descriptors, which hold 16",
                    ]))
        }
    }
}
