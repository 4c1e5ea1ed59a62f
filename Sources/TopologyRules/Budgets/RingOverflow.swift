// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import Wiring

/// Rings that are larger than their memory.
enum RingOverflow: Rule {
    static let description = RuleDescription(
        code: "TOPO408", name: "ring-overflow", severity: .error,
        summary: "The rings of a virtqueue do not fit into its shared memory.",
        rationale: """
            The rings and the descriptor table stand at the beginning of the shared memory and take 8 bytes and 26 a \
            descriptor: 6664 at a queue length of 256. Nothing compares that with the memory there is. With 4096 bytes \
            the driver initialises descriptors beyond the region, in whatever is mapped there.

            topoc's data path takes 128 bytes and 16 a descriptor, 4224 at 256, and does not start over less.
            """,
        bad: """
            import Topology

            Assembly("pair") {
                VMs(0..<2)
                Partition("lan", sharedMemory: 4096) { Link(0, 1) }
            }
            """,
        good: """
            import Topology

            Assembly("pair") {
                VMs(0..<2)
                Partition("lan", sharedMemory: 32768) { Link(0, 1) }
            }
            """,
        isAllowable: true)

    static func check(_ subject: Subject, _ report: (Finding) -> Void) {
        for budget in subject.budgets where budget.kind == .ringBytes && budget.isExceeded {
            guard case .queues(let half) = budget.owner else { continue }
            let place = subject.place(ofQueues: half)
            let enough = RingLayout.sharedMemory(queueLength: place.length.value, frames: 16, place.layout)
            report(
                description.finding(
                    "the rings of \(place.length.value) descriptors take \(budget.used) bytes, and there are "
                        + "\(budget.available)",
                    at: place.span, labels: [Label(place.length.origin, "the queue length")].compactMap { $0 },
                    notes: ["take \(enough) bytes, which hold the rings and 16 full frames, or a shorter queue"]))
        }
    }
}
