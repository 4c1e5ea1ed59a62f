// SPDX-License-Identifier: BSD-2-Clause

import Topology

/// A topology with every reference looked up, every shape written out as rows, and every default filled in.
///
/// Resolution is total: it takes any `Assembly`, also a faulty one, so that the rules can name all faults at once.
/// What it could not look up is in `unresolved`; what it could not read has no `value`.
public struct Network: Sendable {
    public let assembly: Assembly
    /// Sorted by number, and VMs of the same number in the order declared. In a topology without errors a node's index
    /// is its number.
    public let nodes: [Node]
    /// Every entry of every row, in the order declared: self links, duplicates and all.
    public let halves: [Half]
    public let unresolved: [UnresolvedReference]
    /// The `Never` assertions, in the order declared.
    public let nevers: [ResolvedNever]
    /// The filters whose VMs are there, in the order declared.
    public let filters: [ResolvedFilter]
    /// For each node the indices of the halves that leave it, in order.
    public let rows: [[Int]]
    /// For each node its network interfaces, one at least.
    public let interfaces: [[NodeInterface]]

    let links: LinkIndex
    /// For each node whether it is joined, by whatever way, with a VM that has the tree's device.
    let meetsTree: [Bool]

    /// The first half from one node to another, in any partition.
    public func half(from: Int, to: Int) -> Int? { links.half(from: from, to: to) }

    /// The first half between the same two nodes in the same direction as this one; of several the first counts.
    public func first(like half: Int) -> Int { links.first(like: half) }

    /// The first half in the other direction, in any partition; `nil` where no row answers.
    public func answer(to half: Int) -> Int? { links.answer(to: half) }

    /// The number of the interface by which a node takes part in a partition.
    public func interface(of node: Int, in partition: Int) -> Int {
        interfaces[node].firstIndex { $0.partition == partition } ?? 0
    }

    public func group(of half: Half) -> LinkGroup {
        assembly.partitions[Int(half.partition)].links[Int(half.group)]
    }

    /// Descriptors in the ring of a half: the link's, the partition's, the assembly's, else upstream's.
    public func queueLength(of half: Half) -> Placed<Int> {
        let partition = assembly.partitions[Int(half.partition)]
        return partition.links[Int(half.group)].queues.length ?? partition.queues.length ?? assembly.queues.length
            ?? Placed(Defaults.queueLength)
    }

    /// Bytes of shared memory of a half, looked up like ``queueLength(of:)``.
    public func sharedMemory(of half: Half) -> Placed<Int> {
        let partition = assembly.partitions[Int(half.partition)]
        return partition.links[Int(half.group)].queues.sharedMemory ?? partition.queues.sharedMemory
            ?? assembly.queues.sharedMemory ?? Placed(Defaults.sharedMemory)
    }

    /// Where a half was written: the peer for a `Connect`, else the whole shape.
    public func origin(of half: Half) -> Origin {
        let group = group(of: half)
        return group.shape == .connect ? group.members[Int(half.toMember)].origin : group.origin
    }
}

/// A VM, resolved.
public struct Node: Sendable {
    public let number: Int
    public let name: String?
    public let hostname: Placed<String>
    public let mac: Address<MACAddress>
    public let ip: Address<IPv4Interface>
    /// `nil` where neither the VM nor a pool names one.
    public let ipv6: Address<IPv6Interface>?
    public let guest: GuestSettings
    public let declaration: VM

    /// The CAmkES instance: `vm0`.
    public var instance: String { "vm\(number)" }
    /// Where its number or name was written.
    public var identityOrigin: Origin {
        declaration.number?.origin ?? declaration.name?.origin ?? declaration.origin
    }
}

/// A network interface of a VM's guest.
public struct NodeInterface: Sendable {
    /// Index into the assembly's partitions; `nil` for an interface that serves all of them.
    public let partition: Int?
    /// The first interface has the addresses of the VM. Those of a further one are derived from them.
    public let mac: Address<MACAddress>
    public let ip: Address<IPv4Interface>
    public let ipv6: Address<IPv6Interface>?
}

/// An address as it was written or drawn from the pool, and its value where it could be read.
public struct Address<Value: Hashable & Sendable>: Sendable, Hashable {
    public let text: String
    public let value: Value?
    public let origin: Origin
    public let isFromPool: Bool
}

/// What a guest runs with; every value is there, with its origin where one was written.
public struct GuestSettings: Sendable, Hashable {
    public var memoryMiB: Placed<Int>
    public var kernel: Placed<String>
    public var relocations: Placed<String>
    public var initrd: Placed<String>
    public var commandLine: Placed<String>
    /// Empty where nothing is started.
    public var start: Placed<String>
    /// `nil` where none was written: what is enough then depends on the data path.
    public var heap: Placed<Int>?
    public var untyped23Pool: Placed<Int>
    public var untyped22Pool: Placed<Int>
    public var ioSpaceDomain: Placed<Int>
    public var pciDevicesIOSpace: Placed<Int>
}

/// One entry of a row: `from` is connected to `to`. It stands for one virtqueue, with its driver side at `from` and
/// its device side at `to`; the half that answers is the other virtqueue of the link.
public struct Half: Sendable, Hashable {
    /// Node indices.
    public let from: Int32
    public let to: Int32
    /// Index into the assembly's partitions, and into that partition's link groups.
    public let partition: Int32
    public let group: Int32
    /// Index of `from` and `to` in the group's members.
    public let fromMember: Int32
    public let toMember: Int32
}

public struct UnresolvedReference: Sendable, Hashable {
    public let reference: Placed<VMReference>
    /// The partition's name, or `nil` for a reference in a `Never`.
    public let partition: String?
}

/// A `Never`, as node indices; a reference that leads nowhere is not in it.
public struct ResolvedNever: Sendable, Hashable {
    public let sources: [Placed<Int>]
    public let destinations: [Placed<Int>]
    public let origin: Origin
}
