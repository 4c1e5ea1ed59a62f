// SPDX-License-Identifier: BSD-2-Clause

import Testing
import Wiring

@Suite struct MACTableTests {
    private let address = MACAddress(value: 0x0200_0000_aa01)

    @Test func theSameAddressesGiveTheSameTable() throws {
        let links = (0..<100).map { (address: address.advanced(by: $0), link: $0) }
        #expect(try MACTable(links: links) == MACTable(links: links))
        let table = try MACTable(links: links)
        #expect(table.entries.count == 128)
        #expect(table.entries.filter { $0 != 0xffff }.count == 100)
    }

    @Test func addressesThatDifferInOneBitAreToldApart() throws {
        for bit in 0..<48 where bit != 40 {
            let near = MACAddress(value: address.value ^ 1 << UInt64(bit))
            let table = try MACTable(links: [(address, 0), (near, 1)])
            #expect(table[address] == 0)
            #expect(table[near] == 1)
        }
    }

    @Test func addressesThatNoStationHasAreRefused() {
        for value: UInt64 in [0, 0xffff_ffff_ffff, 0x0100_5e00_0001, 0x3333_0000_0001] {
            let wrong = MACAddress(value: value)
            #expect(throws: MACTableError.notAStation(wrong)) {
                try MACTable(links: [(address, 0), (wrong, 1)])
            }
        }
    }

    @Test func anAddressLeadsToOneLink() {
        #expect(throws: MACTableError.duplicate(address, 0, 3)) {
            try MACTable(links: [(address, 0), (address.advanced(by: 1), 1), (address, 3)])
        }
    }

    @Test func linksHaveNumbersOfSixteenBits() throws {
        #expect(try MACTable(links: [(address, 0xfffe)])[address] == 0xfffe)
        #expect(throws: MACTableError.linkOutOfRange(address, 0xffff)) { try MACTable(links: [(address, 0xffff)]) }
        #expect(throws: MACTableError.linkOutOfRange(address, -1)) { try MACTable(links: [(address, -1)]) }
    }

    @Test func errorsSayWhatIsWrong() {
        #expect(
            MACTableError.duplicate(address, 0, 3).description
                == "the MAC address 02:00:00:00:AA:01 leads to link 0 and to link 3")
    }
}
