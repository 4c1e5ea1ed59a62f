// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import Topology
import Wiring

/// A queue length that a ring cannot have.
enum QueueLength: Rule {
    static let description = RuleDescription(
        code: "TOPO405", name: "queue-length", severity: .error,
        summary: "A queue length is not a power of two from 4 to 32768.",
        rationale: """
            libvirtqueue takes an index modulo the length by masking it. A length that is no power of two is logged \
            and leaves the queue as it was; CAmkES takes any number. Indices have 16 bits, and one more value is \
            needed to say that a chain ends, so 32768 is the most. A ring of one is full when it is empty; topoc's data \
            path has four at least, the tree's two.

            The fix takes the next power of two.
            """,
        bad: """
            import Topology

            Assembly("pair") {
                VMs(0..<2)
                Partition("lan", queueLength: 200) { Link(0, 1) }
            }
            """,
        good: """
            import Topology

            Assembly("pair") {
                VMs(0..<2)
                Partition("lan", queueLength: 256) { Link(0, 1) }
            }
            """,
        isAllowable: false)

    static func check(_ subject: Subject, _ report: (Finding) -> Void) {
        let possible = RingLayout.queueLengths(subject.target.dataPath)
        for length in subject.queueLengths where !isPowerOfTwo(length.value) || !possible.contains(length.value) {
            let next = nextPowerOfTwo(length.value, in: possible)
            report(
                description.finding(
                    "the queue length \(length.value) is not a power of two from \(possible.lowerBound) "
                        + "to \(possible.upperBound)",
                    at: length.origin.span ?? subject.assembly.name.origin.span,
                    notes: ["the next that is one is \(next)"],
                    fixIts: (2...possible.upperBound).contains(length.value)
                        ? subject.replacing(length, with: next, "replace with \(next)") : []))
        }
    }

    private static func isPowerOfTwo(_ length: Int) -> Bool {
        length > 0 && length & (length - 1) == 0
    }

    /// The least possible length that is not less than this, or the greatest there is.
    private static func nextPowerOfTwo(_ length: Int, in possible: ClosedRange<Int>) -> Int {
        var power = possible.lowerBound
        while power < length, power < possible.upperBound { power *= 2 }
        return power
    }
}
