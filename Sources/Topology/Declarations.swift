// SPDX-License-Identifier: BSD-2-Clause

// The DSL: what a `.topo` file writes. The file `TopologyLanguage/` reads the same words from text; a test compiles
// every example against this module and compares.

/// Names VMs: a number, a name, a range of numbers, or an array of these.
public protocol VMSet {
    var references: [VMReference] { get }
}

/// Names one VM: a number or a name.
public protocol VMIdentity: VMSet {
    var reference: VMReference { get }
}

extension VMIdentity {
    public var references: [VMReference] { [reference] }
}

extension Int: VMIdentity {
    public var reference: VMReference { .number(self) }
}

extension String: VMIdentity {
    public var reference: VMReference { .name(self) }
}

extension Range: VMSet where Bound == Int {
    public var references: [VMReference] { map { .number($0) } }
}

extension ClosedRange: VMSet where Bound == Int {
    public var references: [VMReference] { map { .number($0) } }
}

extension Array: VMSet where Element: VMSet {
    public var references: [VMReference] { flatMap(\.references) }
}

private func placed<Value>(_ value: Value?) -> Placed<Value>? { value.map { Placed($0) } }

private func members(_ sets: [any VMSet]) -> [Placed<VMReference>] {
    sets.flatMap(\.references).map { Placed($0) }
}

extension Assembly {
    /// Declares the topology. A file declares one.
    @discardableResult
    public init(
        _ name: String, queueLength: Int? = nil, sharedMemory: Int? = nil,
        @AssemblyBuilder _ elements: () -> [AssemblyElement]
    ) {
        self.init(
            name: Placed(name), elements: elements(),
            queues: QueueSettings(length: placed(queueLength), sharedMemory: placed(sharedMemory)))
        let declared = self
        Assembly.register.withLock { $0.append(declared) }
    }
}

extension VM {
    /// Declares a VM by its number.
    public init(
        _ number: Int, name: String? = nil, mac: String? = nil, ip: String? = nil, ipv6: String? = nil,
        hostname: String? = nil, interfaces: Interfaces? = nil, sources: Sources? = nil, dataPath: DataPath? = nil,
        guest: Guest = Guest()
    ) {
        self.init(
            number: Placed(number), name: placed(name), mac: placed(mac), ip: placed(ip), ipv6: placed(ipv6),
            hostname: placed(hostname), interfaces: placed(interfaces), sources: placed(sources),
            dataPath: placed(dataPath), guest: guest)
    }

    /// Declares a VM by its name; its number is its position among the VMs.
    public init(
        _ name: String, mac: String? = nil, ip: String? = nil, ipv6: String? = nil, hostname: String? = nil,
        interfaces: Interfaces? = nil, sources: Sources? = nil, dataPath: DataPath? = nil, guest: Guest = Guest()
    ) {
        self.init(
            number: nil, name: Placed(name), mac: placed(mac), ip: placed(ip), ipv6: placed(ipv6),
            hostname: placed(hostname), interfaces: placed(interfaces), sources: placed(sources),
            dataPath: placed(dataPath), guest: guest)
    }
}

/// Declares several VMs that take their addresses from the pool.
public struct VMs: Sendable {
    public var vms: [VM]

    public init(_ sets: any VMSet..., guest: Guest = Guest()) {
        vms = sets.flatMap(\.references).map { reference in
            switch reference {
            case .number(let number): VM(number, guest: guest)
            case .name(let name): VM(name, guest: guest)
            }
        }
    }
}

extension Guest {
    public init(
        memoryMiB: Int? = nil, kernel: String? = nil, relocations: String? = nil, initrd: String? = nil,
        commandLine: String? = nil, start: String? = nil, heap: Int? = nil, untyped23Pool: Int? = nil,
        untyped22Pool: Int? = nil, ioSpaceDomain: Int? = nil, pciDevicesIOSpace: Int? = nil
    ) {
        self.init(
            memoryMiB: placed(memoryMiB), kernel: placed(kernel), relocations: placed(relocations),
            initrd: placed(initrd), commandLine: placed(commandLine), start: placed(start),
            heap: placed(heap), untyped23Pool: placed(untyped23Pool), untyped22Pool: placed(untyped22Pool),
            ioSpaceDomain: placed(ioSpaceDomain), pciDevicesIOSpace: placed(pciDevicesIOSpace), origin: Origin())
    }
}

extension Programs {
    /// Names a CMake project, by its folder, and the executables that it makes.
    public init(_ folder: String, _ name: String, _ names: String...) {
        self.init(folder: Placed(folder), names: ([name] + names).map { Placed($0) }, origin: Origin())
    }
}

extension AddressPool {
    public init(mac: String? = nil, ip: String? = nil, ipv6: String? = nil) {
        self.init(mac: placed(mac), ip: placed(ip), ipv6: placed(ipv6), origin: Origin())
    }
}

extension Partition {
    public init(
        _ name: String, queueLength: Int? = nil, sharedMemory: Int? = nil,
        @PartitionBuilder _ links: () -> [LinkGroup]
    ) {
        self.init(
            name: Placed(name), links: links(),
            queues: QueueSettings(length: placed(queueLength), sharedMemory: placed(sharedMemory)))
    }
}

extension Never {
    public init(_ sources: any VMSet, reaches destinations: any VMSet...) {
        self.init(sources: members([sources]), destinations: members(destinations), origin: Origin())
    }
}

private func group(
    _ shape: LinkGroup.Shape, _ sets: [any VMSet], _ queueLength: Int?, _ sharedMemory: Int?
) -> LinkGroup {
    LinkGroup(
        shape: shape, members: members(sets),
        queues: QueueSettings(length: placed(queueLength), sharedMemory: placed(sharedMemory)))
}

// The shapes are functions in capitals, because they make one type and read as declarations.
// swift-format-ignore: AlwaysUseLowerCamelCase

/// Joins every VM named with every other.
public func Mesh(_ vms: any VMSet..., queueLength: Int? = nil, sharedMemory: Int? = nil) -> LinkGroup {
    group(.mesh, vms, queueLength, sharedMemory)
}

/// Joins the hub with every other VM named.
public func Star(
    hub: any VMIdentity, _ vms: any VMSet..., queueLength: Int? = nil, sharedMemory: Int? = nil
) -> LinkGroup {
    group(.star, [hub] + vms, queueLength, sharedMemory)
}

/// Joins each VM named with the next, and the last with the first.
public func Ring(_ vms: any VMSet..., queueLength: Int? = nil, sharedMemory: Int? = nil) -> LinkGroup {
    group(.ring, vms, queueLength, sharedMemory)
}

/// Joins each VM named with the next.
public func Line(_ vms: any VMSet..., queueLength: Int? = nil, sharedMemory: Int? = nil) -> LinkGroup {
    group(.line, vms, queueLength, sharedMemory)
}

/// Joins two VMs.
public func Link(
    _ first: any VMIdentity, _ second: any VMIdentity, queueLength: Int? = nil, sharedMemory: Int? = nil
) -> LinkGroup {
    group(.link, [first, second], queueLength, sharedMemory)
}

/// One row as upstream writes it, `f(0,1,2)`: the first VM sends to the others. Each of them needs the row that answers.
public func Connect(
    _ vm: any VMIdentity, to peers: any VMSet..., queueLength: Int? = nil, sharedMemory: Int? = nil
) -> LinkGroup {
    group(.connect, [vm] + peers, queueLength, sharedMemory)
}
