// SPDX-License-Identifier: BSD-2-Clause

import CLab
import Foundation
import Topology
import Wiring

/// One direction of a link.
struct Direction: Hashable {
    let from: Int
    let to: Int
}

/// A lab without a supervisor: a device process for each VM of a wiring, whose guests are sockets of packets that the
/// test holds.
final class SmallLab {
    let wiring: Wiring
    private(set) var vms: [SmallVM] = []
    /// The memory of each direction, and the bell that each VM reads from each peer.
    private(set) var memories: [Direction: Descriptor] = [:]
    private(set) var bells: [Direction: Descriptor] = [:]
    private var generation: UInt32 = 1
    let settings: SmallVM.Settings

    /// All started; with `shared` all devices are in one process. With `taps`, one a VM, these are the guests.
    init(
        _ assembly: Assembly, _ settings: SmallVM.Settings = .init(), shared: Bool = false, taps: [Descriptor]? = nil
    ) throws {
        guard let wiring = Wiring(Network(assembly), target: .lab) else { throw Problem(text: "no wiring") }
        self.wiring = wiring
        self.settings = settings
        for vm in wiring.vms {
            for peer in vm.peers { try renew(Direction(from: vm.number, to: peer.number)) }
        }
        let one = shared ? try DeviceProcess(settings.program, devices: wiring.vms.count) : nil
        for vm in wiring.vms {
            let process = try one ?? DeviceProcess(settings.program)
            vms.append(try SmallVM(vm, process, at: shared ? vm.number : 0, tap: taps?[vm.number], in: self))
        }
        for vm in vms { try vm.begin(in: self, generation: generation, restarted: false) }
    }

    struct Problem: Error, CustomStringConvertible {
        let text: String
        var description: String { text }
    }

    private func renew(_ direction: Direction) throws {
        memories[direction] = try Descriptor.memory(settings.memory)
        bells[direction] = try Descriptor.bell()
    }

    /// kill -9, a new process, and new memory for its links, as the supervisor does it.
    func restart(_ number: Int) throws {
        vms[number].process.kill()
        try heal(number)
    }

    func heal(_ number: Int, with process: DeviceProcess? = nil) throws {
        generation += 1
        let peers = wiring.vms[number].peers.map(\.number)
        for peer in peers {
            try renew(Direction(from: number, to: peer))
            try renew(Direction(from: peer, to: number))
        }
        try vms[number].replace(with: process)
        try vms[number].begin(in: self, generation: generation, restarted: true)
        for peer in peers { try vms[peer].renewLink(to: number, in: self, generation: generation) }
    }

    /// New memory for one link, both of whose ends run.
    func renewLink(_ one: Int, _ other: Int) throws {
        generation += 1
        try renew(Direction(from: one, to: other))
        try renew(Direction(from: other, to: one))
        try vms[one].renewLink(to: other, in: self, generation: generation)
        try vms[other].renewLink(to: one, in: self, generation: generation)
    }
}

/// A VM of it.
final class SmallVM {
    struct Settings {
        var memory = 32768
        var queueLength: UInt32 = 256
        var busyPoll: UInt32 = 0
        var offload = false
        var batch: UInt32 = 0
        var layout = LinkLayout.packed

        /// Rings that hold all that a test sends: however long a device stands still, none is stalled.
        static let roomy: Settings = {
            var settings = Settings()
            settings.memory = 1 << 20
            settings.queueLength = 4096
            return settings
        }()

        var program: String {
            layout == .packed ? DeviceProcess.device : DeviceProcess.beside("topoc-device-libvirtqueue")
        }
    }

    let wiring: VMWiring
    private(set) var process: DeviceProcess
    private let device: Int
    /// The test's ends of the guest's interfaces, and the device's, which a new process gets again.
    let guests: [Descriptor]
    private let ports: [Descriptor]
    let pageMemory: Descriptor
    private let page: Mapping
    private let settings: Settings

    init(_ wiring: VMWiring, _ process: DeviceProcess, at device: Int, tap: Descriptor?, in lab: SmallLab) throws {
        self.wiring = wiring
        self.process = process
        self.device = device
        let bytes = Int(lab_stats_bytes(UInt32(wiring.peers.count)))
        let pairs = try wiring.interfaces.map { _ in try Descriptor.packetSockets() }
        guests = pairs.map(\.0)
        ports = tap.map { [$0] } ?? pairs.map(\.1)
        pageMemory = try Descriptor.memory(bytes)
        page = try Mapping(pageMemory, bytes, writable: false)
        settings = lab.settings
    }

    func replace(with other: DeviceProcess?) throws { process = try other ?? DeviceProcess(settings.program) }

    func begin(in lab: SmallLab, generation: UInt32, restarted: Bool) throws {
        try expect(process.say(hello(restarted), LAB_VM, head: \.head, [pageMemory], to: device))
        for (number, interface) in wiring.interfaces.enumerated() {
            var said = lab_interface()
            said.number = UInt32(number)
            said.link_count = UInt32(interface.links.count)
            said.address = interface.mac.frameNumber
            said.pinned = 1
            let table = interface.table
            said.multiplier = table?.multiplier ?? 0
            try expect(
                process.say(
                    said, entries: table?.entries ?? [], displacements: table?.displacements ?? [], ports[number],
                    to: device))
        }
        for peer in wiring.peers { try renewLink(to: peer.number, in: lab, generation: generation) }
        try expect(process.say(lab_start(), LAB_START, head: \.head, to: device))
    }

    func hello(_ restarted: Bool) -> lab_vm {
        var said = lab_vm()
        said.version = LAB_VERSION
        said.number = UInt32(wiring.number)
        said.guest = LAB_GUEST_TAP.rawValue
        said.interface_count = UInt32(wiring.interfaces.count)
        said.link_count = UInt32(wiring.peers.count)
        said.frame_max = settings.offload ? LAB_FRAME_MAX : 1514
        said.offload = settings.offload ? 1 : 0
        said.busy_poll = settings.busyPoll
        said.restarted = restarted ? 1 : 0
        said.batch = settings.batch
        said.layout = settings.layout == .packed ? 1 : 3
        return said
    }

    /// LAB_LINK, the first time or again.
    func renewLink(to number: Int, in lab: SmallLab, generation: UInt32) throws {
        let index = try link(to: number)
        let peer = wiring.peers[index]
        var said = lab_link()
        said.number = UInt32(index)
        said.interface = UInt32(peer.interface)
        said.place = UInt32(wiring.interfaces[peer.interface].links.firstIndex(of: index) ?? 0)
        said.peer = UInt32(number)
        said.address = peer.mac.frameNumber
        said.generation = generation
        said.queue_length = settings.queueLength
        said.memory = UInt32(settings.memory)
        said.pinned = 1
        let out = Direction(from: wiring.number, to: number)
        let back = Direction(from: number, to: wiring.number)
        let descriptors = [lab.memories[out], lab.memories[back], lab.bells[back], lab.bells[out]].compactMap { $0 }
        try expect(process.say(said, LAB_LINK, head: \.head, descriptors, to: device))
    }

    func link(to number: Int) throws -> Int {
        guard let index = wiring.peers.firstIndex(where: { $0.number == number }) else {
            throw SmallLab.Problem(text: "VM \(wiring.number) has no link to VM \(number)")
        }
        return index
    }

    func impair(_ link: Int, _ change: (inout lab_impair) -> Void) throws {
        var said = lab_impair()
        said.link = UInt32(link)
        change(&said)
        try expect(process.say(said, LAB_IMPAIR, head: \.head, to: device))
    }

    func cut(_ link: Int, _ cut: Bool) throws {
        var said = lab_cut()
        said.link = UInt32(link)
        said.cut = cut ? 1 : 0
        try expect(process.say(said, LAB_CUT, head: \.head, to: device))
    }

    private func expect(_ answer: Answer) throws {
        guard answer == .done else { throw SmallLab.Problem(text: "VM \(wiring.number): \(answer)") }
    }

    // -- What the guest does. --

    /// A frame of the guest, on its interface.
    @discardableResult
    func send(_ frame: Frame, on interface: Int = 0) -> Bool {
        guests[interface].write([UInt8](repeating: 0, count: 12) + frame.bytes)
    }

    func receive(within milliseconds: Int32 = patience, on interface: Int = 0) -> Frame? {
        guard let bytes = guests[interface].read(within: milliseconds) else { return nil }
        return Frame(Array(bytes.dropFirst(12)))
    }

    /// So many frames, and all that comes behind them until nothing has come for a while.
    @discardableResult
    func receiveAll(_ count: Int = 0, quiet milliseconds: Int32 = 100, on interface: Int = 0) -> [Frame] {
        var frames: [Frame] = []
        while let frame = receive(within: frames.count < count ? patience : milliseconds, on: interface) {
            frames.append(frame)
        }
        return frames
    }

    // -- What its device counts. --

    func statistics(ofLink link: Int) -> lab_link_stats {
        var copy = lab_link_stats()
        lab_stats_read_link(page.base.assumingMemoryBound(to: lab_stats.self), UInt32(link), &copy)
        return copy
    }

    func statistics() -> lab_stats {
        var copy = lab_stats()
        lab_stats_read(page.base.assumingMemoryBound(to: lab_stats.self), &copy)
        return copy
    }

    /// The counters of a link when they show something, or as they are in the end.
    func statistics(ofLink link: Int, when shows: (lab_link_stats) -> Bool) -> lab_link_stats {
        var copy = lab_link_stats()
        _ = eventually {
            copy = statistics(ofLink: link)
            return shows(copy)
        }
        return copy
    }
}

/// An Ethernet frame with a number in it, and bytes that follow from the number: a torn one is seen.
struct Frame: Equatable {
    let bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    init(to destination: MACAddress, from source: MACAddress, number: UInt32, length: Int = 60) {
        var bytes = Self.octets(destination) + Self.octets(source) + [0x88, 0xb5]
        bytes += (0..<4).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
        while bytes.count < length { bytes.append(Self.filler(number, bytes.count)) }
        self.bytes = bytes
    }

    var number: UInt32 { (0..<4).reduce(0) { $0 | UInt32(bytes[14 + $1]) << (8 * $1) } }
    var isWhole: Bool {
        bytes.count >= 18 && bytes.indices.dropFirst(18).allSatisfy { bytes[$0] == Self.filler(number, $0) }
    }

    private static func filler(_ number: UInt32, _ index: Int) -> UInt8 {
        UInt8(truncatingIfNeeded: Int(number) &* 31 &+ index &* 7)
    }

    private static func octets(_ address: MACAddress) -> [UInt8] {
        (0..<6).map { UInt8(truncatingIfNeeded: address.frameNumber >> (8 * $0)) }
    }
}
