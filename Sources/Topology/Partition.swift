// SPDX-License-Identifier: BSD-2-Clause

/// A set of links that share no VM's frames with any other partition. It becomes a `topology_def` of its own, with its
/// own connection and `VirtQueueInit`.
public struct Partition: Sendable, Hashable {
    /// A C identifier: the name of the emitted topology macro.
    public var name: Placed<String>
    public var links: [LinkGroup]
    public var queues: QueueSettings
    /// What stands in the middle of its one link; `nil` where VMs are joined with each other.
    public var filter: FilterSettings?
    public var origin: Origin

    public init(
        name: Placed<String>, links: [LinkGroup], queues: QueueSettings = QueueSettings(),
        filter: FilterSettings? = nil,
        origin: Origin = Origin()
    ) {
        self.name = name
        self.links = links
        self.queues = queues
        self.filter = filter
        self.origin = origin
    }
}

/// Links declared together: `Mesh(0, 1, 2)` is three of them.
public struct LinkGroup: Sendable, Hashable {
    public enum Shape: String, Sendable, Hashable, CaseIterable {
        /// Every member with every other.
        case mesh = "Mesh"
        /// The first member with every other.
        case star = "Star"
        /// Each member with the next, and the last with the first.
        case ring = "Ring"
        /// Each member with the next.
        case line = "Line"
        /// The two members.
        case link = "Link"
        /// One row as upstream writes it: the first member sends to the others. Each of them needs a row that
        /// answers.
        case connect = "Connect"
    }

    public var shape: Shape
    /// In the order written; ranges are written out.
    public var members: [Placed<VMReference>]
    public var queues: QueueSettings
    public var origin: Origin

    public init(
        shape: Shape, members: [Placed<VMReference>], queues: QueueSettings = QueueSettings(), origin: Origin = Origin()
    ) {
        self.shape = shape
        self.members = members
        self.queues = queues
        self.origin = origin
    }
}

/// The size of virtqueues. What is `nil` is taken from the next wider declaration: link, partition, assembly, and
/// then upstream's values (256 descriptors, 32768 bytes).
public struct QueueSettings: Sendable, Hashable {
    /// Descriptors in each ring; a power of two.
    public var length: Placed<Int>?
    /// Bytes of shared memory a virtqueue; a multiple of the page size.
    public var sharedMemory: Placed<Int>?

    public init(length: Placed<Int>? = nil, sharedMemory: Placed<Int>? = nil) {
        self.length = length
        self.sharedMemory = sharedMemory
    }
}

/// An assertion: no frame of the first reaches the second, whatever the partitions say.
public struct Never: Sendable, Hashable {
    public var sources: [Placed<VMReference>]
    public var destinations: [Placed<VMReference>]
    public var origin: Origin

    public init(sources: [Placed<VMReference>], destinations: [Placed<VMReference>], origin: Origin) {
        self.sources = sources
        self.destinations = destinations
        self.origin = origin
    }
}

/// Where VMs without addresses of their own get them: VM number N gets the first address plus N.
public struct AddressPool: Sendable, Hashable {
    /// The MAC address of VM 0.
    public var mac: Placed<String>?
    /// The IPv4 address of VM 0, with prefix length.
    public var ip: Placed<String>?
    /// The IPv6 address of VM 0, with prefix length. Without it guests have no IPv6 address of ours.
    public var ipv6: Placed<String>?
    public var origin: Origin

    public init(
        mac: Placed<String>? = nil, ip: Placed<String>? = nil, ipv6: Placed<String>? = nil, origin: Origin
    ) {
        self.mac = mac
        self.ip = ip
        self.ipv6 = ipv6
        self.origin = origin
    }
}
