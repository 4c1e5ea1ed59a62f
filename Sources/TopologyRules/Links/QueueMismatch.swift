// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import Wiring

/// Two rows of a link that say different sizes.
enum QueueMismatch: Rule {
    static let description = RuleDescription(
        code: "TOPO306", name: "queue-mismatch", severity: .error,
        summary: "The two rows of a link disagree on the queue length or the shared memory.",
        rationale: """
            Both ends of a virtqueue map the same memory and compute from the queue length where its rings are. \
            CAmkES compares the sizes (`does not match size configuration from other side`), and the length belongs \
            to the connection, so that a link can have one only.

            With `--allow` the row of the lower VM counts.
            """,
        bad: """
            import Topology

            Assembly("pair") {
                VMs(0..<2)
                Partition("lan") {
                    Connect(0, to: 1, queueLength: 128)
                    Connect(1, to: 0)
                }
            }
            """,
        good: """
            import Topology

            Assembly("pair") {
                VMs(0..<2)
                Partition("lan") {
                    Connect(0, to: 1, queueLength: 128)
                    Connect(1, to: 0, queueLength: 128)
                }
            }
            """,
        isAllowable: true)

    static func check(_ subject: Subject, _ report: (Finding) -> Void) {
        let network = subject.network
        var clashes = LinkClashes()
        for (index, half) in network.halves.enumerated() where half.from != half.to {
            guard network.first(like: index) == index, let answer = network.answer(to: index), answer < index,
                LinkClash.Group(half) != LinkClash.Group(network.halves[answer]),
                half.partition == network.halves[answer].partition,
                settings(half, network) != settings(network.halves[answer], network)
            else { continue }
            clashes.add(first: answer, second: index, in: network)
        }
        for clash in clashes.order {
            let pairs = clashes.pairs(of: clash)
            let halves = (first: network.halves[pairs[0].first], second: network.halves[pairs[0].second])
            report(
                description.finding(
                    "the link of \(network.pairLabels(pairs.map(\.second))) has \(text(halves.second, network)) in one "
                        + "row and \(text(halves.first, network)) in the other",
                    at: network.group(of: halves.second).origin.span,
                    labels: [Label(network.group(of: halves.first).origin, "the other row")].compactMap { $0 },
                    notes: ["give both rows the same sizes, or set them for the partition"]))
        }
    }

    private static func settings(_ half: Half, _ network: Network) -> [Int] {
        [network.queueLength(of: half).value, network.sharedMemory(of: half).value]
    }

    private static func text(_ half: Half, _ network: Network) -> String {
        "\(network.queueLength(of: half).value) descriptors and \(network.sharedMemory(of: half).value) bytes"
    }
}
