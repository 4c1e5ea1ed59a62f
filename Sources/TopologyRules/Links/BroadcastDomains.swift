// SPDX-License-Identifier: BSD-2-Clause

import Wiring

/// The sets of VMs that a partition joins, directly or through others.
enum BroadcastDomains {
    struct Domain {
        /// Node indices, ascending.
        let members: [Int]
        /// For each member the node indices that it is linked with, in either direction.
        let peers: [Set<Int>]
        /// The first few declarations of its links, in order.
        let groups: [LinkClash.Group]

        /// Pairs without a link.
        var missingLinks: Int {
            members.count * (members.count - 1) / 2 - peers.reduce(0) { $0 + $1.count } / 2
        }

        /// The first pairs without a link. Stops when it has found them, so that it is linear in links.
        func firstMissing(_ count: Int) -> [(Int, Int)] {
            var found: [(Int, Int)] = []
            for (position, member) in members.enumerated() where peers[position].count < members.count - 1 {
                for other in members[(position + 1)...] where !peers[position].contains(other) {
                    found.append((member, other))
                    if found.count == count { return found }
                }
            }
            return found
        }
    }

    /// The domains of each partition that has links, in order; a partition's halves stand together.
    static func all(in network: Network) -> [(partition: Int, domains: [Domain])] {
        var found: [(partition: Int, domains: [Domain])] = []
        var start = 0
        while start < network.halves.count {
            let partition = network.halves[start].partition
            let end = network.halves[start...].firstIndex { $0.partition != partition } ?? network.halves.count
            found.append((Int(partition), domains(start..<end, in: network)))
            start = end
        }
        return found
    }

    private static func domains(_ halves: Range<Int>, in network: Network) -> [Domain] {
        var peers: [Int: Set<Int>] = [:]
        var groups: [Int: LinkClash.Group] = [:]
        for index in halves {
            let half = network.halves[index]
            guard half.from != half.to else { continue }
            peers[Int(half.from), default: []].insert(Int(half.to))
            peers[Int(half.to), default: []].insert(Int(half.from))
            groups[Int(half.from)] = groups[Int(half.from)] ?? LinkClash.Group(half)
        }
        var domains: [Domain] = []
        var seen: Set<Int> = []
        for start in peers.keys.sorted() where seen.insert(start).inserted {
            var members = [start]
            var next = 0
            while next < members.count {
                for peer in peers[members[next]] ?? [] where seen.insert(peer).inserted { members.append(peer) }
                next += 1
            }
            members.sort()
            var declared: [LinkClash.Group] = []
            for group in members.lazy.compactMap({ groups[$0] }) where !declared.contains(group) {
                declared.append(group)
                if declared.count == Listing.limit { break }
            }
            domains.append(Domain(members: members, peers: members.map { peers[$0] ?? [] }, groups: declared))
        }
        return domains
    }
}
