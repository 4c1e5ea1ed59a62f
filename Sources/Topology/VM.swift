// SPDX-License-Identifier: BSD-2-Clause

/// A virtual machine, as declared. What is not said here comes from the address pool, from the assembly's
/// ``Guest`` and from upstream's values, when the topology is resolved.
public struct VM: Sendable, Hashable {
    /// The number after `vm` in the assembly; `nil` for a VM declared by name, which takes its position.
    public var number: Placed<Int>?
    public var name: Placed<String>?
    public var mac: Placed<String>?
    /// IPv4 address with prefix length, as "192.168.1.1/24".
    public var ip: Placed<String>?
    /// IPv6 address with prefix length, as "fd00::1/64".
    public var ipv6: Placed<String>?
    public var hostname: Placed<String>?
    /// How many network interfaces the guest has; one unless said.
    public var interfaces: Placed<Interfaces>?
    /// From which addresses the guest may send; from its own alone unless said.
    public var sources: Placed<Sources>?
    /// The device that moves its frames; the assembly's unless said.
    public var dataPath: Placed<DataPath>?
    public var guest: Guest
    public var origin: Origin

    public init(
        number: Placed<Int>?, name: Placed<String>?, mac: Placed<String>? = nil, ip: Placed<String>? = nil,
        ipv6: Placed<String>? = nil, hostname: Placed<String>? = nil, interfaces: Placed<Interfaces>? = nil,
        sources: Placed<Sources>? = nil, dataPath: Placed<DataPath>? = nil, guest: Guest = Guest(),
        origin: Origin = Origin()
    ) {
        self.number = number
        self.name = name
        self.mac = mac
        self.ip = ip
        self.ipv6 = ipv6
        self.hostname = hostname
        self.interfaces = interfaces
        self.sources = sources
        self.dataPath = dataPath
        self.guest = guest
        self.origin = origin
    }
}

/// How many network interfaces a VM's guest has.
public enum Interfaces: String, Sendable, Hashable, CaseIterable {
    /// One for all its partitions.
    case one
    /// One for each partition that the VM is in: `eth0` for the first, `eth1` for the second.
    case perPartition
}

/// From which MAC addresses a VM's guest may send.
public enum Sources: String, Sendable, Hashable, CaseIterable {
    /// From its own alone; a frame from another address is dropped, by its own VM and by each peer.
    case pinned
    /// From others too, as a bridge does, or a guest that runs guests of its own: its peers learn who is behind it.
    case any
}

/// The code that moves frames between VMs.
public enum DataPath: String, Sendable, Hashable, CaseIterable {
    /// topoc's own device, switch and virtqueues.
    case topoc
    /// The device that the tree has.
    case tree
}

/// What a VM's guest runs with: the attributes of upstream's `VM_INIT_DEF` and of the component's memory, and what it
/// starts.
/// Each that is `nil` is taken from the assembly's `Guest`, else from upstream's zmq_samples.
public struct Guest: Sendable, Hashable {
    /// `guest_ram_mb`.
    public var memoryMiB: Placed<Int>?
    /// `kernel_image`: a name in the file server.
    public var kernel: Placed<String>?
    /// `kernel_relocs`: a name in the file server; the kernel's own unless said.
    public var relocations: Placed<String>?
    /// `initrd_image`: a name in the file server.
    public var initrd: Placed<String>?
    /// `kernel_cmdline`.
    public var commandLine: Placed<String>?
    /// A line of the guest's shell that runs when it has booted, before anyone can log in.
    public var start: Placed<String>?
    /// `heap_size` of the VMM, in bytes.
    public var heap: Placed<Int>?
    /// `simple_untyped23_pool`: how many untypeds of 8 MiB.
    public var untyped23Pool: Placed<Int>?
    /// `simple_untyped22_pool`: how many untypeds of 4 MiB.
    public var untyped22Pool: Placed<Int>?
    /// `iospace_domain`: the IOMMU domain for PCI passthrough.
    public var ioSpaceDomain: Placed<Int>?
    /// `pci_devices_iospace`.
    public var pciDevicesIOSpace: Placed<Int>?
    public var origin: Origin

    public init(
        memoryMiB: Placed<Int>? = nil, kernel: Placed<String>? = nil, relocations: Placed<String>? = nil,
        initrd: Placed<String>? = nil, commandLine: Placed<String>? = nil, start: Placed<String>? = nil,
        heap: Placed<Int>? = nil, untyped23Pool: Placed<Int>? = nil, untyped22Pool: Placed<Int>? = nil,
        ioSpaceDomain: Placed<Int>? = nil, pciDevicesIOSpace: Placed<Int>? = nil, origin: Origin
    ) {
        self.memoryMiB = memoryMiB
        self.kernel = kernel
        self.relocations = relocations
        self.initrd = initrd
        self.commandLine = commandLine
        self.start = start
        self.heap = heap
        self.untyped23Pool = untyped23Pool
        self.untyped22Pool = untyped22Pool
        self.ioSpaceDomain = ioSpaceDomain
        self.pciDevicesIOSpace = pciDevicesIOSpace
        self.origin = origin
    }
}

/// How a declaration points at a VM: by its number or by its name.
public enum VMReference: Sendable, Hashable, CustomStringConvertible {
    case number(Int)
    case name(String)

    public var description: String {
        switch self {
        case .number(let number): "\(number)"
        case .name(let name): "\"\(name)\""
        }
    }
}
