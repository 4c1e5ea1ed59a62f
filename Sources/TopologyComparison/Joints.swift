// SPDX-License-Identifier: BSD-2-Clause

import Wiring

/// What joins the VMs of a network two by two: a link, or a filter that lets something pass.
struct Joints {
    private let network: Network
    /// For each pair of nodes, the lower first, the partition that joins them, in either direction.
    private let partitions: [VMMatching.Pair: Int]
    /// By partition.
    private let filters: [Int: ResolvedFilter]

    init(_ network: Network) {
        self.network = network
        filters = Dictionary(network.filters.map { ($0.partition, $0) }, uniquingKeysWith: { first, _ in first })
        let closed = network.filters.filter { filter in
            let analysis = FilterAnalysis(filter)
            return !FilterDirection.allCases.contains { analysis.passes($0) }
        }
        let closedPartitions = Set(closed.map(\.partition))
        var partitions: [VMMatching.Pair: Int] = [:]
        for half in network.halves where half.from != half.to && !closedPartitions.contains(Int(half.partition)) {
            let pair = VMMatching.Pair(Int(min(half.from, half.to)), Int(max(half.from, half.to)))
            if partitions[pair] == nil { partitions[pair] = Int(half.partition) }
        }
        self.partitions = partitions
    }

    /// The pairs of nodes that are joined.
    var pairs: Dictionary<VMMatching.Pair, Int>.Keys { partitions.keys }

    /// Whether frames pass between two nodes, the lower first, in some direction.
    func isWay(_ low: Int, _ high: Int) -> Bool { partitions[VMMatching.Pair(low, high)] != nil }

    /// The partition's, or the filter's.
    func name(of pair: VMMatching.Pair) -> String { network.assembly.partitions[partitions[pair] ?? 0].name.value }

    /// `nil` where the two are joined with each other.
    func filter(of pair: VMMatching.Pair) -> ResolvedFilter? { partitions[pair].flatMap { filters[$0] } }

    /// What passes the filter between two nodes, seen from one of them; `nil` where there is no filter.
    func analysis(of pair: VMMatching.Pair, from node: Int) -> FilterAnalysis? {
        filter(of: pair).map { FilterAnalysis($0, from: node) }
    }
}
