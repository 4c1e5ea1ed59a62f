// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import Topology
import Wiring

/// A way through other VMs between VMs that must not reach each other.
enum NeverRelayed: Rule {
    static let description = RuleDescription(
        code: "TOPO502", name: "never-relayed", severity: .warning,
        summary: "VMs of which a `Never` says that one does not reach the other are joined through other VMs.",
        rationale: """
            No frame crosses a VM by itself: its switch does not pass on what it received. But the guest can, with \
            `ip_forward` or a bridge, and a guest that was taken over will. The isolation then rests on the VMs along \
            the way, and no longer on seL4 alone.

            Where the VM in between is trusted (a gateway, a filter), allow the finding and say so.
            """,
        bad: """
            import Topology

            Assembly("relay") {
                VMs(0..<3)
                Partition("left") { Link(0, 1) }
                Partition("right") { Link(1, 2) }
                Never(0, reaches: 2)
            }
            """,
        good: """
            import Topology

            Assembly("two") {
                VMs(0..<4)
                Partition("left") { Link(0, 1) }
                Partition("right") { Link(2, 3) }
                Never(0, reaches: 2)
            }
            """,
        isAllowable: true)

    static func check(_ subject: Subject, _ report: (Finding) -> Void) {
        let network = subject.network
        guard !network.nevers.isEmpty else { return }
        let paths = RelayPaths(network)
        let reach = FilteredReach(network)
        for never in network.nevers {
            let pairs = relayed(never, paths, reach, network)
            guard let first = pairs.first else { continue }
            let path = way(first.source.value, first.destination.value, paths, reach, network)
            let from = network.nodes[first.source.value]
            let to = network.nodes[first.destination.value]
            let labels = zip(path, path.dropFirst()).prefix(Listing.limit).compactMap { a, b -> Label? in
                guard let half = network.link(a, b) else { return nil }
                return Label(network.origin(of: network.halves[half]), "links \(network.pairLabel(half))")
            }
            let others = pairs.dropFirst().prefix(Listing.limit).map { pair in
                "\(network.nodes[pair.source.value].number)–\(network.nodes[pair.destination.value].number)"
            }
            report(
                description.finding(
                    "\(from.label) must never reach \(to.label), but can through other VMs: "
                        + route(path.map { "\(network.nodes[$0].number)" }),
                    at: first.destination.origin.span ?? never.origin.span, labels: labels,
                    notes: (others.isEmpty ? [] : ["so can others of this Never, as \(Listing.list(others))"]) + [
                        "take one of the links away, or allow the finding where the VMs in between are trusted"
                    ]))
        }
    }

    /// The first few pairs that other VMs join.
    private static func relayed(
        _ never: ResolvedNever, _ paths: RelayPaths, _ reach: FilteredReach, _ network: Network
    ) -> [(source: Placed<Int>, destination: Placed<Int>)] {
        var destinations: [Int: [Placed<Int>]] = [:]
        for destination in never.destinations {
            destinations[paths.domain[destination.value], default: []].append(destination)
        }
        var pairs: [(source: Placed<Int>, destination: Placed<Int>)] = []
        for source in never.sources {
            for destination in destinations[paths.domain[source.value]] ?? []
            where source.value != destination.value && !isLinked(source.value, destination.value, reach, network)
                && !way(source.value, destination.value, paths, reach, network).isEmpty
            {
                pairs.append((source, destination))
                if pairs.count > Listing.limit { return pairs }
            }
        }
        return pairs
    }

    /// Whether frames come there without another VM, of which another rule speaks.
    private static func isLinked(_ a: Int, _ b: Int, _ reach: FilteredReach, _ network: Network) -> Bool {
        network.filters.isEmpty ? network.link(a, b) != nil : reach.crosses(a, b)
    }

    /// A way between two nodes of one domain; empty where filters let nothing come there. Without filters every link is
    /// a way in both directions.
    private static func way(
        _ start: Int, _ end: Int, _ paths: RelayPaths, _ reach: FilteredReach, _ network: Network
    ) -> [Int] {
        network.filters.isEmpty ? paths.path(start, end) : reach.way(from: start, to: end) ?? []
    }

    private static func route(_ numbers: [String]) -> String {
        let ends = Listing.limit
        guard numbers.count > 2 * ends else { return numbers.joined(separator: " → ") }
        let hidden = numbers.count - 2 * ends
        return (numbers.prefix(ends) + ["… \(hidden) more …"] + numbers.suffix(ends)).joined(separator: " → ")
    }
}
