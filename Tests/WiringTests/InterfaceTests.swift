// SPDX-License-Identifier: BSD-2-Clause

import Testing
import Topology

@testable import Wiring

@Suite struct InterfaceTests {
    private static let bridge = Assembly("bridge") {
        VM(0)
        VM(1, interfaces: .perPartition)
        VM(2, ip: "192.168.2.3/24")
        Partition("red") { Link(0, 1) }
        Partition("black") { Link(1, 2) }
    }

    private func topoc(_ assembly: Assembly) throws -> Wiring {
        let target = try #require(Target.newest.with(.topoc))
        return try #require(Wiring(Network(assembly), target: target))
    }

    @Test func aMachineHasOneInterfaceUnlessItSaysOtherwise() throws {
        let wiring = try topoc(Self.bridge)
        #expect(wiring.vms.map(\.interfaces.count) == [1, 2, 1])
        #expect(wiring.vms[0].interfaces[0].partition == nil)
        #expect(wiring.vms[1].interfaces.map(\.partition) == ["red", "black"])
        #expect(wiring.vms[1].interfaces.map(\.links) == [[0], [1]])
        #expect(wiring.vms[1].peers.map(\.interface) == [0, 1])
        #expect(wiring.vms[1].interfaces.map(\.interrupt) == [6, 5])
    }

    @Test func furtherInterfacesHaveDerivedAddresses() throws {
        let wiring = try topoc(Self.bridge)
        #expect(wiring.vms[1].interfaces.map(\.mac.description) == ["02:00:00:00:AA:02", "02:00:00:01:AA:02"])
        #expect(wiring.vms[1].interfaces.map(\.ip.description) == ["192.168.1.2/24", "192.168.2.2/24"])
        #expect(wiring.vms[2].peers[0].mac.description == "02:00:00:01:AA:02")
        #expect(wiring.flows.map(\.sourceMAC.description).contains("02:00:00:01:AA:02"))
        let address = try #require(IPv6Interface("fd00::1/64"))
        #expect(address.ofInterface(2).description == "fd00:0:0:2::1/64")
        #expect(IPv4Interface(address: 1, prefix: 0).ofInterface(3) == IPv4Interface(address: 1, prefix: 0))
        #expect(IPv4Interface(address: 1, prefix: 32).ofInterface(3) == IPv4Interface(address: 4, prefix: 32))
    }

    @Test func tablesLeadFromAPeersAddressToItsLink() throws {
        let wiring = try topoc(Self.bridge)
        let table = try #require(wiring.vms[1].interfaces[1].table)
        #expect(table[wiring.vms[2].mac] == 0)
        #expect(table[wiring.vms[0].mac] == nil)
        #expect(table.stations.map(\.address) == [wiring.vms[2].mac])
        // The tree's device has one interface, and no table of ours.
        #expect(Wiring(Network(Self.bridge), target: .camkes3_8) == nil)
        let plain = Assembly("plain") {
            VMs(0..<2)
            Partition("lan") { Link(0, 1) }
        }
        #expect(Wiring(Network(plain), target: .camkes3_8)?.vms[0].interfaces[0].table == nil)
    }

    @Test func numbersInFramesHaveTheFirstOctetLowest() throws {
        let address = try #require(MACAddress("02:00:00:00:AA:01"))
        #expect(address.frameNumber == 0x01aa_0000_0002)
        #expect(MACAddress(frameNumber: address.frameNumber) == address)
    }

    @Test func theHeapHoldsWhatWaits() throws {
        #expect(try topoc(Self.bridge).vms.map(\.heap) == [0x24000, 0x38000, 0x24000])
        let small = Assembly("small") {
            VMs(0..<2, guest: Guest(heap: 0x20000))
            Partition("lan") { Link(0, 1) }
        }
        #expect(try topoc(small).vms.map(\.heap) == [0x20000, 0x20000])
    }
}
