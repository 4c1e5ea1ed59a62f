// SPDX-License-Identifier: BSD-2-Clause

import CLab
import CVhostUser
import Foundation
import Testing
import VhostUserHarness

/// A message that a front end may not send, after messages that it may.
struct Violation: Sendable, CustomStringConvertible {
    let description: String
    let expected: vhost_user_fault
    /// What is said before.
    var stage = Stage.owned
    let message: @Sendable (FrontEnd) -> vhost_user_message

    enum Stage: Int, Sendable, Comparable {
        case connected
        case owned
        case agreed
        case mapped
        case placed
        case running

        static func < (one: Self, other: Self) -> Bool { one.rawValue < other.rawValue }
    }

    init(
        _ description: String, _ expected: vhost_user_fault, _ stage: Stage = .owned,
        _ message: @escaping @Sendable (FrontEnd) -> vhost_user_message
    ) {
        self.description = description
        self.expected = expected
        self.stage = stage
        self.message = message
    }
}

extension FrontEnd {
    /// Says all up to a stage, of the split ring 0.
    func reach(_ stage: Violation.Stage) {
        if stage >= .owned { send(.value(VHOST_USER_SET_OWNER)) }
        if stage >= .agreed { send(.value(VHOST_USER_SET_FEATURES, Features().bits | 1 << 30)) }
        if stage >= .mapped { send(front_table(front)) }
        if stage >= .placed {
            send([.ring(VHOST_USER_SET_VRING_NUM, 0, 64), .ring(VHOST_USER_SET_VRING_BASE), front_addresses(0, false)])
        }
        if stage >= .running { send(.event(VHOST_USER_SET_VRING_KICK, 0, front.pointee.kicks.0)) }
    }
}

@Suite("What a front end may not say")
struct ProtocolTests {
    static let headers: [Violation] = [
        Violation("another version", VHOST_USER_FAULT_FLAGS) { _ in
            .value(VHOST_USER_GET_FEATURES).with { $0.header.flags = 2 }
        },
        Violation("a reply", VHOST_USER_FAULT_FLAGS) { _ in .value(VHOST_USER_GET_FEATURES).with { $0.header.flags = 5 }
        },
        Violation("a flag that there is not", VHOST_USER_FAULT_FLAGS) { _ in
            .value(VHOST_USER_GET_FEATURES).with { $0.header.flags = 0x11 }
        },
        Violation("request 0", VHOST_USER_FAULT_REQUEST) { _ in
            .value(VHOST_USER_GET_FEATURES).with { $0.header.request = 0 }
        },
        Violation("the log of a migration", VHOST_USER_FAULT_REQUEST) { _ in
            .value(VHOST_USER_GET_FEATURES).with { $0.header.request = 6 }
        },
        Violation("a request beyond all", VHOST_USER_FAULT_REQUEST) { _ in
            .value(VHOST_USER_GET_FEATURES).with { $0.header.request = UInt32.max }
        },
        Violation("an MTU that was not agreed upon", VHOST_USER_FAULT_REQUEST) { _ in
            .value(VHOST_USER_NET_SET_MTU, 1500)
        },
        Violation("a payload where none belongs", VHOST_USER_FAULT_SIZE) { _ in
            .value(VHOST_USER_SET_OWNER).with { $0.header.size = 8 }
        },
        Violation("a payload that is too short", VHOST_USER_FAULT_SIZE) { _ in
            .value(VHOST_USER_SET_FEATURES).with { $0.header.size = 4 }
        },
        Violation("a payload that is too long", VHOST_USER_FAULT_SIZE) { _ in
            .ring(VHOST_USER_SET_VRING_NUM).with { $0.header.size = 12 }
        },
        Violation("a payload of 4 GiB", VHOST_USER_FAULT_SIZE) { front in
            front_table(front.front).with { $0.header.size = UInt32.max }
        },
        Violation("a table that is longer than its count", VHOST_USER_FAULT_SIZE) { front in
            front_table(front.front).with { $0.payload.table.count = 1 }
        },
        Violation("a table of nine", VHOST_USER_FAULT_SIZE) { front in
            front_table(front.front).with { $0.payload.table.count = 9 }
        },
    ]

    static let descriptors: [Violation] = [
        Violation("a descriptor where none belongs", VHOST_USER_FAULT_DESCRIPTORS) { front in
            .value(VHOST_USER_SET_FEATURES).with {
                $0.descriptors.0 = front.front.pointee.kicks.0
                $0.descriptor_count = 1
            }
        },
        Violation("a kick without its descriptor", VHOST_USER_FAULT_DESCRIPTORS, .placed) { front in
            .event(VHOST_USER_SET_VRING_KICK, 0, front.front.pointee.kicks.0).with { $0.descriptor_count = 0 }
        },
        Violation("a kick with two", VHOST_USER_FAULT_DESCRIPTORS, .placed) { front in
            .event(VHOST_USER_SET_VRING_KICK, 0, front.front.pointee.kicks.0).with {
                $0.descriptors.1 = front.front.pointee.kicks.1
                $0.descriptor_count = 2
            }
        },
        Violation("a call that says it has none", VHOST_USER_FAULT_DESCRIPTORS) { front in
            .event(VHOST_USER_SET_VRING_CALL, 0, front.front.pointee.calls.0).with { $0.payload.value |= 0x100 }
        },
        Violation("fewer descriptors than regions", VHOST_USER_FAULT_DESCRIPTORS) { front in
            front_table(front.front).with { $0.descriptor_count = 1 }
        },
        Violation("a ring that is to be polled", VHOST_USER_FAULT_EVENT, .placed) { _ in
            .event(VHOST_USER_SET_VRING_KICK, 0, -1)
        },
        Violation("a kick that is memory", VHOST_USER_FAULT_EVENT, .placed) { front in
            .event(VHOST_USER_SET_VRING_KICK, 0, front.front.pointee.memory)
        },
        Violation("a call that is a socket", VHOST_USER_FAULT_EVENT) { front in
            .event(VHOST_USER_SET_VRING_CALL, 0, front.front.pointee.socket)
        },
        Violation("a call that is a terminal or a file", VHOST_USER_FAULT_EVENT) { _ in
            .event(VHOST_USER_SET_VRING_CALL, 0, STDERR_FILENO)
        },
    ]

    static let orders: [Violation] = [
        Violation("features before an owner", VHOST_USER_FAULT_ORDER, .connected) { _ in
            .value(VHOST_USER_SET_FEATURES, 1 << 32)
        },
        Violation("memory before an owner", VHOST_USER_FAULT_ORDER, .connected) { front_table($0.front) },
        Violation("a second owner", VHOST_USER_FAULT_ORDER) { _ in .value(VHOST_USER_SET_OWNER) },
        Violation("a kick before memory", VHOST_USER_FAULT_ORDER, .agreed) { front in
            .event(VHOST_USER_SET_VRING_KICK, 0, front.front.pointee.kicks.0)
        },
        Violation("a kick before a ring's length", VHOST_USER_FAULT_ORDER, .mapped) { front in
            .event(VHOST_USER_SET_VRING_KICK, 0, front.front.pointee.kicks.0)
        },
        Violation("a second kick", VHOST_USER_FAULT_ORDER, .running) { front in
            .event(VHOST_USER_SET_VRING_KICK, 0, front.front.pointee.kicks.0)
        },
        Violation("another length of a ring that runs", VHOST_USER_FAULT_ORDER, .running) { _ in
            .ring(VHOST_USER_SET_VRING_NUM, 0, 128)
        },
        Violation("another base of a ring that runs", VHOST_USER_FAULT_ORDER, .running) { _ in
            .ring(VHOST_USER_SET_VRING_BASE, 0, 1)
        },
        Violation("another place of a ring that runs", VHOST_USER_FAULT_ORDER, .running) { _ in
            front_addresses(0, false)
        },
        Violation("other features while a ring runs", VHOST_USER_FAULT_ORDER, .running) { _ in
            .value(VHOST_USER_SET_FEATURES, 1 << 32)
        },
    ]

    static let values: [Violation] = [
        Violation("features that were not offered", VHOST_USER_FAULT_FEATURES) { _ in
            .value(VHOST_USER_SET_FEATURES, 1 << 32 | 1 << 26)
        },
        Violation("offload that was not offered", VHOST_USER_FAULT_FEATURES) { _ in
            .value(VHOST_USER_SET_FEATURES, 1 << 32 | 1)
        },
        Violation("protocol features that were not offered", VHOST_USER_FAULT_FEATURES) { _ in
            .value(VHOST_USER_SET_PROTOCOL_FEATURES, 1 << 12)
        },
        Violation("a ring of number 2", VHOST_USER_FAULT_RING) { _ in .ring(VHOST_USER_SET_VRING_NUM, 2, 64) },
        Violation("a base of a ring beyond all", VHOST_USER_FAULT_RING) { _ in
            .ring(VHOST_USER_GET_VRING_BASE, UInt32.max)
        },
        Violation("a kick of ring 255", VHOST_USER_FAULT_RING) { front in
            .event(VHOST_USER_SET_VRING_KICK, 255, front.front.pointee.kicks.0)
        },
        Violation("a kick with more than a ring's number", VHOST_USER_FAULT_VALUE) { front in
            .event(VHOST_USER_SET_VRING_KICK, 0, front.front.pointee.kicks.0).with { $0.payload.value |= 1 << 32 }
        },
        Violation("a ring that is enabled twice over", VHOST_USER_FAULT_VALUE) { _ in
            .ring(VHOST_USER_SET_VRING_ENABLE, 0, 2)
        },
        Violation("a ring whose use is to be logged", VHOST_USER_FAULT_VALUE) { _ in
            front_addresses(0, false).with { $0.payload.addresses.flags = 1 }
        },
        Violation("a ring of nothing", VHOST_USER_FAULT_LENGTH) { _ in .ring(VHOST_USER_SET_VRING_NUM, 0, 0) },
        Violation("a ring of 48", VHOST_USER_FAULT_LENGTH) { _ in .ring(VHOST_USER_SET_VRING_NUM, 0, 48) },
        Violation("a ring of 2048", VHOST_USER_FAULT_LENGTH) { _ in .ring(VHOST_USER_SET_VRING_NUM, 0, 2048) },
        Violation("a ring of 65536 + 64", VHOST_USER_FAULT_LENGTH) { _ in .ring(VHOST_USER_SET_VRING_NUM, 0, 65600) },
    ]

    @Test(arguments: headers + descriptors + orders + values)
    func violation(_ violation: Violation) throws {
        let backEnds = try BackEnds()
        let front = try FrontEnd(backEnds)
        let other = try FrontEnd(backEnds, end: 1)
        #expect(other.start())
        front.reach(violation.stage)
        #expect(front.answer == .nothing)
        front.send(violation.message(front))
        #expect(front.answer == .closed)
        #expect(backEnds.state().state == LAB_GUEST_FAULTY)
        #expect(
            backEnds.state().text == "the front end \(String(cString: vhost_user_fault_text(violation.expected)))")
        // Nobody else notices, and it may begin anew.
        #expect(other.answer == .nothing)
        #expect(backEnds.state(1).state == LAB_GUEST_READY)
        front.reconnect()
        #expect(front.start())
        #expect(backEnds.state().state == LAB_GUEST_READY)
    }

    @Test func anOldDeviceIsRefused() throws {
        let front = try FrontEnd(try BackEnds())
        front.send(.value(VHOST_USER_SET_OWNER))
        front.send(.value(VHOST_USER_SET_FEATURES, 1 << 30))
        front.send([
            front_table(front.front), .ring(VHOST_USER_SET_VRING_NUM, 0, 64), front_addresses(0, false),
            .event(VHOST_USER_SET_VRING_KICK, 0, front.front.pointee.kicks.0),
        ])
        #expect(front.answer == .closed)
    }

    @Test func positionsThatCannotBe() throws {
        for (features, base): (Features, UInt32) in [
            (Features(), 65), (Features(), 1 << 16), (Features(isPacked: true), 64), (Features(isPacked: true), 0xFFFF),
        ] {
            let backEnds = try BackEnds()
            let front = try FrontEnd(backEnds)
            #expect(!front_start(front.front, features.bits, 64, [base, base]))
            #expect(backEnds.state().text.hasSuffix("chose a ring position that cannot be"))
        }
    }

    /// Of a packed ring a front end says the first position, also where a dead device came further. A guest outlives that:
    /// nothing in its ring is touched, and it has a network again when its driver has made a new one.
    @Test(arguments: [0, 1] as [UInt32])
    func aPackedRingOfADeadDeviceIsNotBegunAnew(_ ring: UInt32) throws {
        let features = Features(isPacked: true)
        // Flags stand in the last two bytes of a descriptor: available in the second lap; used in the first; used in the
        // second, beside one that is still available in it.
        for (flags, isStale): ([UInt16], Bool) in [
            ([0x8000], true), ([0x8080, 0], true), ([0, 0, 0x8000], true),
            ([0x80, 0x80], false), ([0, 0], false),
        ] {
            let backEnds = try BackEnds(restarted: true)
            let front = try FrontEnd(backEnds)
            let place = Int(front_parts(ring).descriptors)
            let bytes = try #require(front.front.pointee.base).advanced(by: place)
            for (slot, flags) in flags.enumerated() {
                UnsafeMutableRawPointer(bytes).storeBytes(of: flags, toByteOffset: 16 * slot + 14, as: UInt16.self)
            }
            let before = Data(bytes: bytes, count: 64 * 16)
            #expect(front.start(features) == !isStale)
            guard isStale else { continue }
            #expect(
                backEnds.state().text
                    == "the front end does not know how far a dead device came in its packed rings")
            // Nor the next time; but with a new ring it is served.
            front.reconnect()
            #expect(!front.start(features))
            #expect(Data(bytes: bytes, count: 64 * 16) == before)
            memset(bytes, 0, 64 * 16)
            front.reconnect()
            #expect(front.start(features))
            #expect(backEnds.state().state == LAB_GUEST_READY)
        }
    }

    /// Of a device that lives, or of a split ring, nothing is to be guessed.
    @Test func otherRingsAreBegunAsTheyAreSaid() throws {
        for (features, restarted) in [(Features(isPacked: true), false), (Features(), true)] {
            let front = try FrontEnd(try BackEnds(restarted: restarted))
            let bytes = try #require(front.front.pointee.base).advanced(by: Int(front_parts(0).descriptors))
            UnsafeMutableRawPointer(bytes).storeBytes(of: 0x8000, toByteOffset: 14, as: UInt16.self)
            #expect(front.start(features))
        }
    }

    /// A message may come in any pieces, and end with its connection at any of them.
    @Test func messagesComeInPieces() throws {
        let backEnds = try BackEnds()
        let front = try FrontEnd(backEnds)
        var message = vhost_user_message.value(VHOST_USER_GET_FEATURES)
        let bytes = withUnsafeBytes(of: &message.header) { Array($0) }
        for byte in bytes.dropLast() {
            #expect(front_send_bytes(front.front, [byte], 1))
            #expect(front.answer == .nothing)
        }
        #expect(front_send_bytes(front.front, bytes.suffix(1), 1))
        guard case .value(let offered) = front.answer else {
            Issue.record("no answer")
            return
        }
        #expect(offered & Features.all[31].bits == Features.all[31].bits)
        #expect(offered & 1 == 0)
        for count in 0..<12 {
            #expect(count == 0 || front_send_bytes(front.front, bytes, UInt32(count)))
            front.reconnect()
            #expect(backEnds.state().state == LAB_GUEST_GONE)
        }
    }

    @Test func repliesAndMTU() throws {
        let front = try FrontEnd(try BackEnds())
        #expect(front.ask(.value(VHOST_USER_GET_PROTOCOL_FEATURES)) == .value(1 << 3 | 1 << 4))
        front.send(.value(VHOST_USER_SET_PROTOCOL_FEATURES, 1 << 3 | 1 << 4))
        #expect(front.ask(.value(VHOST_USER_SET_OWNER).with { $0.header.flags |= 8 }) == .value(0))
        #expect(front.ask(.value(VHOST_USER_NET_SET_MTU, 1500).with { $0.header.flags |= 8 }) == .value(0))
        for mtu: UInt64 in [1501, 67, 0, UInt64.max] {
            #expect(front.ask(.value(VHOST_USER_NET_SET_MTU, mtu).with { $0.header.flags |= 8 }) == .value(1))
        }
        // A fault says no before it closes.
        #expect(front.ask(.ring(VHOST_USER_SET_VRING_NUM, 0, 3).with { $0.header.flags |= 8 }) == .value(1))
        #expect(front.answer == .closed)
    }

    @Test func offloadIsOfferedWhereItIsWanted() throws {
        let front = try FrontEnd(try BackEnds(offload: true))
        let offload: UInt64 = 1 << 0 | 1 << 1 | 1 << 7 | 1 << 8 | 1 << 11 | 1 << 12
        guard case .value(let offered) = front.ask(.value(VHOST_USER_GET_FEATURES)) else {
            Issue.record("no answer")
            return
        }
        #expect(offered & offload == offload)
    }

    @Test func aRingIsStoppedAndGoesOn() throws {
        for features in [Features(), Features(isPacked: true)] {
            let backEnds = try BackEnds()
            let front = try FrontEnd(backEnds)
            #expect(front.start(features))
            let base: UInt64 = features.isPacked ? 0x8000_8000 : 0
            for ring: UInt32 in 0..<2 {
                #expect(front.ask(.ring(VHOST_USER_GET_VRING_BASE, ring)) == .value(base << 32 | UInt64(ring)))
                #expect(backEnds.state().state == LAB_GUEST_GONE)
                front.send([
                    .ring(VHOST_USER_SET_VRING_BASE, ring, UInt32(base)), front_addresses(ring, features.isPacked),
                    .event(VHOST_USER_SET_VRING_KICK, ring, front.kick(ring)),
                ])
                #expect(front.answer == .nothing)
                #expect(backEnds.state().state == LAB_GUEST_READY)
            }
            front.send(.value(VHOST_USER_RESET_OWNER))
            #expect(front.answer == .nothing)
            #expect(backEnds.state().state == LAB_GUEST_GONE)
        }
    }

    /// Who does not read replies is not waited for.
    @Test func repliesThatNobodyTakes() throws {
        let backEnds = try BackEnds()
        let front = try FrontEnd(backEnds)
        var count = 0
        while backEnds.state().state != LAB_GUEST_FAULTY, count < 100_000 {
            front.send(.value(VHOST_USER_GET_FEATURES))
            count += 1
        }
        #expect(backEnds.state().text == "the front end does not take its replies")
    }
}
