// SPDX-License-Identifier: BSD-2-Clause

import Topology

/// One thing that a target holds a limited number of: how many are used, and how many there are.
public struct Budget: Sendable, Hashable {
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// Slots of libvswitch, one a peer.
        case vswitchNodes = "vswitch-nodes"
        /// Badge bits of the VM's global endpoint, one a notification source.
        case notificationBadges = "notification-badges"
        /// Virtqueue ids of libsel4camkes, two a peer.
        case queueIDs = "queue-ids"
        /// Megabytes of guest memory that the VMM has addresses for.
        case guestMemory = "guest-memory"
        /// Kilobytes of untyped memory: for the guest and for what the VMM must make to start it.
        case untypedMemory = "untyped-memory"
        /// Network interfaces of a guest, each with an interrupt line of its own.
        case interfaces
        /// VMs that the serial server keeps apart.
        case serialServerVMs = "serial-server-vms"
        /// Bytes of shared memory: for the rings of a virtqueue, before any frame.
        case ringBytes = "ring-bytes"
        /// Blocks of 128 bytes, or with the packed layout lines of 64: for one full frame of 1514 bytes.
        case frameBlocks = "frame-blocks"
    }

    /// Whose budget it is.
    public enum Owner: Sendable, Hashable {
        case assembly
        /// Index into the network's nodes.
        case vm(Int)
        /// Index of the first of the network's halves that has these queue settings.
        case queues(half: Int)
    }

    public let kind: Kind
    public let owner: Owner
    /// The owner as a certificate names it: `vm0`, or `topology_def (256 descriptors, 32768 bytes)`.
    public let subject: String
    public let used: Int
    public let available: Int
    /// What is counted, in the plural: `badges`.
    public let unit: String

    public var isExceeded: Bool { used > available }
}

extension Budget {
    /// Every budget of a network on a target: of the assembly, of its VMs by number, and of its queues in the order
    /// declared. Empty for a target without limits. Settings that are out of range have no budget; the rules say so
    /// where they were written. Linear in VMs and links.
    public static func all(of network: Network, target: Target) -> [Budget] {
        guard let limits = target.limits else { return [] }
        let serialServer = Budget(
            kind: .serialServerVMs, owner: .assembly, subject: network.assembly.name.value, used: network.nodes.count,
            available: limits.serialServerVMs, unit: "VMs")
        return [serialServer]
            + network.nodes.indices.flatMap { index in
                vm(index, of: network, target.limits(of: network.dataPath(of: index, on: target)) ?? limits)
            } + queues(of: network, target)
    }

    private static func vm(_ index: Int, of network: Network, _ limits: Target.Limits) -> [Budget] {
        let node = network.nodes[index]
        let peers = network.peers(of: index).count
        func budget(_ kind: Kind, _ used: Int, _ available: Int, _ unit: String) -> Budget {
            Budget(
                kind: kind, owner: .vm(index), subject: node.instance, used: used, available: available, unit: unit)
        }
        var budgets: [Budget] = []
        if let nodes = limits.vswitchNodes { budgets.append(budget(.vswitchNodes, peers, nodes, "peers")) }
        if let badges = limits.notificationBadges {
            budgets.append(budget(.notificationBadges, limits.badgesTaken.count + 2 * peers, badges, "badges"))
        }
        budgets.append(budget(.queueIDs, 2 * peers, limits.queueIDs, "ids"))
        budgets.append(
            budget(.interfaces, network.interfaces[index].count, limits.interfaces, "interfaces"))
        let guest = node.guest
        if GuestSettings.memories.contains(guest.memoryMiB.value) {
            budgets.append(budget(.guestMemory, guest.memoryMiB.value, limits.guestMemoryMiB, "MiB"))
        }
        if let needed = guest.leastUntypedKiB, let pooled = guest.pooledUntypedKiB {
            budgets.append(budget(.untypedMemory, needed, pooled, "KiB"))
        }
        return budgets
    }

    private static func queues(of network: Network, _ target: Target) -> [Budget] {
        struct Settings: Hashable {
            let partition: Int32
            let layout: RingLayout
        }
        var seen: Set<Settings> = []
        var budgets: [Budget] = []
        var last: Half?
        for (index, half) in network.halves.enumerated() {
            // Settings belong to the group, and a group's halves stand together.
            if let last, last.partition == half.partition, last.group == half.group { continue }
            last = half
            guard
                let layout = RingLayout(
                    queueLength: network.queueLength(of: half).value,
                    sharedMemory: network.sharedMemory(of: half).value,
                    layout: network.layout(of: Int(half.from), on: target)),
                seen.insert(Settings(partition: half.partition, layout: layout)).inserted
            else { continue }
            let name = network.assembly.partitions[Int(half.partition)].name.value
            let subject = "\(name) (\(layout.queueLength) descriptors, \(layout.sharedMemory) bytes)"
            budgets.append(
                Budget(
                    kind: .ringBytes, owner: .queues(half: index), subject: subject, used: layout.ringBytes,
                    available: layout.sharedMemory, unit: "bytes"))
            budgets.append(
                Budget(
                    kind: .frameBlocks, owner: .queues(half: index), subject: subject,
                    used: RingLayout.blocksPerFrame(layout.layout), available: layout.usableBlocks, unit: "blocks"))
        }
        return budgets
    }
}

extension Network {
    /// The other VMs that a VM's row names; each once.
    public func peers(of index: Int) -> [Int] {
        rows[index].filter { Int(halves[$0].to) != index && first(like: $0) == $0 }.map { Int(halves[$0].to) }
    }
}

extension GuestSettings {
    /// Megabytes of guest memory that can be said: up to a terabyte.
    public static let memories = 1...1_048_576
    /// Untypeds that a pool can have: a terabyte's worth.
    public static let pools = 0...262_144

    /// Kilobytes of untyped memory without which the guest cannot start: its memory in frames of 4 KiB; 208 frames of
    /// low memory and fake devices; a page table for every 2 MiB, and 8 frames for the top of the page tables and the
    /// VCPU. `nil` where the memory is out of range.
    public var leastUntypedKiB: Int? {
        guard Self.memories.contains(memoryMiB.value) else { return nil }
        return memoryMiB.value * 1024 + (208 + memoryMiB.value / 2 + 8) * 4
    }

    /// Kilobytes of untyped memory in the two pools; `nil` where either is out of range.
    public var pooledUntypedKiB: Int? {
        guard Self.pools.contains(untyped23Pool.value), Self.pools.contains(untyped22Pool.value) else { return nil }
        return 8192 * untyped23Pool.value + 4096 * untyped22Pool.value
    }

    /// Kilobytes of untyped memory that leave the VMM what every x86 example of upstream's leaves it beside the
    /// guest's memory: a quarter of that, and 32 MiB at least.
    public var customaryUntypedKiB: Int? {
        guard Self.memories.contains(memoryMiB.value) else { return nil }
        return memoryMiB.value * 1024 + max(32 * 1024, memoryMiB.value * 256)
    }
}
