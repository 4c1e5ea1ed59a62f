// SPDX-License-Identifier: BSD-2-Clause

import Wiring

/// A way from each VM to each other that links join, through all partitions: a tree for each set of joined VMs, searched
/// breadth first from the VM with the most peers, so that ways through it are short.
package struct RelayPaths {
    /// For each node the root of its tree: nodes of one root reach each other.
    package let domain: [Int]
    private let parent: [Int]
    private let depth: [Int]

    /// - Parameter isWay: whether frames can pass a link between two nodes; without it they pass every link.
    package init(_ network: Network, where isWay: (Int, Int) -> Bool = { _, _ in true }) {
        let count = network.nodes.count
        var domain = [Int](repeating: -1, count: count)
        var parent = Array(0..<count)
        var depth = [Int](repeating: 0, count: count)
        // Links whose answer is missing are walked from their far end too.
        var peers = [[Int]](repeating: [], count: count)
        for pair in network.linkedPairs where isWay(pair.low, pair.high) {
            peers[pair.low].append(pair.high)
            peers[pair.high].append(pair.low)
        }
        let byPeers = (0..<count).sorted { (peers[$0].count, $1) > (peers[$1].count, $0) }
        for root in byPeers where domain[root] < 0 {
            domain[root] = root
            var queue = [root]
            var next = 0
            while next < queue.count {
                let node = queue[next]
                next += 1
                for peer in peers[node] where domain[peer] < 0 {
                    domain[peer] = root
                    parent[peer] = node
                    depth[peer] = depth[node] + 1
                    queue.append(peer)
                }
            }
        }
        self.domain = domain
        self.parent = parent
        self.depth = depth
    }

    /// The nodes along the way, both ends included. Both must be of one domain.
    package func path(_ start: Int, _ end: Int) -> [Int] {
        var there = [start]
        var back = [end]
        while var a = there.last, var b = back.last, a != b {
            if depth[a] >= depth[b] {
                a = parent[a]
                there.append(a)
            } else {
                b = parent[b]
                back.append(b)
            }
        }
        return there + back.dropLast().reversed()
    }
}
