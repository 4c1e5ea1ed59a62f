// SPDX-License-Identifier: BSD-2-Clause

import TopologyRules
import Wiring

/// Who could not reach each other before and now can: what a reviewer must agree to.
public struct Widening: Sendable, Hashable {
    public typealias VMLabel = TopologyDifference.VMLabel

    /// Two VMs that a link joins now and none did before.
    public struct Link: Sendable, Hashable, Encodable {
        /// In the order of their numbers.
        public let vms: [VMLabel]
        public let partition: String
        /// The way through other VMs that there was before, both ends included; empty where there was none.
        public let wayBefore: [VMLabel]
    }

    /// Sets of VMs of which none could reach another set's, and now can, where the guests between them pass frames on
    /// or are taken over.
    public struct Joined: Sendable, Hashable, Encodable {
        /// By their first VMs; each has one at least.
        public let sets: [[VMLabel]]
        /// Pairs of VMs of different sets that no link joins.
        public let pairs: Int
        /// A way between one of those pairs, both ends included.
        public let example: [VMLabel]
    }

    /// By the VMs' order.
    public let links: [Link]
    public let joined: [Joined]

    public var isEmpty: Bool { links.isEmpty && joined.isEmpty }

    /// A way that only relaying VMs make needs a link that was not there, so the links alone say whether a topology is
    /// wider. The joined sets say how much wider.
    init(_ old: Network, _ new: Network, _ vms: VMMatching) {
        let before = RelayPaths(old)
        let linkedBefore = Set(old.linkedPartitions.keys.map { VMMatching.Pair(unordered: $0, vms.ofOld) })
        let linked = new.linkedPartitions
        links = linked.keys.sorted().filter { !linkedBefore.contains($0) }.map { pair in
            var way: [VMLabel] = []
            if let first = vms.old(of: pair.first), let second = vms.old(of: pair.second),
                before.domain[first] == before.domain[second]
            {
                way = before.path(first, second).map { vms.label(vms.ofOld[$0]) }
            }
            let partition = new.assembly.partitions[linked[pair] ?? 0].name.value
            return Link(vms: [vms.label(pair.first), vms.label(pair.second)], partition: partition, wayBefore: way)
        }
        joined = Self.joined(new, linked, vms) { before.domain[$0] }
    }

    private static func joined(
        _ new: Network, _ linked: [VMMatching.Pair: Int], _ vms: VMMatching, domainBefore: (Int) -> Int
    ) -> [Joined] {
        let paths = RelayPaths(new)
        // A VM that is new was in a domain of its own.
        let origin = new.nodes.indices.map { index in vms.old(of: index).map(domainBefore) ?? -1 - index }
        var setOf = [Int](repeating: 0, count: origin.count)
        var sets: [Int: [[Int]]] = [:]
        var known: [VMMatching.Pair: Int] = [:]
        for (index, domain) in paths.domain.enumerated() {
            let key = VMMatching.Pair(domain, origin[index])
            let place = known[key] ?? sets[domain, default: []].count
            if known.updateValue(place, forKey: key) == nil { sets[domain, default: []].append([]) }
            sets[domain]?[place].append(index)
            setOf[index] = place
        }
        var linksAcross: [Int: Int] = [:]
        for pair in linked.keys where setOf[pair.first] != setOf[pair.second] {
            linksAcross[paths.domain[pair.first], default: 0] += 1
        }
        return sets.sorted { ($0.value[0][0]) < ($1.value[0][0]) }.compactMap { domain, sets in
            let members = sets.reduce(0) { $0 + $1.count }
            let within = sets.reduce(0) { $0 + $1.count * ($1.count - 1) / 2 }
            let pairs = members * (members - 1) / 2 - within - (linksAcross[domain] ?? 0)
            guard pairs > 0, let example = firstApart(sets, linked) else { return nil }
            return Joined(
                sets: sets.map { $0.map(vms.label) }, pairs: pairs,
                example: paths.path(example.first, example.second).map(vms.label))
        }
    }

    /// The first VMs of different sets without a link. Stops there, so that it is linear in links.
    private static func firstApart(_ sets: [[Int]], _ linked: [VMMatching.Pair: Int]) -> VMMatching.Pair? {
        for (place, set) in sets.enumerated() {
            for first in set {
                for other in sets[(place + 1)...] {
                    for second in other {
                        let pair = VMMatching.Pair(min(first, second), max(first, second))
                        if linked[pair] == nil { return pair }
                    }
                }
            }
        }
        return nil
    }
}

extension VMMatching.Pair {
    /// A pair of old nodes, as a pair of indices in ascending order.
    fileprivate init(unordered pair: VMMatching.Pair, _ index: [Int]) {
        let ends = (index[pair.first], index[pair.second])
        self.init(min(ends.0, ends.1), max(ends.0, ends.1))
    }
}

extension Network {
    /// For each pair of nodes that a link joins, in either direction, the partition; the lower node first.
    fileprivate var linkedPartitions: [VMMatching.Pair: Int] {
        var linked: [VMMatching.Pair: Int] = [:]
        for half in halves where half.from != half.to {
            let pair = VMMatching.Pair(Int(min(half.from, half.to)), Int(max(half.from, half.to)))
            if linked[pair] == nil { linked[pair] = Int(half.partition) }
        }
        return linked
    }
}
