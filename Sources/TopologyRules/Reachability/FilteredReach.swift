// SPDX-License-Identifier: BSD-2-Clause

import Wiring

/// Which frames the filters of a network let pass, computed once for each filter and direction.
struct FilteredReach {
    private let network: Network
    /// By filter, from its first VM and from its second.
    private let passes: [[Bool]]

    init(_ network: Network) {
        self.network = network
        passes = network.filters.map { filter in
            let analysis = FilterAnalysis(filter)
            return FilterDirection.allCases.map { analysis.passes($0) }
        }
    }

    /// Whether a frame can come from one node to the next over a link that joins the two, in either direction declared.
    func crosses(_ from: Int, _ to: Int) -> Bool {
        guard let half = network.link(from, to) else { return false }
        guard let index = filter(of: half), let direction = network.filters[index].direction(from: from) else {
            return true
        }
        return passes[index][direction.rawValue]
    }

    /// The shortest way by which guests that pass on what they receive can bring a frame from one node to another; `nil`
    /// where there is none.
    func way(from start: Int, to end: Int) -> [Int]? {
        var before = [start: start]
        var queue = [start]
        var next = 0
        while next < queue.count, before[end] == nil {
            let node = queue[next]
            next += 1
            for half in network.rows[node] {
                let peer = Int(network.halves[half].to)
                guard before[peer] == nil, crosses(node, peer) else { continue }
                before[peer] = node
                queue.append(peer)
            }
        }
        var way = [end]
        while let node = way.last, node != start {
            guard let previous = before[node] else { return nil }
            way.append(previous)
        }
        return way.reversed()
    }

    private func filter(of half: Int) -> Int? {
        let partition = Int(network.halves[half].partition)
        return network.filters.firstIndex { $0.partition == partition }
    }
}
