// SPDX-License-Identifier: BSD-2-Clause

/// The code that moves frames between the VMs of an assembly, and the connector beneath it.
public enum DataPath: String, Sendable, Hashable, CaseIterable {
    /// topoc's own device, switch and virtqueues, over a connector that gives all ends of a VM one badge.
    case topoc
    /// The device that the tree has, over the tree's `seL4VirtQueues`.
    case tree

    /// The CAmkES connector that joins the ends of a link.
    public var connector: String {
        switch self {
        case .topoc: "topocVirtQueues"
        case .tree: "seL4VirtQueues"
        }
    }
}

extension Target {
    /// The data paths that can be written for this target; the first is taken unless another is asked for.
    public var dataPaths: [DataPath] {
        guard let dialect else { return [.topoc] }
        return dialect.sharesOneBadge ? [.tree] : [.topoc, .tree]
    }

    /// The interrupt lines that the guest's network interfaces get, in this order. The tree's device has line 6. Other
    /// devices of the tree have 0, 4, 7, 8, 9 and 10 and, for events between VMs, 12; 2 is the cascade, 1 and 13 are a
    /// PC's own, and 3 is the second serial port's.
    public var interruptLines: [Int] {
        dataPath == .tree ? [6] : [6, 5, 11, 15, 14]
    }

    /// The same target with another data path; `nil` where that cannot be written for it.
    public func with(_ dataPath: DataPath) -> Target? {
        guard dataPaths.contains(dataPath) else { return nil }
        var target = self
        target.dataPath = dataPath
        return target
    }
}
