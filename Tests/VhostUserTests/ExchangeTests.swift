// SPDX-License-Identifier: BSD-2-Clause

import Testing
import VhostUserHarness

/// What drivers of virtio-net agree upon, as a test varies it.
struct Features: Sendable, CustomStringConvertible {
    var isPacked = false
    var isInOrder = false
    var merges = false
    var hasIndirect = false
    var hasEventIndex = false

    static let all = (0..<32).map { bits in
        Features(
            isPacked: bits & 1 != 0, isInOrder: bits & 2 != 0, merges: bits & 4 != 0, hasIndirect: bits & 8 != 0,
            hasEventIndex: bits & 16 != 0)
    }

    /// Virtio 1.2, 5.1.3 and 6: VIRTIO_F_VERSION_1 and those that were chosen.
    var bits: UInt64 {
        1 << 32 | (isPacked ? 1 << 34 : 0) | (isInOrder ? 1 << 35 : 0) | (merges ? 1 << 15 : 0)
            | (hasIndirect ? 1 << 28 : 0) | (hasEventIndex ? 1 << 29 : 0)
    }

    var description: String {
        let names = [
            (isPacked, "packed"), (isInOrder, "in_order"), (merges, "mrg_rxbuf"), (hasIndirect, "indirect"),
            (hasEventIndex, "event_idx"),
        ]
        return names.filter(\.0).map(\.1).joined(separator: " ")
    }
}

@Suite("Frames between two drivers over vhost-user")
struct ExchangeTests {
    /// Rings of 16 whose buffers hold the longest frame together, and rings of 256 whose indices wrap.
    private func setups(_ features: Features) -> [exchange_setup] {
        [(16, 0, 400), (256, 65500, 64)].map { length, start, least in
            exchange_setup(
                features: features.bits, length: length, start: start, frames: 600, room: features.merges ? 700 : 1526,
                least: least, disconnects: 0, restarts: 0, seed: features.bits)
        }
    }

    @Test("All arrive, once and in order, with what they hold", arguments: Features.all)
    func all(features: Features) {
        for var setup in setups(features) {
            let result = harness_exchange(&setup)
            #expect(result.fault.map { String(cString: $0) } == nil)
            #expect(result.sent == 1200)
            #expect(result.received == 1200)
            #expect(result.lost + result.vanished == 0)
            #expect((result.merged > 0) == features.merges)
            #expect(result.interrupts > 0)
        }
    }

    @Test("Connections that end in mid traffic lose only what was on its way to a guest", arguments: Features.all)
    func disconnects(features: Features) {
        for var setup in setups(features) {
            setup.disconnects = 8
            let result = harness_exchange(&setup)
            #expect(result.fault.map { String(cString: $0) } == nil)
            #expect(result.sent == 1200)
            #expect(result.received + result.vanished == 1200)
            #expect(result.lost == 0)
            #expect(result.received > 200)
        }
    }

    @Test("Back ends that die in mid traffic send nothing twice and count what they lost", arguments: Features.all)
    func restarts(features: Features) {
        for var setup in setups(features) {
            setup.restarts = 6
            let result = harness_exchange(&setup)
            #expect(result.fault.map { String(cString: $0) } == nil)
            #expect(result.sent == 1200)
            #expect(result.received + result.vanished + result.lost == 1200)
            #expect(result.lost > 0)
            #expect(result.received > 200)
        }
    }
}
