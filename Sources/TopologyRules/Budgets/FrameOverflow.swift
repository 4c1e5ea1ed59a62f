// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import Wiring

/// A queue through which no full frame passes.
enum FrameOverflow: Rule {
    static let description = RuleDescription(
        code: "TOPO409", name: "frame-overflow", severity: .error,
        summary: "A full Ethernet frame does not fit into a virtqueue.",
        rationale: """
            The device's MTU is 1500, so a guest sends frames of up to 1514 bytes. What the rings leave of the shared \
            memory is cut into blocks of 128 bytes, of which such a frame takes 12, with a descriptor each. 8192 bytes \
            at a queue length of 256 have 11 blocks: frames of up to 1408 bytes pass, and larger ones never do. `ping` \
            works, `scp` hangs.

            topoc's data path cuts nothing into blocks, but for lines of 64 bytes, and needs one descriptor a frame: 8192 \
            bytes hold two full frames. The example is wrong for the data path `tree` and right for `topoc`.
            """,
        bad: """
            import Topology

            Assembly("pair") {
                VMs(0..<2)
                Partition("lan", sharedMemory: 8192) { Link(0, 1) }
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
        for budget in subject.budgets where budget.kind == .frameBlocks && budget.isExceeded {
            guard case .queues(let half) = budget.owner else { continue }
            let place = subject.place(ofQueues: half)
            guard
                let layout = RingLayout(
                    queueLength: place.length.value, sharedMemory: place.memory.value,
                    layout: place.layout),
                layout.ringBytes <= layout.sharedMemory
            else { continue }
            let (what, way) =
                layout.blocks < layout.queueLength || layout.layout == .packed
                ? (
                    "\(layout.sharedMemory) bytes leave \(layout.blocks) blocks of \(RingLayout.blockSize(layout.layout)) bytes",
                    "take \(Self.enough(layout)) bytes, which hold 16 full frames"
                )
                : ("the queue has \(layout.queueLength) descriptors", "take a queue length of 256, or 16 at least")
            report(
                description.finding(
                    "\(what), and a full frame of \(RingLayout.frameSize) bytes takes "
                        + "\(RingLayout.blocksPerFrame(layout.layout)): the largest that passes has \(layout.largestFrame) bytes",
                    at: place.span, labels: [Label(place.length.origin, "the queue length")].compactMap { $0 },
                    notes: [way]))
        }
    }

    private static func enough(_ layout: RingLayout) -> Int {
        RingLayout.sharedMemory(queueLength: layout.queueLength, frames: 16, layout.layout)
    }
}
