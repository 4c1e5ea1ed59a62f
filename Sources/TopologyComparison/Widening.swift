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
        /// The partition or filter.
        public let partition: String
        /// A filter stands in the middle, and lets something pass.
        public let isFiltered: Bool
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

    /// Two VMs that frames could reach each other before, of which more frames now pass, or more often: a filter between
    /// them lets through what it did not, or is no longer there.
    public struct Passing: Sendable, Hashable, Encodable {
        public let source: VMLabel
        public let destination: VMLabel
        /// The partition or filter that joins them now.
        public let partition: String
        /// Which frames, and by which rule; empty where all of them pass, since no filter is there.
        public let frames: [String]
    }

    /// By the VMs' order.
    public let links: [Link]
    /// By the VMs' order, and of two VMs the direction from the first one first.
    public let passing: [Passing]
    public let joined: [Joined]

    public var isEmpty: Bool { links.isEmpty && passing.isEmpty && joined.isEmpty }

    /// A way that only relaying VMs make needs a link that was not there, or frames that did not pass one, so links and
    /// filters alone say whether a topology is wider. The joined sets say how much wider; a link counts for them in both
    /// directions.
    init(_ old: Network, _ new: Network, _ vms: VMMatching) {
        let (joints, linked) = (Joints(old), Joints(new))
        let before = RelayPaths(old, where: joints.isWay)
        let linkedBefore = Dictionary(
            joints.pairs.map { (VMMatching.Pair(unordered: $0, vms.ofOld), $0) },
            uniquingKeysWith: { first, _ in first })
        passing = linked.pairs.sorted().flatMap { pair -> [Passing] in
            guard let pairBefore = linkedBefore[pair] else { return [] }
            let isTurned = vms.ofOld[pairBefore.first] != pair.first
            let old = joints.analysis(of: pairBefore, from: isTurned ? pairBefore.second : pairBefore.first)
            return Self.passing(linked.analysis(of: pair, from: pair.first), over: old, pair, linked, vms)
        }
        links = linked.pairs.sorted().filter { linkedBefore[$0] == nil }.map { pair in
            var way: [VMLabel] = []
            if let first = vms.old(of: pair.first), let second = vms.old(of: pair.second),
                before.domain[first] == before.domain[second]
            {
                way = before.path(first, second).map { vms.label(vms.ofOld[$0]) }
            }
            return Link(
                vms: [vms.label(pair.first), vms.label(pair.second)], partition: linked.name(of: pair),
                isFiltered: linked.filter(of: pair) != nil, wayBefore: way)
        }
        joined = Self.joined(new, linked, vms) { before.domain[$0] }
    }

    /// - Parameters:
    ///   - new: what passes between two VMs now, seen from the first of them.
    ///   - old: likewise, before.
    private static func passing(
        _ new: FilterAnalysis?, over old: FilterAnalysis?, _ pair: VMMatching.Pair, _ joints: Joints, _ vms: VMMatching
    ) -> [Passing] {
        // Where no filter was, everything passed.
        guard let old else { return [] }
        let gains = Dictionary(grouping: (new ?? .everything).gains(over: old), by: \.passage.direction)
        let ends = [pair.first, pair.second].map(vms.label)
        return FilterDirection.allCases.compactMap { direction in
            guard let gains = gains[direction] else { return nil }
            var seen: Set<String> = []
            return Passing(
                source: ends[direction.rawValue], destination: ends[direction.opposite.rawValue],
                partition: joints.name(of: pair),
                frames: new == nil ? [] : gains.map(\.spoken).filter { seen.insert($0).inserted })
        }
    }

    private static func joined(
        _ new: Network, _ linked: Joints, _ vms: VMMatching, domainBefore: (Int) -> Int
    ) -> [Joined] {
        let paths = RelayPaths(new, where: linked.isWay)
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
        for pair in linked.pairs where setOf[pair.first] != setOf[pair.second] {
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
    private static func firstApart(_ sets: [[Int]], _ linked: Joints) -> VMMatching.Pair? {
        for (place, set) in sets.enumerated() {
            for first in set {
                for other in sets[(place + 1)...] {
                    for second in other {
                        let pair = VMMatching.Pair(min(first, second), max(first, second))
                        if !linked.pairs.contains(pair) { return pair }
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
