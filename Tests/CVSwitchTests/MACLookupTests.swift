// SPDX-License-Identifier: BSD-2-Clause

import CVSwitch
import Testing
import Wiring

/// The C look-up over the tables that `Wiring` makes.
@Suite struct MACLookupTests {
    @Test(arguments: [0, 1, 2, 3, 4, 5, 16, 100, 256, 5000], [0, 1])
    func findsEveryAddressAndNoOther(_ count: Int, _ kind: Int) throws {
        var random = SplitMix(seed: UInt64(count * 2 + kind))
        var known: Set<MACAddress> = []
        while known.count < count {
            // In a row, as a pool gives them, or from all over.
            let next =
                kind == 0
                ? 0x0200_0000_aa01 + UInt64(known.count)
                : random.next() & 0xfeff_ffff_ffff
            let address = MACAddress(value: next)
            if !address.isZero { known.insert(address) }
        }
        let links = known.sorted { $0.value < $1.value }.enumerated().map { (address: $1, link: $0) }
        let made = try MACTable(links: links)
        let found = Lookup(made)
        for (address, link) in links {
            #expect(found[address.frameNumber] == UInt16(link))
            #expect(made[address] == link)
        }
        // Strangers: one bit away from an address that is known, or its neighbour, or anything.
        var strangers = 0
        var wrong = 0
        for index in 0..<100_000 {
            var value = random.next() & 0xffff_ffff_ffff
            if index % 3 != 0, let near = links.randomElement(using: &random) {
                let bit = UInt64(1) << (random.next() % 48)
                value = index % 3 == 1 ? near.address.value ^ bit : near.address.value &+ 1 &+ random.next() % 8
            }
            let address = MACAddress(value: value)
            guard !known.contains(address) else { continue }
            strangers += 1
            if found[address.frameNumber] != UInt16(TOPOC_MAC_NO_LINK) || made[address] != nil { wrong += 1 }
        }
        #expect(wrong == 0)
        #expect(strangers > 50_000)
        #expect(found[0] == UInt16(TOPOC_MAC_NO_LINK))
        #expect(found[MACAddress.broadcast.frameNumber] == UInt16(TOPOC_MAC_NO_LINK))
    }

    @Test func addressesMeantToCollideFindPlaces() throws {
        // The same bucket and the same slot under the first multiplier: only another multiplier parts them.
        let first = try MACTable(links: [(MACAddress(value: 2 << 40), 0)])
        func place(_ address: MACAddress) -> UInt64 {
            let hash = topoc_mac_hash(address.frameNumber, first.multiplier)
            return (hash & 0xff) << 24 | (hash >> 40 & 0xff)
        }
        var byPlace: [UInt64: [MACAddress]] = [:]
        for low in UInt64(0)..<400_000 {
            let address = MACAddress(value: 2 << 40 | low)
            byPlace[place(address), default: []].append(address)
        }
        let crowd = try #require(byPlace.values.max { $0.count < $1.count })
        #expect(crowd.count > 4)
        let table = try MACTable(links: crowd.enumerated().map { (address: $1, link: $0) })
        let found = Lookup(table)
        for (link, address) in crowd.enumerated() { #expect(found[address.frameNumber] == UInt16(link)) }
        #expect(table.multiplier != first.multiplier)
    }
}

/// `topoc_mac_find` over a table.
private struct Lookup {
    let storage = Storage()
    let table: UnsafeMutablePointer<topoc_mac_table>

    init(_ made: MACTable) {
        let entries = storage.zeroed(UInt64.self, count: made.entries.count)
        entries.update(from: made.entries, count: made.entries.count)
        let displacements = storage.zeroed(UInt16.self, count: made.displacements.count)
        displacements.update(from: made.displacements, count: made.displacements.count)
        table = storage.zeroed(topoc_mac_table.self, count: 1)
        table.pointee = topoc_mac_table(
            entries: entries, displacements: displacements, multiplier: made.multiplier,
            entry_mask: made.entryMask, bucket_mask: made.bucketMask)
    }

    subscript(number: UInt64) -> UInt16 { topoc_mac_find(table, number) }
}

/// The same numbers from the same seed, on every machine (SplitMix64).
struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
        return mixed ^ mixed >> 31
    }
}
