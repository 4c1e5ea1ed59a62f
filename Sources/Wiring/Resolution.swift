// SPDX-License-Identifier: BSD-2-Clause

import Topology

extension Network {
    /// Resolves an assembly. Linear in VMs and links.
    public init(_ assembly: Assembly) {
        let nodes = Self.nodes(of: assembly)
        let lookup = Lookup(nodes)
        var halves: [Half] = []
        var unresolved: [UnresolvedReference] = []
        for (partitionIndex, partition) in assembly.partitions.enumerated() {
            for (groupIndex, group) in partition.links.enumerated() {
                let found = group.members.map { lookup.index(of: $0.value) }
                for (member, index) in zip(group.members, found) where index == nil {
                    unresolved.append(UnresolvedReference(reference: member, partition: partition.name.value))
                }
                for (a, b) in group.shape.pairs(members: group.members.count) {
                    guard let from = found[a], let to = found[b] else { continue }
                    func half(_ from: Int, _ to: Int, _ fromMember: Int, _ toMember: Int) -> Half {
                        Half(
                            from: Int32(from), to: Int32(to), partition: Int32(partitionIndex),
                            group: Int32(groupIndex), fromMember: Int32(fromMember), toMember: Int32(toMember))
                    }
                    halves.append(half(from, to, a, b))
                    if group.shape != .connect, from != to { halves.append(half(to, from, b, a)) }
                }
            }
        }
        var rows = [[Int]](repeating: [], count: nodes.count)
        for (index, half) in halves.enumerated() { rows[Int(half.from)].append(index) }
        var nevers: [ResolvedNever] = []
        for never in assembly.assertions {
            for member in never.sources + never.destinations where lookup.index(of: member.value) == nil {
                unresolved.append(UnresolvedReference(reference: member, partition: nil))
            }
            func resolve(_ members: [Placed<VMReference>]) -> [Placed<Int>] {
                members.compactMap { member in lookup.index(of: member.value).map { Placed($0, member.origin) } }
            }
            nevers.append(
                ResolvedNever(
                    sources: resolve(never.sources), destinations: resolve(never.destinations), origin: never.origin))
        }
        self.assembly = assembly
        self.nodes = nodes
        self.halves = halves
        self.unresolved = unresolved
        self.nevers = nevers
        filters = Self.filters(of: assembly, index: lookup.index(of:))
        self.rows = rows
        interfaces = nodes.indices.map { Self.interfaces(of: nodes[$0], row: rows[$0].map { halves[$0] }) }
        links = LinkIndex(halves)
        meetsTree = Self.meetingTree(nodes, rows: rows, halves: halves)
    }

    /// One interface, or one for each partition of the VM's row.
    private static func interfaces(of node: Node, row: [Half]) -> [NodeInterface] {
        var partitions: [Int?] = []
        if node.declaration.interfaces?.value == .perPartition {
            for half in row where partitions.last != Int(half.partition) { partitions.append(Int(half.partition)) }
        }
        if partitions.count < 2 { partitions = [nil] }
        return partitions.enumerated().map { number, partition in
            NodeInterface(
                partition: partition, mac: node.mac.derived { $0.ofInterface(number) },
                ip: node.ip.derived { $0.ofInterface(number) }, ipv6: node.ipv6?.derived { $0.ofInterface(number) })
        }
    }

    private static func nodes(of assembly: Assembly) -> [Node] {
        var pool = AddressPool()
        for next in assembly.addressPools { pool = next.over(pool) }
        var common = Guest()
        for next in assembly.guests { common = next.over(common) }
        let addresses = PoolAddresses(pool)
        let declared = assembly.vms.enumerated().map { position, vm in
            node(vm, number: vm.number?.value ?? position, addresses, common)
        }
        return declared.enumerated().sorted { ($0.element.number, $0.offset) < ($1.element.number, $1.offset) }
            .map(\.element)
    }

    /// A host name has hyphens where an identifier has underscores.
    private static func hostname(for name: Placed<String>) -> Placed<String> {
        Placed(String(name.value.map { $0 == "_" ? "-" : $0 }), name.origin)
    }

    private static func node(_ vm: VM, number: Int, _ pool: PoolAddresses, _ common: Guest) -> Node {
        let instance = "vm\(number)"
        return Node(
            number: number,
            name: vm.name?.value,
            hostname: vm.hostname ?? vm.name.map(Self.hostname(for:)) ?? Placed(instance),
            mac: vm.mac.map(Address.written(MACAddress.init)) ?? pool.mac(number),
            ip: vm.ip.map(Address.written(IPv4Interface.init)) ?? pool.ip(number),
            ipv6: vm.ipv6.map(Address.written(IPv6Interface.init)) ?? pool.ipv6(number),
            guest: GuestSettings(vm.guest.over(common), vm: number),
            declaration: vm)
    }
}

/// VMs by number and by name; where several share one, the first.
private struct Lookup {
    private var byNumber: [Int: Int] = [:]
    private var byName: [String: Int] = [:]

    init(_ nodes: [Node]) {
        for (index, node) in nodes.enumerated() {
            if byNumber[node.number] == nil { byNumber[node.number] = index }
            if let name = node.name, byName[name] == nil { byName[name] = index }
        }
    }

    func index(of reference: VMReference) -> Int? {
        switch reference {
        case .number(let number): byNumber[number]
        case .name(let name): byName[name]
        }
    }
}

/// The addresses that VMs without their own get: the pool's first plus the VM's number.
private struct PoolAddresses {
    let firstMAC: Address<MACAddress>
    let firstIP: Address<IPv4Interface>
    let firstIPv6: Address<IPv6Interface>?

    init(_ pool: AddressPool) {
        firstMAC = Address.written(MACAddress.init)(pool.mac ?? Placed(Defaults.mac))
        firstIP = Address.written(IPv4Interface.init)(pool.ip ?? Placed(Defaults.ip))
        firstIPv6 = pool.ipv6.map(Address.written(IPv6Interface.init))
    }

    func mac(_ number: Int) -> Address<MACAddress> { firstMAC.drawn { $0.advanced(by: number) } }
    func ip(_ number: Int) -> Address<IPv4Interface> { firstIP.drawn { $0.advanced(by: number) } }
    func ipv6(_ number: Int) -> Address<IPv6Interface>? { firstIPv6?.drawn { $0.advanced(by: number) } }
}

extension Address where Value: CustomStringConvertible {
    fileprivate static func written(_ read: @escaping (String) -> Value?) -> (Placed<String>) -> Address {
        { Address(text: $0.value, value: read($0.value), origin: $0.origin, isFromPool: false) }
    }

    /// The same address, moved within the pool. What could not be read stays as it was written.
    fileprivate func drawn(_ move: (Value) -> Value) -> Address { moved(move, isFromPool: true) }

    /// The address of a further interface.
    fileprivate func derived(_ move: (Value) -> Value) -> Address { moved(move, isFromPool: isFromPool) }

    private func moved(_ move: (Value) -> Value, isFromPool: Bool) -> Address {
        let moved = value.map(move)
        return Address(text: moved?.description ?? text, value: moved, origin: origin, isFromPool: isFromPool)
    }
}

extension GuestSettings {
    fileprivate init(_ guest: Guest, vm number: Int) {
        let memory = guest.memoryMiB ?? Placed(Defaults.memoryMiB)
        let kernel = guest.kernel ?? Placed(Defaults.kernel)
        self.init(
            memoryMiB: memory,
            kernel: kernel,
            relocations: guest.relocations ?? kernel,
            initrd: guest.initrd ?? Placed(Defaults.initrd(vm: number)),
            commandLine: guest.commandLine ?? Placed(Defaults.commandLine),
            start: guest.start ?? Placed(""),
            heap: guest.heap,
            untyped23Pool: guest.untyped23Pool ?? Placed(Defaults.untyped23Pool(memoryMiB: memory.value)),
            untyped22Pool: guest.untyped22Pool ?? Placed(Defaults.untyped22Pool),
            ioSpaceDomain: guest.ioSpaceDomain ?? Placed(Defaults.ioSpaceDomain(vm: number)),
            pciDevicesIOSpace: guest.pciDevicesIOSpace ?? Placed(Defaults.pciDevicesIOSpace(vm: number)))
    }
}

extension Guest {
    /// These settings, and the other's where these say nothing.
    fileprivate func over(_ other: Guest) -> Guest {
        Guest(
            memoryMiB: memoryMiB ?? other.memoryMiB, kernel: kernel ?? other.kernel,
            relocations: relocations ?? other.relocations, initrd: initrd ?? other.initrd,
            commandLine: commandLine ?? other.commandLine, start: start ?? other.start, heap: heap ?? other.heap,
            untyped23Pool: untyped23Pool ?? other.untyped23Pool, untyped22Pool: untyped22Pool ?? other.untyped22Pool,
            ioSpaceDomain: ioSpaceDomain ?? other.ioSpaceDomain,
            pciDevicesIOSpace: pciDevicesIOSpace ?? other.pciDevicesIOSpace, origin: origin)
    }
}

extension AddressPool {
    fileprivate func over(_ other: AddressPool) -> AddressPool {
        AddressPool(mac: mac ?? other.mac, ip: ip ?? other.ip, ipv6: ipv6 ?? other.ipv6, origin: origin)
    }
}

extension LinkGroup.Shape {
    /// The pairs that a shape joins, as indices into its members.
    func pairs(members count: Int) -> [(Int, Int)] {
        switch self {
        case .mesh: (0..<count).flatMap { first in (first + 1..<max(count, first + 1)).map { (first, $0) } }
        case .star, .connect: count < 2 ? [] : (1..<count).map { (0, $0) }
        case .line, .link: count < 2 ? [] : (1..<count).map { ($0 - 1, $0) }
        case .ring:
            // A ring of two is a line: the way back is the same link.
            count < 3 ? Self.line.pairs(members: count) : Self.line.pairs(members: count) + [(count - 1, 0)]
        }
    }
}
