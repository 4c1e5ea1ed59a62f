// SPDX-License-Identifier: BSD-2-Clause

import CLab
import Processes
import Wiring

/// A link of the lab, with what its two ends are told of it.
struct LabLink: Sendable {
    let lower: Int
    let higher: Int
    /// Index into the peers of the lower VM, and of the higher.
    let lowerPeer: Int
    let higherPeer: Int
    let partition: String
    let queueLength: Int
    /// Bytes of the memory of each direction.
    let size: Int

    private(set) var memory: LinkMemory
    private(set) var generation: UInt32 = 1
    var isCut = false
    /// Of what the lower VM sends, and of what the higher.
    var fromLower = Impairment.none
    var fromHigher = Impairment.none

    init(
        lower: Int, higher: Int, lowerPeer: Int, higherPeer: Int, connection: Connection, size: Int
    ) throws(LabError) {
        self.lower = lower
        self.higher = higher
        self.lowerPeer = lowerPeer
        self.higherPeer = higherPeer
        partition = connection.partition
        queueLength = connection.queueLength
        self.size = size
        memory = try LinkMemory(between: lower, and: higher, size: size)
    }

    /// Other memory, with other bells, as an end has died.
    mutating func renew() throws(LabError) {
        memory = try LinkMemory(between: lower, and: higher, size: size)
        generation += 1
    }

    func end(of vm: Int) -> LinkMemory.End { vm == lower ? .lower : .higher }

    func other(than vm: Int) -> Int { vm == lower ? higher : lower }

    /// Its number at one of its VMs.
    func number(at vm: Int) -> Int { vm == lower ? lowerPeer : higherPeer }

    func impairment(from vm: Int) -> Impairment { vm == lower ? fromLower : fromHigher }

    mutating func impair(from vm: Int, _ impairment: Impairment) {
        if vm == lower { fromLower = impairment } else { fromHigher = impairment }
    }

    // MARK: - What an end is told

    func message(to vm: VMWiring) -> (lab_link, [Descriptor]) {
        let number = number(at: vm.number)
        let peer = vm.peers[number]
        let place = vm.interfaces[peer.interface].links.firstIndex(of: number) ?? 0
        var message = lab_link()
        message.number = UInt32(number)
        message.interface = UInt32(peer.interface)
        message.place = UInt32(place)
        message.peer = UInt32(peer.number)
        message.address = peer.mac.number
        message.generation = generation
        message.queue_length = UInt32(queueLength)
        message.memory = UInt32(size)
        message.pinned = peer.sources == .pinned ? 1 : 0
        return (message, memory.descriptors(of: end(of: vm.number)))
    }

    func impairMessage(to vm: Int) -> lab_impair {
        let impairment = impairment(from: vm)
        var message = lab_impair()
        message.link = UInt32(number(at: vm))
        message.loss = impairment.lossPPM
        message.delay = impairment.delayNanoseconds
        message.jitter = impairment.jitterNanoseconds
        message.rate = impairment.rate
        message.seed = UInt64(lower) << 32 | UInt64(higher) << 1 | (vm == lower ? 0 : 1)
        return message
    }

    func cutMessage(to vm: Int) -> lab_cut {
        var message = lab_cut()
        message.link = UInt32(number(at: vm))
        message.cut = isCut ? 1 : 0
        return message
    }
}

extension MACAddress {
    /// As lab/control.h has it: the first octet is the lowest.
    var number: UInt64 { octets.reversed().reduce(0) { $0 << 8 | UInt64($1) } }
}
