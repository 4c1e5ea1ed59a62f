// SPDX-License-Identifier: BSD-2-Clause

import CLab
import CVhostUser
import Foundation
import Testing
import VhostUserHarness

/// A change of a sound table of two regions.
struct WrongTable: Sendable, CustomStringConvertible {
    let description: String
    let expected: vhost_user_fault
    let change: @Sendable (inout vhost_user_message) -> Void

    init(
        _ description: String, _ expected: vhost_user_fault = VHOST_USER_FAULT_REGION,
        _ change: @escaping @Sendable (inout vhost_user_message) -> Void
    ) {
        self.description = description
        self.expected = expected
        self.change = change
    }
}

@Suite("A front end's memory")
struct MemoryTests {
    static let tables: [WrongTable] = [
        WrongTable("no region") { message in
            message.payload.table.count = 0
            message.header.size = 8
            message.descriptor_count = 0
        },
        WrongTable("a region of nothing") { $0.payload.table.regions.0.size = 0 },
        WrongTable("a size of no whole pages") { $0.payload.table.regions.0.size -= 8 },
        WrongTable("an address within a page") { $0.payload.table.regions.1.guest_address += 16 },
        WrongTable("an own address within a page") { $0.payload.table.regions.1.user_address += 16 },
        WrongTable("an offset within a page") { $0.payload.table.regions.0.offset += 16 },
        WrongTable("a region over the end of all addresses") {
            $0.payload.table.regions.0.guest_address = UInt64.max - 4095
        },
        WrongTable("one over the end of the front end's own") {
            $0.payload.table.regions.0.user_address = UInt64.max - 4095
        },
        WrongTable("one as long as all addresses") { $0.payload.table.regions.0.size = UInt64.max - 4095 },
        WrongTable("an offset beyond all files") { $0.payload.table.regions.0.offset = UInt64.max - 4095 },
        WrongTable("two that overlap by a page") {
            $0.payload.table.regions.1.guest_address = $0.payload.table.regions.0.guest_address + 0x1FF000
        },
        WrongTable("two that overlap for the front end") {
            $0.payload.table.regions.1.user_address = $0.payload.table.regions.0.user_address - 0x1FF000
        },
        WrongTable("one that is longer than its file", VHOST_USER_FAULT_FILE) {
            $0.payload.table.regions.1.size += 4096
        },
        WrongTable("one that begins at its file's end", VHOST_USER_FAULT_FILE) {
            $0.payload.table.regions.1.offset = 4 << 20
        },
        WrongTable("one whose end passes all offsets") {
            $0.payload.table.regions.1.size = 1 << 62
            $0.payload.table.regions.1.user_address = 1 << 32
            $0.payload.table.regions.1.guest_address = 1 << 40
            $0.payload.table.regions.1.offset = 1 << 62
        },
        WrongTable("one that is a socket", VHOST_USER_FAULT_FILE) { message in
            message.descriptors.1 = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        },
        WrongTable("one that is a file on a disk", VHOST_USER_FAULT_FILE) { message in
            message.descriptors.1 = open(CommandLine.arguments[0], O_RDWR | O_CLOEXEC)
            if message.descriptors.1 < 0 { message.descriptors.1 = open(#filePath, O_RDONLY | O_CLOEXEC) }
        },
        WrongTable("one that may only be read", VHOST_USER_FAULT_MAPPING) { message in
            message.descriptors.1 = open("/proc/self/fd/\(message.descriptors.1)", O_RDONLY | O_CLOEXEC)
        },
    ]

    @Test(arguments: tables)
    func isRefused(_ wrong: WrongTable) throws {
        let backEnds = try BackEnds()
        let front = try FrontEnd(backEnds)
        front.reach(.agreed)
        var message = front_table(front.front)
        let own = message.descriptors.1
        wrong.change(&message)
        front.send(message)
        if message.descriptors.1 != own { close(message.descriptors.1) }
        #expect(front.answer == .closed)
        #expect(backEnds.state().text == "the front end \(String(cString: vhost_user_fault_text(wrong.expected)))")
        // What was mapped is no more, or guards would run out.
        for _ in 0..<300 {
            front.reconnect()
            front.reach(.agreed)
            front.send(front_table(front.front))
            #expect(front.answer == .nothing)
        }
    }

    @Test func ringsOutsideOfIt() throws {
        let edges: [(String, (inout vhost_user_ring_addresses) -> Void)] = [
            ("before", { $0.descriptors = 0x7f00_0000_0000 - 16 }),
            ("over the end", { $0.descriptors = 0x7f00_0000_0000 + 0x200000 - 64 * 16 + 16 }),
            ("used over the end", { $0.used = 0x7f00_0000_0000 + 0x200000 - 64 * 8 }),
            ("nowhere", { $0.available = 0 }),
            ("beyond", { $0.used = UInt64.max - 3 }),
            ("descriptors not aligned", { $0.descriptors += 8 }),
            ("available not aligned", { $0.available += 1 }),
            ("used not aligned", { $0.used += 2 }),
        ]
        for (name, change) in edges {
            let backEnds = try BackEnds()
            let front = try FrontEnd(backEnds)
            front.reach(.mapped)
            front.send([
                .ring(VHOST_USER_SET_VRING_NUM, 0, 64),
                front_addresses(0, false).with { change(&$0.payload.addresses) },
                .event(VHOST_USER_SET_VRING_KICK, 0, front.kick(0)),
            ])
            #expect(front.answer == .closed, "\(name)")
            #expect(backEnds.state().text.hasSuffix("placed a ring outside of its memory, or not aligned"), "\(name)")
        }
    }

    /// Memory may be renewed while rings run, and rings that are not in it any more end the connection.
    @Test func isRenewed() throws {
        let backEnds = try BackEnds()
        let front = try FrontEnd(backEnds)
        #expect(front.start())
        for _ in 0..<1000 { front.send(front_table(front.front)) }
        #expect(front.answer == .nothing)
        #expect(backEnds.state().state == LAB_GUEST_READY)
        front.send(front_table(front.front).with { $0.payload.table.regions.0.user_address += 1 << 21 })
        #expect(front.answer == .closed)
        #expect(backEnds.state().text.hasSuffix("placed a ring outside of its memory, or not aligned"))
    }

    /// The process goes on, whatever it touches of memory that is gone.
    @Test(arguments: [0, 4096, 0x8000, 2 << 20])
    func isTakenAway(left: Int) throws {
        let backEnds = try BackEnds()
        let front = try FrontEnd(backEnds, sealed: false)
        let other = try FrontEnd(backEnds, end: 1)
        #expect(other.start())
        #expect(front.start())
        // A frame that lies where nothing will be.
        front.write(ring: 1, [(0x1_1010_0000, 2000, 0)])
        #expect(ftruncate(front.front.pointee.memory, off_t(left)) == 0)
        front.ring(1)
        #expect(front.answer == .closed)
        #expect(backEnds.state().text == "the front end took its memory away while it was in use")
        #expect(backEnds.state(1).state == LAB_GUEST_READY)
        #expect(ftruncate(front.front.pointee.memory, 4 << 20) == 0)
        memset(front.front.pointee.base, 0, 1 << 20)
        front.reconnect()
        #expect(front.start())
        #expect(backEnds.state().state == LAB_GUEST_READY)
    }
}

extension FrontEnd {
    private func at<Value>(_ offset: UInt32, _ type: Value.Type) -> UnsafeMutablePointer<Value> {
        UnsafeMutableRawPointer(front.pointee.base + Int(offset)).assumingMemoryBound(to: type)
    }

    /// Makes a chain available in a split ring of 64: the driver of a guest that does what it likes.
    func write(ring: UInt32, _ descriptors: [(address: UInt64, length: UInt32, flags: UInt16)], head: UInt16 = 0) {
        let parts = front_parts(ring)
        for (index, descriptor) in descriptors.enumerated() {
            let at = parts.descriptors + UInt32(index) * 16
            self.at(at, UInt64.self).pointee = descriptor.address
            self.at(at + 8, UInt32.self).pointee = descriptor.length
            self.at(at + 12, UInt16.self).pointee = descriptor.flags
            self.at(at + 14, UInt16.self).pointee = UInt16(index + 1)
        }
        let index = at(parts.available + 2, UInt16.self)
        at(parts.available + 4 + UInt32(index.pointee % 64) * 2, UInt16.self).pointee = head
        index.pointee &+= 1
    }

    func used(_ ring: UInt32) -> UInt16 { at(front_parts(ring).used + 2, UInt16.self).pointee }

    /// Kicks a ring.
    func ring(_ ring: UInt32) {
        var one: UInt64 = 1
        #expect(Foundation.write(kick(ring), &one, 8) == 8)
        wire_run(front.pointee.wire, -1, 0)
    }
}
