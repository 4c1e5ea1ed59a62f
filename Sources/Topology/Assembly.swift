// SPDX-License-Identifier: BSD-2-Clause

import Synchronization

/// A whole topology: VMs, the partitions that join them, and what must never be joined.
public struct Assembly: Sendable, Hashable {
    /// A C identifier: the name of the `.camkes` file and of the CMake project.
    public var name: Placed<String>
    public var vms: [VM]
    public var partitions: [Partition]
    public var assertions: [Never]
    /// In the order written; a later one overrides an earlier one, field by field.
    public var addressPools: [AddressPool]
    /// Settings for every guest, in the order written; a later one overrides an earlier one, field by field.
    public var guests: [Guest]
    public var programs: [Programs]
    public var queues: QueueSettings
    public var origin: Origin

    public init(
        name: Placed<String>, elements: [AssemblyElement], queues: QueueSettings = QueueSettings(),
        origin: Origin = Origin()
    ) {
        self.name = name
        self.queues = queues
        self.origin = origin
        vms = []
        partitions = []
        assertions = []
        addressPools = []
        guests = []
        programs = []
        for element in elements {
            switch element {
            case .vm(let vm): vms.append(vm)
            case .partition(let partition): partitions.append(partition)
            case .never(let never): assertions.append(never)
            case .addressPool(let pool): addressPools.append(pool)
            case .guest(let guest): guests.append(guest)
            case .programs(let folder): programs.append(folder)
            }
        }
    }

    /// The assemblies that this process has declared with the DSL, in order. A `.topo` file that is compiled as the
    /// main file of a program leaves its model here.
    public static var declared: [Assembly] { register.withLock { $0 } }

    static let register = Mutex<[Assembly]>([])
}

/// What may stand in an assembly's braces.
public enum AssemblyElement: Sendable, Hashable {
    case vm(VM)
    case partition(Partition)
    case never(Never)
    case addressPool(AddressPool)
    case guest(Guest)
    case programs(Programs)
}
