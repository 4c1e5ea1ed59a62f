// SPDX-License-Identifier: BSD-2-Clause

import Topology

extension DataPath {
    /// The CAmkES connector that joins the ends of a link: topoc's gives all ends of a VM one badge.
    public var connector: String {
        switch self {
        case .topoc: "topocVirtQueues"
        case .tree: "seL4VirtQueues"
        }
    }
}

/// How a virtqueue lies in its shared memory: the same for all links that VMs join, directly or through each other, since
/// a device is compiled for one.
public enum LinkLayout: String, Sendable, Hashable, CaseIterable {
    /// virtio 1.2's packed ring: where both ends are topoc's.
    case packed
    /// libvirtqueue's: where one end may be the tree's.
    case libvirtqueue
}

extension Target {
    /// The data paths that can be written for this target; the first is taken unless another is asked for. With `topoc`
    /// a VM may still have the tree's device.
    public var dataPaths: [DataPath] {
        guard let dialect else { return [.topoc] }
        if dialect.machine == .arm { return [.topoc] }
        return dialect.sharesOneBadge ? [.tree] : [.topoc, .tree]
    }

    /// The interrupt lines that the network interfaces of a guest get, in this order. The tree's device has line 6. Other
    /// devices of the tree have 0, 4, 7, 8, 9 and 10 and, for events between VMs, 12; 2 is the cascade, 1 and 13 are a
    /// PC's own, and 3 is the second serial port's. On Arm they are shared peripheral interrupts behind 82, which the
    /// console and events between VMs have.
    public func interruptLines(_ device: DataPath) -> [Int] {
        if dialect?.machine == .arm { return [83, 84, 85, 86, 87] }
        return device == .tree ? [6] : [6, 5, 11, 15, 14]
    }

    /// The same target with another data path; `nil` where that cannot be written for it.
    public func with(_ dataPath: DataPath) -> Target? {
        guard dataPaths.contains(dataPath) else { return nil }
        var target = self
        target.dataPath = dataPath
        return target
    }
}

extension Network {
    /// The device of a VM. A target without an assembly has none of the tree's.
    public func dataPath(of node: Int, on target: Target) -> DataPath {
        target.dialect == nil ? .topoc : nodes[node].declaration.dataPath?.value ?? target.dataPath
    }

    /// How a VM's links lie in shared memory: without an assembly as with one.
    public func layout(of node: Int, on target: Target) -> LinkLayout {
        target.dataPath == .tree || meetsTree[node] ? .libvirtqueue : .packed
    }

    /// From which addresses a VM's guest may send.
    public func sources(of node: Int) -> Sources {
        nodes[node].declaration.sources?.value ?? .pinned
    }

    /// Of each VM whether the links that lead from it, and on from its peers, lead to one with the tree's device, or it
    /// is one.
    static func meetingTree(_ nodes: [Node], rows: [[Int]], halves: [Half]) -> [Bool] {
        var meets = nodes.map { $0.declaration.dataPath?.value == .tree }
        var open = meets.indices.filter { meets[$0] }
        // A row without an answer is no link, but a fault; it is walked one way.
        while let node = open.popLast() {
            for peer in rows[node].map({ Int(halves[$0].to) }) where !meets[peer] {
                meets[peer] = true
                open.append(peer)
            }
        }
        return meets
    }
}
