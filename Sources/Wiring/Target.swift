// SPDX-License-Identifier: BSD-2-Clause

import Topology

/// A release of camkes-vm, or the lab, with a data path: what it accepts and how much it holds.
public struct Target: Sendable, Hashable {
    /// As `--target` takes it.
    public let name: String
    /// A line for `topoc targets`.
    public let summary: String
    /// What moves the frames.
    public internal(set) var dataPath: DataPath
    /// How an assembly is written for it; `nil` where none is.
    public let dialect: Dialect?
    private let release: Limits?

    init(name: String, summary: String, limits: Limits?, dialect: Dialect?) {
        self.name = name
        self.summary = summary
        self.dialect = dialect
        release = limits
        dataPath = .topoc
        dataPath = dataPaths[0]
    }

    /// What it can hold with its data path; `nil` for a target without seL4 limits.
    public var limits: Limits? { limits(of: dataPath) }

    /// The same of a VM with this device.
    public func limits(of device: DataPath) -> Limits? {
        guard var limits = release else { return nil }
        if device == .topoc { limits.vswitchNodes = nil }
        // The connector gives badges, whatever device a VM has.
        if dataPath == .topoc { limits.notificationBadges = nil }
        limits.interfaces = interruptLines(device).count
        return limits
    }

    /// What a VMM runs on: each has a VMM, a base of macros and CMake functions of its own.
    public enum Machine: Sendable, Hashable {
        case x86
        case arm
    }

    /// What changed between releases in the text of an assembly.
    public struct Dialect: Sendable, Hashable {
        public var machine = Machine.x86
        /// `init_cons` and `pci_devices_iospace` are attributes of `vmN_config` (3.8 and before) or of `vmN`.
        public let configuresVMThroughConfigComponent: Bool
        /// `VM_CONNECTION_INIT_HANDLER` takes `(vm, topology)` (from 3.9) or nothing.
        public let handlerTakesTopology: Bool
        /// `*_attributes` are the key of the shared memory (3.8 and before); later releases take the end's name.
        public let keysSharedMemoryByAttributes: Bool
        /// All ends of a VM share one badge, which the assembly sets (3.8 and before), or each end gets its own from
        /// the connector's template.
        public let sharesOneBadge: Bool
        /// The connection's `queue_length` is read (from 3.9); before, rings have upstream's length.
        public let readsQueueLength: Bool
        /// CMake finds the guest's kernel and root file system by `GetArchDefaultLinuxKernelFile("32" …)` (from 3.10)
        /// or by `GetDefaultLinuxKernelFile(…)`.
        public let namesGuestWordSize: Bool
        /// The tool's `global_endpoint_badges` is told the architecture (from 3.11).
        public let namesArchitectureOfBadges: Bool
        /// `common_make_virtio_net` is told whether to emulate the device's address register (3.9 and 3.10).
        public let choosesBarEmulation: Bool
    }

    /// Bytes of a page: shared memory is mapped in these.
    public static let pageSize = 4096

    /// What a release can hold. The sources are in `docs/upstream-facts.md`.
    public struct Limits: Sendable, Hashable {
        /// libvswitch `VSWITCH_NUM_NODES`; `nil` for the switch of topoc's data path, which has a slot for each peer.
        public fileprivate(set) var vswitchNodes: Int?
        /// Notification badge bits that a VM's global endpoint can give out: of the mask's bits 0 and 17 to 28, bit 27
        /// is the base and bit 28 does not fit a capDL badge. `nil` where every end has the same badge (3.8, and the data
        /// path topoc).
        public fileprivate(set) var notificationBadges: Int?
        /// The interfaces that take one each before any peer does; a peer takes one an end.
        public let badgesTaken = ["intready", "init_timer", "serial_getchar"]
        /// Network interfaces of a guest: each has an interrupt line of its own.
        public fileprivate(set) var interfaces = 1
        /// Ids that libsel4camkes finds again by name: `MAX_CAMKES_VIRTQUEUE_ID`.
        public let queueIDs: Int
        /// VMs that the serial server keeps apart: its 12 clients less `pci_config`, `time_server` and `rtc`.
        public let serialServerVMs: Int
        /// The only queue length there is, or `nil` where a connection's can be set (from 3.9).
        public let fixedQueueLength: Int?
        /// Megabytes of guest memory: what lies between the VMM's anonymous region and the PCI hole.
        public let guestMemoryMiB: Int
    }
}

extension Target {
    private static let limits = Limits(
        vswitchNodes: 4, notificationBadges: 11, queueIDs: 100, serialServerVMs: 9, fixedQueueLength: nil,
        guestMemoryMiB: 2303)
    private static let limits3_8 = Limits(
        vswitchNodes: 4, notificationBadges: nil, queueIDs: 100, serialServerVMs: 9, fixedQueueLength: 256,
        guestMemoryMiB: 2303)
    private static let newestDialect = Dialect(
        configuresVMThroughConfigComponent: false, handlerTakesTopology: true, keysSharedMemoryByAttributes: false,
        sharesOneBadge: false, readsQueueLength: true, namesGuestWordSize: true, namesArchitectureOfBadges: true,
        choosesBarEmulation: false)

    public static let newest = Target(
        name: "3.11", summary: "camkes-vm 3.11 to master (the newest)", limits: limits, dialect: newestDialect)
    public static let camkes3_10 = Target(
        name: "3.10", summary: "camkes-vm 3.10", limits: limits,
        dialect: Dialect(
            configuresVMThroughConfigComponent: false, handlerTakesTopology: true, keysSharedMemoryByAttributes: false,
            sharesOneBadge: false, readsQueueLength: true, namesGuestWordSize: true, namesArchitectureOfBadges: false,
            choosesBarEmulation: true))
    public static let camkes3_9 = Target(
        name: "3.9", summary: "camkes-vm 3.9", limits: limits,
        dialect: Dialect(
            configuresVMThroughConfigComponent: false, handlerTakesTopology: true, keysSharedMemoryByAttributes: false,
            sharesOneBadge: false, readsQueueLength: true, namesGuestWordSize: false, namesArchitectureOfBadges: false,
            choosesBarEmulation: true))
    public static let camkes3_8 = Target(
        name: "3.8", summary: "camkes-vm 3.8", limits: limits3_8,
        dialect: Dialect(
            configuresVMThroughConfigComponent: true, handlerTakesTopology: false, keysSharedMemoryByAttributes: true,
            sharesOneBadge: true, readsQueueLength: false, namesGuestWordSize: false, namesArchitectureOfBadges: false,
            choosesBarEmulation: true))
    /// The VMM for Arm, of 3.11 and later. Its own network device sends every frame to every peer, so topoc's is the only
    /// one. Guest memory begins at 1 GiB and ends where addresses of 32 bits do.
    public static let arm = Target(
        name: "arm", summary: "camkes-vm for Arm, 3.11 to master",
        limits: Limits(
            vswitchNodes: nil, notificationBadges: nil, queueIDs: 100, serialServerVMs: 8, fixedQueueLength: nil,
            guestMemoryMiB: 3072),
        dialect: newestDialect.on(.arm))
    /// Runs on a plain Linux host: no assembly, no seL4 limits.
    public static let lab = Target(
        name: "lab", summary: "a plain Linux host, without seL4's limits", limits: nil, dialect: nil)

    public static let all = [newest, camkes3_10, camkes3_9, camkes3_8, arm, lab]

    public static func named(_ name: String) -> Target? {
        all.first { $0.name == name }
    }
}

extension Target.Dialect {
    fileprivate func on(_ machine: Target.Machine) -> Self {
        var dialect = self
        dialect.machine = machine
        return dialect
    }
}
