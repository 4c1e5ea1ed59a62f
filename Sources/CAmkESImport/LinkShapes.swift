// SPDX-License-Identifier: BSD-2-Clause

import Topology
import Wiring

/// Finds shapes that say what rows say.
enum LinkShapes {
    /// The shortest declaration that gives each VM these peers in this order: one shape, links, or the rows themselves,
    /// which can say everything.
    ///
    /// - Parameter rows: the peers of each VM, in the order of their queues' ids.
    static func groups(of rows: [Int: [Int]]) -> [LinkGroup] {
        let members = Set(rows.keys).union(rows.values.joined()).sorted()
        let pairs = rows.reduce(0) { $0 + $1.value.count }
        var candidates: [[LinkGroup]] = []
        if pairs == members.count * (members.count - 1) {
            candidates.append([group(members.count == 2 ? .link : .mesh, members)])
        }
        if pairs == 2 * (members.count - 1) {
            let line = walk(rows, from: members.first { rows[$0]?.count == 1 }, count: members.count)
            // Of three VMs a line is a star, too.
            if let line, line == members { candidates.append([group(.line, line)]) }
            for (hub, peers) in rows.sorted(by: { $0.key < $1.key }) where peers.count == members.count - 1 {
                candidates.append([group(.star, [hub] + peers)])
            }
            if let line { candidates.append([group(.line, line)]) }
        }
        if pairs == 2 * members.count, members.count > 2,
            let ring = walk(rows, from: members.first, count: members.count)
        {
            candidates.append([group(.ring, ring)])
        }
        let links = members.flatMap { a in (rows[a] ?? []).filter { a < $0 }.map { group(.link, [a, $0]) } }
        candidates.append(links)
        return candidates.first { says($0, rows) }
            ?? rows.sorted { $0.key < $1.key }.map { group(.connect, [$0.key] + $0.value) }
    }

    private static func group(_ shape: LinkGroup.Shape, _ members: [Int]) -> LinkGroup {
        LinkGroup(shape: shape, members: members.map { Placed(.number($0)) })
    }

    /// The VMs along a line or around a ring; `nil` where a VM has no peer that was not met.
    private static func walk(_ rows: [Int: [Int]], from start: Int?, count: Int) -> [Int]? {
        guard let start else { return nil }
        var way = [start]
        var met: Set<Int> = [start]
        while way.count < count {
            guard let last = way.last, let next = rows[last]?.first(where: { met.insert($0).inserted }) else {
                return nil
            }
            way.append(next)
        }
        return way
    }

    private static func says(_ groups: [LinkGroup], _ rows: [Int: [Int]]) -> Bool {
        let members = Set(rows.keys).union(rows.values.joined()).sorted()
        let network = Network(
            Assembly(
                name: Placed(""),
                elements: members.map { .vm(VM(number: Placed($0), name: nil)) }
                    + [.partition(Partition(name: Placed(""), links: groups))]))
        return network.rows.enumerated().allSatisfy { index, row in
            row.map { network.nodes[Int(network.halves[$0].to)].number } == rows[network.nodes[index].number] ?? []
        }
    }
}
