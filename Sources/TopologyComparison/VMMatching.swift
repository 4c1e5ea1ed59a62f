// SPDX-License-Identifier: BSD-2-Clause

import Wiring

/// Which VM of a topology is which of another. One index stands for a VM in both: that of the new topology, and behind
/// those, for VMs that are gone, indices of their own.
///
/// VMs of one name are the same VM. Of the others those of one number are, unless both have names: a VM that takes
/// another's number under another name is a new VM, since nothing says that what may reach the old one may reach it.
struct VMMatching {
    /// Two VMs, by index.
    struct Pair: Hashable, Comparable {
        let first: Int
        let second: Int

        init(_ first: Int, _ second: Int) {
            self.first = first
            self.second = second
        }

        static func < (a: Pair, b: Pair) -> Bool { (a.first, a.second) < (b.first, b.second) }
    }

    /// The index of each node of the old topology.
    let ofOld: [Int]
    /// The node of the old topology for each of the new.
    private let ofNew: [Int?]
    private let labels: [TopologyDifference.VMLabel]

    init(_ old: Network, _ new: Network) {
        let byName = Dictionary(
            new.nodes.enumerated().compactMap { index, node in node.name.map { ($0, index) } },
            uniquingKeysWith: { first, _ in first })
        let byNumber = Dictionary(
            new.nodes.enumerated().map { ($0.element.number, $0.offset) }, uniquingKeysWith: { first, _ in first })
        var ofNew = [Int?](repeating: nil, count: new.nodes.count)
        for (index, node) in old.nodes.enumerated() {
            if let match = node.name.flatMap({ byName[$0] }), ofNew[match] == nil { ofNew[match] = index }
        }
        let named = Set(ofNew.compactMap { $0 })
        for (index, node) in old.nodes.enumerated() where !named.contains(index) {
            guard let match = byNumber[node.number], ofNew[match] == nil,
                node.name == nil || new.nodes[match].name == nil
            else { continue }
            ofNew[match] = index
        }
        var ofOld = [Int](repeating: -1, count: old.nodes.count)
        for (index, before) in ofNew.enumerated() { if let before { ofOld[before] = index } }
        var labels = new.nodes.map { TopologyDifference.VMLabel(number: $0.number, name: $0.name) }
        for (index, node) in old.nodes.enumerated() where ofOld[index] < 0 {
            ofOld[index] = labels.count
            labels.append(TopologyDifference.VMLabel(number: node.number, name: node.name))
        }
        self.ofOld = ofOld
        self.ofNew = ofNew
        self.labels = labels
    }

    /// VMs in either topology.
    var count: Int { labels.count }

    /// The node of the old topology; `nil` for a VM that is new.
    func old(of index: Int) -> Int? { ofNew[index] }

    func label(_ index: Int) -> TopologyDifference.VMLabel { labels[index] }
}
