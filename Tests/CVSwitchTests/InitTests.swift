// SPDX-License-Identifier: BSD-2-Clause

import CVSwitch
import Testing
import Wiring

/// A switch that could not work is refused when it is made, with the reason and the place.
@Suite struct InitTests {
    /// What becomes of station 0 of a mesh of three when its configuration is changed.
    private func refusal(
        _ change: (Network, inout topoc_switch_config) throws -> Void
    ) throws -> (topoc_switch_refusal, UInt32) {
        let network = try Network(mesh: 3)
        let station = network[0]
        let table = try MACTable(links: [(Network.address(1), 0), (Network.address(2), 1)])
        var config = station.config(network.table(table), Build())
        try change(network, &config)
        var place: UInt32 = 99
        return (topoc_switch_init(station.sw, &config, &place), place)
    }

    @Test func theSameConfigurationIsSoundUnchanged() throws {
        #expect(try refusal { _, _ in }.0 == TOPOC_SWITCH_SOUND)
    }

    @Test func ownAddressesThatNoStationHas() throws {
        for address in noStations {
            #expect(try refusal { $1.address = address }.0 == TOPOC_SWITCH_BAD_ADDRESS)
        }
    }

    /// Zero, groups, and what has more than 48 bits.
    private let noStations = [
        0, MACAddress.broadcast.frameNumber, MACAddress(value: 0x0100_5e00_0001).frameNumber,
        MACAddress(value: 0x3333_0000_0001).frameNumber, 1 << 48,
    ]

    @Test func peersThatNoStationHas() throws {
        for address in noStations + [Network.address(0).frameNumber] {
            let (reason, place) = try refusal { network, _ in network[0].links[1].peer = address }
            #expect(reason == TOPOC_SWITCH_BAD_PEER)
            #expect(place == 1)
        }
    }

    @Test func twoLinksToOneAddress() throws {
        let (reason, place) = try refusal { network, _ in network[0].links[1].peer = Network.address(1).frameNumber }
        #expect(reason == TOPOC_SWITCH_SAME_PEER)
        #expect(place == 1)
    }

    @Test func tablesThatLeadElsewhere() throws {
        func withTable(_ links: [(MACAddress, Int)]) throws -> (topoc_switch_refusal, UInt32) {
            try refusal { network, config in
                config.table = network.table(try MACTable(links: links.map { (address: $0.0, link: $0.1) }))
            }
        }
        #expect(try withTable([(Network.address(1), 0)]) == (TOPOC_SWITCH_MISSING_PEER, 1))
        #expect(try withTable([(Network.address(1), 1), (Network.address(2), 0)]) == (TOPOC_SWITCH_MISSING_PEER, 0))
        #expect(try withTable([(Network.address(1), 0), (Network.address(2), 2)]).0 == TOPOC_SWITCH_BAD_ENTRY)
        let own = [(Network.address(1), 0), (Network.address(2), 1), (Network.address(0), 1)]
        #expect(try withTable(own).0 == TOPOC_SWITCH_BAD_ENTRY)
    }

    @Test func tablesThatAreNoTables() throws {
        for masks in [(UInt32(2), UInt32(0)), (1, 2), ((1 << 24), 0), (.max, 0), (0, .max)] {
            let (reason, _) = try refusal { network, config in
                let table = network.storage.zeroed(topoc_mac_table.self, count: 1)
                table.pointee = config.table.pointee
                table.pointee.entry_mask = masks.0
                table.pointee.bucket_mask = masks.1
                config.table = UnsafePointer(table)
            }
            #expect(reason == TOPOC_SWITCH_BAD_TABLE)
        }
        for entry in [Network.address(1).frameNumber << 16 | 7, MACAddress.broadcast.frameNumber << 16, 0] {
            let (reason, _) = try refusal { network, config in
                let entries = network.storage.zeroed(UInt64.self, count: Int(config.table.pointee.entry_mask) + 1)
                for index in 0...Int(config.table.pointee.entry_mask) {
                    entries[index] = config.table.pointee.entries[index]
                    if entries[index] == 0xffff || config.table.pointee.entry_mask == 1 { entries[index] = entry }
                }
                let table = network.storage.zeroed(topoc_mac_table.self, count: 1)
                table.pointee = config.table.pointee
                table.pointee.entries = UnsafePointer(entries)
                config.table = UnsafePointer(table)
            }
            #expect(reason == TOPOC_SWITCH_BAD_ENTRY)
        }
    }

    @Test func sizesThatCannotWork() throws {
        #expect(try refusal { $1.frame_max = 13 }.0 == TOPOC_SWITCH_BAD_FRAME_MAX)
        #expect(try refusal { $1.link_count = 257 }.0 == TOPOC_SWITCH_TOO_MANY_LINKS)
        #expect(try refusal { $1.parked_count = 0xffff }.0 == TOPOC_SWITCH_BAD_PARKING)
        #expect(try refusal { $1.done = nil }.0 == TOPOC_SWITCH_BAD_PARKING)
        #expect(try refusal { $1.learned_count = 8 }.0 == TOPOC_SWITCH_BAD_LEARNED)
        #expect(
            try refusal {
                $1.learned_count = 6
                $1.links[0].sources = TOPOC_SOURCES_ANY
            }.0 == TOPOC_SWITCH_BAD_LEARNED)
        let (reason, place) = try refusal { $1.frame_max = 5000 }
        #expect(reason == TOPOC_SWITCH_LINK_TOO_SMALL)
        #expect(place == 0)
    }

    @Test func everyReasonHasItsWords() {
        let reasons = (TOPOC_SWITCH_SOUND.rawValue...TOPOC_SWITCH_BAD_LEARNED.rawValue).map {
            String(cString: topoc_switch_refusal_text(topoc_switch_refusal($0)))
        }
        #expect(Set(reasons).count == reasons.count)
        #expect(!reasons.contains("unknown"))
    }
}
