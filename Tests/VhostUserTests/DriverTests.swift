// SPDX-License-Identifier: BSD-2-Clause

import CLab
import Foundation
import Testing
import VhostUserHarness

@Suite("A guest's driver that does what it likes")
struct DriverTests {
    private static let start: UInt64 = 0x1010_0000

    /// Chains of a transmit ring that break it.
    static let broken: [(String, [(address: UInt64, length: UInt32, flags: UInt16)], UInt16)] = [
        ("a head beyond the ring", [], 64),
        ("an address nowhere", [(0, 100, 0)], 0),
        ("an address over a region's end", [(0x1020_0000 - 99, 100, 0)], 0),
        ("a part of nothing", [(start, 0, 0)], 0),
        ("a part that is to be written", [(start, 100, 2)], 0),
        ("parts that are to be written behind", [(start, 100, 1), (start, 100, 2)], 0),
        ("an indirect table that was not agreed upon", [(start, 16, 4)], 0),
        ("a chain that ends beyond", Array(repeating: (start, 100, 1), count: 64), 0),
        ("more than 16 MiB", Array(repeating: (start, 1 << 20, 1), count: 20), 0),
    ]

    @Test(arguments: broken.indices)
    func breaksItsQueueOnly(_ index: Int) throws {
        let (name, descriptors, head) = Self.broken[index]
        let backEnds = try BackEnds()
        let front = try FrontEnd(backEnds)
        let other = try FrontEnd(backEnds, end: 1)
        #expect(other.start() && front.start())
        front.write(ring: 1, descriptors, head: head)
        front.ring(1)
        #expect(front.answer == .nothing, "\(name)")
        #expect(backEnds.state().state == LAB_GUEST_FAULTY, "\(name)")
        #expect(backEnds.state().text == "the guest's driver broke the rules of the transmit queue", "\(name)")
        #expect(front.used(1) == 0, "\(name)")
        var count: UInt64 = 0
        #expect(read(front.error(1), &count, 8) == 8 && count == 1, "\(name)")
        #expect(backEnds.state(1).state == LAB_GUEST_READY)
        // The guest boots again.
        #expect(front.ask(.ring(VHOST_USER_GET_VRING_BASE, 0)) == .value(0))
        #expect(front.ask(.ring(VHOST_USER_GET_VRING_BASE, 1)) == .value(1))
        memset(front.front.pointee.base, 0, 1 << 20)
        for ring: UInt32 in 0..<2 {
            front.send([
                front_addresses(ring, false), .ring(VHOST_USER_SET_VRING_BASE, ring),
                .event(VHOST_USER_SET_VRING_KICK, ring, front.kick(ring)),
            ])
        }
        #expect(backEnds.state().state == LAB_GUEST_READY, "\(name)")
        front.write(ring: 1, [(Self.start, 112, 0)])
        front.ring(1)
        #expect(front.used(1) == 1)
    }

    /// What is no frame is completed and counted, and the queue goes on.
    @Test(arguments: [13, 25, 1527, 1 << 20] as [UInt32])
    func framesThatAreNone(length: UInt32) throws {
        let backEnds = try BackEnds()
        let front = try FrontEnd(backEnds)
        #expect(front.start())
        front.write(ring: 1, [(Self.start, length, 0)])
        front.ring(1)
        #expect(front.used(1) == 1)
        #expect(backEnds.drops(LAB_DROP_LENGTH) == 1)
        front.write(ring: 1, [(Self.start, 112, 0)])
        front.ring(1)
        #expect(front.used(1) == 2)
        #expect(wire_count(backEnds.wire, 0).sent == 1)
    }

    /// A header that asks for what was not agreed upon: virtio 1.2, 5.1.6.2.
    @Test(arguments: [[1, 0], [0, 1], [0, 3], [0, 0x81], [4, 0]] as [[UInt8]])
    func headersThatAskForMore(header: [UInt8]) throws {
        let backEnds = try BackEnds()
        let front = try FrontEnd(backEnds)
        #expect(front.start())
        front.front.pointee.base[0x100000] = header[0]
        front.front.pointee.base[0x100001] = header[1]
        front.write(ring: 1, [(Self.start, 112, 0)])
        front.ring(1)
        #expect(front.used(1) == 1)
        #expect(backEnds.drops(LAB_DROP_TRAILER) == 1)
    }

    /// A ring that was disabled takes frames and sends none; one that was not enabled yet leaves them.
    @Test func disabledRings() throws {
        let backEnds = try BackEnds()
        let front = try FrontEnd(backEnds)
        #expect(front.start())
        front.send(.ring(VHOST_USER_SET_VRING_ENABLE, 1, 0))
        #expect(backEnds.state().state == LAB_GUEST_GONE)
        for count: UInt16 in 1...3 {
            front.write(ring: 1, [(Self.start, 112, 0)])
            front.ring(1)
            #expect(front.used(1) == count)
        }
        #expect(backEnds.drops(LAB_DROP_GUEST) == 3)
        #expect(wire_count(backEnds.wire, 0).sent == 0)
        #expect(front.ask(.ring(VHOST_USER_GET_VRING_BASE, 1)) == .value(3 << 32 | 1))
        front.send([
            front_addresses(1, false), .event(VHOST_USER_SET_VRING_KICK, 1, front.kick(1)),
        ])
        front.write(ring: 1, [(Self.start, 112, 0)])
        front.ring(1)
        #expect(front.used(1) == 3)
        front.send(.ring(VHOST_USER_SET_VRING_ENABLE, 1, 1))
        #expect(front.used(1) == 4)
        #expect(wire_count(backEnds.wire, 0).sent == 1)
    }

    /// A frame longer than a guest's buffers is dropped; it does not hold up those behind it.
    @Test func framesLongerThanABuffer() throws {
        let backEnds = try BackEnds()
        let front = try FrontEnd(backEnds)
        let other = try FrontEnd(backEnds, end: 1)
        #expect(other.start() && front.start())
        for _ in 0..<2 { other.write(ring: 0, [(Self.start, 200, 2)]) }
        front.write(ring: 1, [(Self.start, 201, 0)])
        front.ring(1)
        front.write(ring: 1, [(Self.start, 200, 0)])
        front.ring(1)
        #expect(other.used(0) == 1)
        #expect(wire_count(backEnds.wire, 0).discarded == 1)
        #expect(wire_count(backEnds.wire, 0).delivered == 1)
    }
}

extension BackEnds {
    /// Frames of the guest of end 0 that its side dropped.
    func drops(_ cause: lab_drop) -> UInt64 {
        var counts = wire_count(wire, 0)
        return withUnsafeBytes(of: &counts.drops) { $0.load(fromByteOffset: Int(cause.rawValue) * 8, as: UInt64.self) }
    }
}
