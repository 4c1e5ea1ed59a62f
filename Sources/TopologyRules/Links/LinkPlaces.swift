// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import Topology
import Wiring

/// Links that share one fault because the same two declarations meet in them.
struct LinkClash: Hashable {
    /// The declaration that stands first, and the one that does not agree with it.
    let first: Group
    let second: Group

    struct Group: Hashable {
        let partition: Int32
        let group: Int32

        init(_ half: Half) {
            partition = half.partition
            group = half.group
        }
    }
}

/// Clashes in the order in which they were found, with the links of each.
struct LinkClashes {
    private(set) var order: [LinkClash] = []
    private var halves: [LinkClash: [(first: Int, second: Int)]] = [:]

    mutating func add(first: Int, second: Int, in network: Network) {
        let clash = LinkClash(first: .init(network.halves[first]), second: .init(network.halves[second]))
        if halves[clash] == nil { order.append(clash) }
        halves[clash, default: []].append((first, second))
    }

    /// The indices of the halves that clash, in pairs.
    func pairs(of clash: LinkClash) -> [(first: Int, second: Int)] { halves[clash] ?? [] }
}

extension Network {
    /// Whether a half is the way back of a link that one shape declares, written out right after the way there.
    func isWayBack(_ index: Int) -> Bool {
        guard index > 0 else { return false }
        let half = halves[index]
        let before = halves[index - 1]
        return group(of: half).shape != .connect && LinkClash.Group(before) == LinkClash.Group(half)
            && before.fromMember == half.toMember && before.toMember == half.fromMember
    }

    /// `VMs 0 and 1`, as a message names a link.
    func pairLabel(_ index: Int) -> String {
        let numbers = pairNumbers(index)
        return "VMs \(numbers[0]) and \(numbers[1])"
    }

    /// `VMs 0 and 1`, or `6 pairs of VMs (0–1, 1–2, 2–3, 3–4 and 2 more)`.
    func pairLabels(_ indices: [Int]) -> String {
        guard indices.count > 1 else { return indices.first.map(pairLabel) ?? "" }
        let pairs = indices.prefix(Listing.limit).map { index in
            pairNumbers(index).map(String.init).joined(separator: "–")
        }
        return "\(indices.count) pairs of VMs (\(Listing.list(pairs, total: indices.count)))"
    }

    private func pairNumbers(_ index: Int) -> [Int] {
        [nodes[Int(halves[index].from)].number, nodes[Int(halves[index].to)].number].sorted()
    }
}
