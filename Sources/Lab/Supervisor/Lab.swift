// SPDX-License-Identifier: BSD-2-Clause

import CLab
import Diagnostics
import Processes
import Wiring

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A running lab: it holds all memory, all bells and the guests' sides, and starts every process. All of it ends with
/// this process.
actor Lab {
    nonisolated let name: LabName
    nonisolated let order: LabOrder
    nonisolated let wiring: Wiring
    var links: [LabLink] = []
    /// By VM.
    var machines: [any Machine] = []
    var pages: [StatsPage] = []
    /// By VM, and behind those by filter.
    var devices: [DeviceSlot]
    /// By filter.
    var filterPages: [FilterPage] = []
    var filterLibraries: [FilterLibrary] = []
    /// Captures by the VM whose device writes them.
    var captures: [Int: [UInt32: AsyncStream<UInt64>.Continuation]] = [:]
    let deaths: AsyncStream<Death>
    let deathSink: AsyncStream<Death>.Continuation
    var isEnding = false
    /// Guests that end and begin.
    var rebooting: Set<Int> = []

    /// A VM's device: the process, or why there is none.
    struct DeviceSlot: Sendable {
        var process: DeviceProcess?
        var state = "not started"
        var starts: [ContinuousClock.Instant] = []
        /// It has begun, and is told of what changes.
        var serves = false
        /// It is started by hand, or not at all.
        var isGivenUp = false
        /// What to tell when it runs again.
        var waiters: [CheckedContinuation<LabError?, Never>] = []
        /// By number of the link: what its device complained of.
        var brokenLinks: [Int: String] = [:]
    }

    /// A device process has ended, or is to be started by hand.
    struct Death: Sendable {
        let vm: Int
        let process: DeviceProcess?
    }

    /// Bytes of an Ethernet frame, without its checksum.
    var frameMax: Int { order.offload ? Int(LAB_FRAME_MAX) : RingLayout.frameSize }

    init(_ name: LabName, _ order: LabOrder, _ wiring: Wiring) throws(LabError) {
        self.name = name
        self.order = order
        self.wiring = wiring
        for layout in Set(wiring.vms.map(\.layout)) { _ = try DeviceProgram.find(for: layout) }
        // The VMs' devices, and behind them the filters.
        devices = (0..<wiring.vms.count + wiring.filters.count).map { _ in DeviceSlot() }
        (deaths, deathSink) = AsyncStream.makeStream(of: Death.self)
    }

    // MARK: - Up

    /// Starts everything; what fails ends this process, and with it all that was started.
    func rise(_ progress: @escaping @Sendable (String) -> Void) async throws(LabError) {
        let offload = order.offload
        let vms = wiring.vms
        let memory = { @Sendable (peer: Peer) -> Int in
            // The least of libvirtqueue's layout has room for one frame, and none for a trailer behind it.
            let trailers = vms[peer.number].layout == .packed ? 0 : Target.pageSize
            return max(peer.sharedMemory + trailers, offload ? 1 << 20 : 0)
        }
        try HostLimits(wiring, order, linkMemory: memory).check()
        for vm in wiring.vms {
            pages.append(try StatsPage(vm.instance, linkCount: vm.peers.count))
            for (number, peer) in vm.peers.enumerated()
            where peer.number > vm.number && wiring.connections[peer.connection].filter == nil {
                guard let back = wiring.vms[peer.number].peers.firstIndex(where: { $0.number == vm.number })
                else { continue }
                links.append(
                    try LabLink(
                        lower: vm.number, higher: peer.number, lowerPeer: number, higherPeer: back,
                        connection: wiring.connections[peer.connection], size: memory(peer)))
            }
        }
        links += try filterLinks(memory)
        for filter in wiring.filters {
            filterPages.append(try FilterPage(filter.instance))
            filterLibraries.append(try await FilterLibrary(filter))
        }
        let factory = try await MachineFactory(order, wiring, name: name, progress)
        for vm in wiring.vms { machines.append(try await factory.machine(vm)) }
        for number in devices.indices {
            let companions = companions(of: number)
            if companions.first == number { try await startDevices(of: companions, isAnew: false) }
        }
        Task { await heal() }
        for note in notes { progress("note: \(note)") }
        let filters = wiring.filters.isEmpty ? "" : ", \(wiring.filters.count) filters"
        progress("\(wiring.vms.count) devices, \(links.count) links\(filters); \(factory.verb)")
        let machines = machines
        let boots = await withTaskGroup(of: (Int, LabError?).self) { group in
            for (number, machine) in machines.enumerated() {
                group.addTask {
                    do throws(LabError) {
                        try await machine.boot()
                        return (number, nil)
                    } catch {
                        return (number, error)
                    }
                }
            }
            let begin = ContinuousClock.now
            var errors: [(Int, LabError)] = []
            for await (number, error) in group {
                if let error {
                    errors.append((number, error))
                } else if order.guests == .qemu {
                    progress("vm\(number) is ready after \(begin.duration(to: .now).inSeconds) s")
                }
            }
            return errors
        }
        if let first = boots.min(by: { $0.0 < $1.0 }) { throw first.1 }
    }

    // MARK: - Asking

    func vm(_ text: String) throws(LabError) -> VMWiring {
        let named = wiring.vms.first { vm in
            vm.instance == text || vm.name == text || "\(vm.number)" == text || vm.hostname == text
        }
        if let named { return named }
        let names = wiring.vms.map { $0.name.map { "`\($0)`" } ?? $0.instance }
        throw LabError(
            LabRules.noVM, "there is no VM `\(text)` in the lab `\(name)`",
            notes: names.count <= 16
                ? ["there are \(names.joined(separator: ", "))"] : ["`topoc lab status` lists them"])
    }

    /// The index of the link of two VMs.
    func link(_ from: String, _ to: String) throws(LabError) -> (index: Int, from: Int, to: Int) {
        let (first, second) = (try vm(from), try vm(to))
        let (low, high) = (min(first.number, second.number), max(first.number, second.number))
        if let filter = filter(between: low, and: high) {
            throw LabError(
                LabRules.noLink, "\(first.instance) and \(second.instance) are joined through filter `\(filter.name)`",
                notes: ["only a link without a filter can be cut, impaired or captured alone"])
        }
        guard let index = links.firstIndex(where: { $0.lower == low && $0.higher == high }) else {
            throw LabError(
                LabRules.noLink, "\(first.instance) and \(second.instance) have no link",
                notes: ["`topoc lab status` lists the links; the topology declares them"])
        }
        return (index, first.number, second.number)
    }

    func status() async -> LabStatus {
        var vms: [LabStatus.VM] = []
        for vm in wiring.vms {
            let slot = devices[vm.number]
            vms.append(
                LabStatus.VM(
                    number: vm.number, name: vm.name, hostname: vm.hostname,
                    peers: vm.peers.map(\.number), addresses: vm.interfaces.map(\.ip.description),
                    macs: vm.interfaces.map(\.mac.description),
                    guest: await machines[vm.number].state, device: slot.state,
                    deviceProcess: slot.process?.process.id, restarts: max(slot.starts.count - 1, 0)))
        }
        return LabStatus(
            name: name.text, assembly: wiring.name, version: TopocVersion.current, guests: order.guests,
            process: getpid(), notes: notes, vms: vms,
            links: links.filter { filter($0.higher) == nil }.map {
                LabStatus.Link(
                    from: $0.lower, to: $0.higher, partition: $0.partition, generation: $0.generation,
                    isCut: $0.isCut, there: $0.fromLower, back: $0.fromHigher)
            },
            filters: wiring.filters.enumerated().map { index, filter in
                let slot = devices[number(ofFilter: index)]
                return LabStatus.Filter(
                    name: filter.name, vms: filter.ends.map(\.vm), state: slot.state,
                    process: slot.process?.process.id, restarts: max(slot.starts.count - 1, 0))
            })
    }

    /// What is otherwise in this lab than its reader expects.
    nonisolated var notes: [String] {
        var notes: [String] = []
        if order.isOneProcess {
            notes.append("the devices share a process: nothing but its own code keeps one from another's links")
        }
        let others = wiring.vms.filter { $0.layout == .libvirtqueue }.map(\.instance)
        if !others.isEmpty {
            notes.append(
                "the links of \(others.joined(separator: ", ")) have libvirtqueue's layout; the devices are topoc's, also "
                    + "where the topology says `dataPath: .tree`")
        }
        return notes
    }

    func stats() -> StatsSnapshot {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        return StatsSnapshot(
            lab: name.text, time: UInt64(now.tv_sec) * 1_000_000_000 + UInt64(now.tv_nsec), notes: notes,
            links: wiring.vms.flatMap { vm in
                vm.peers.indices.map { number in
                    StatsSnapshot.Link(
                        vm: vm, link: number, partition: wiring.connections[vm.peers[number].connection].partition,
                        pages[vm.number].readLink(number))
                }
            },
            interfaces: wiring.vms.flatMap { pages[$0.number].interfaces(of: $0) },
            filters: zip(wiring.filters, filterPages).map { $1.snapshot(of: $0) })
    }

    // MARK: - Down

    /// Ends every process, and waits for it.
    func fall() async {
        isEnding = true
        for slot in devices { slot.process?.process.stop() }
        for machine in machines { await machine.stop() }
        for slot in devices { _ = await slot.process?.process.ending }
    }
}

extension Duration {
    /// With one digit.
    var inSeconds: String {
        let tenths = Int((self / .milliseconds(100)).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }
}
