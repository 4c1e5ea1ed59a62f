// SPDX-License-Identifier: BSD-2-Clause

/// Why a MAC table cannot be made.
public enum MACTableError: Error, Hashable, CustomStringConvertible {
    /// The address leads to both links.
    case duplicate(MACAddress, Int, Int)
    /// Zero, broadcast and multicast are no station's address.
    case notAStation(MACAddress)
    /// A link's number is 0 to 65534.
    case linkOutOfRange(MACAddress, Int)
    /// More addresses than the look-up has bits for.
    case tooMany(Int)
    /// No multiplier that was tried separates the addresses: not to be expected below four million.
    case notFound(Int)

    public var description: String {
        switch self {
        case .duplicate(let address, let first, let second):
            "the MAC address \(address) leads to link \(first) and to link \(second)"
        case .notAStation(let address): "\(address) is not the MAC address of a station"
        case .linkOutOfRange(let address, let link): "link \(link) of \(address) is not a number from 0 to 65534"
        case .tooMany(let count): "\(count) MAC addresses are more than the \(MACTable.most) that a table can hold"
        case .notFound(let count): "no perfect hash was found for these \(count) MAC addresses"
        }
    }
}

/// From MAC addresses to links: a perfect hash (hash and displace) that `topoc_mac_find` of `topoc/mac_table.h` looks up
/// with two loads and one comparison.
///
/// Addresses with like hashes share a bucket. The buckets are placed one after the other, the largest first: each takes
/// the least displacement that sends its addresses to free slots. The same addresses give the same table.
public struct MACTable: Sendable, Hashable {
    /// A power of two of slots: the address, its first octet lowest, in the upper 48 bits, the link in the lower 16.
    public let entries: [UInt64]
    /// A power of two of numbers, one a bucket.
    public let displacements: [UInt16]
    public let multiplier: UInt64

    public var entryMask: UInt32 { UInt32(entries.count - 1) }
    public var bucketMask: UInt32 { UInt32(displacements.count - 1) }

    /// A slot without an address.
    static let empty: UInt64 = 0xffff
    /// The bits of the hash that choose a slot are its upper 24.
    static let most = 1 << 22

    /// Makes a table of addresses and the numbers of the links that lead to them.
    public init(links: [(address: MACAddress, link: Int)]) throws(MACTableError) {
        guard links.count <= Self.most else { throw .tooMany(links.count) }
        var known: [MACAddress: Int] = [:]
        for (address, link) in links {
            guard !address.isZero, !address.isMulticast else { throw .notAStation(address) }
            guard (0..<0xffff).contains(link) else { throw .linkOutOfRange(address, link) }
            if let other = known.updateValue(link, forKey: address) { throw .duplicate(address, other, link) }
        }
        let stations = links.map { Station(number: Self.number(of: $0.address), link: UInt64($0.link)) }
        // At most four fifths of the slots are taken, so that a bucket finds its place soon; some three to a bucket.
        let slots = Self.powerOfTwo(atLeast: links.count + links.count / 4)
        let buckets = Self.powerOfTwo(atLeast: links.count / 3)
        for attempt in 0..<UInt64(64) {
            let multiplier = Self.multiplier(attempt)
            if let placed = Self.place(stations, multiplier: multiplier, slots: slots, buckets: buckets) {
                self.multiplier = multiplier
                self.entries = placed.entries
                self.displacements = placed.displacements
                return
            }
        }
        throw .notFound(links.count)
    }

    /// The link that leads to an address, as `topoc_mac_find` finds it.
    public subscript(address: MACAddress) -> Int? {
        let number = Self.number(of: address)
        let hash = Self.hash(number, multiplier: multiplier)
        let displacement = displacements[Int(hash & UInt64(bucketMask))]
        let entry = entries[Int((hash >> 40 ^ UInt64(displacement)) & UInt64(entryMask))]
        return entry >> 16 == number && entry != Self.empty ? Int(entry & 0xffff) : nil
    }

    private struct Station {
        var number: UInt64
        var link: UInt64
    }

    /// The address as the look-up reads it from a frame: its first octet in the lowest eight bits.
    static func number(of address: MACAddress) -> UInt64 {
        address.value.byteSwapped >> 16
    }

    /// `topoc_mac_hash`.
    private static func hash(_ number: UInt64, multiplier: UInt64) -> UInt64 {
        var product = number &* multiplier
        product = (product ^ product >> 32) &* multiplier
        return product ^ product >> 32
    }

    private static func powerOfTwo(atLeast count: Int) -> Int {
        var power = 1
        while power < count { power *= 2 }
        return power
    }

    /// The multipliers that are tried: odd numbers, mixed as SplitMix64 does (Steele, Lea and Flood, 2014).
    private static func multiplier(_ attempt: UInt64) -> UInt64 {
        var mixed = (attempt &+ 1) &* 0x9e37_79b9_7f4a_7c15
        mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
        return (mixed ^ mixed >> 31) | 1
    }

    /// Displaces every bucket, or nil where one cannot be placed, as two addresses with one hash cannot.
    private static func place(
        _ stations: [Station], multiplier: UInt64, slots: Int, buckets: Int
    ) -> (entries: [UInt64], displacements: [UInt16])? {
        var members = [[(station: Station, slot: Int)]](repeating: [], count: buckets)
        for station in stations {
            let hash = hash(station.number, multiplier: multiplier)
            members[Int(hash & UInt64(buckets - 1))].append((station, Int(hash >> 40) & (slots - 1)))
        }
        var entries = [UInt64](repeating: empty, count: slots)
        var displacements = [UInt16](repeating: 0, count: buckets)
        let order = members.indices.sorted {
            (members[$1].count, $0) < (members[$0].count, $1)
        }
        for bucket in order where !members[bucket].isEmpty {
            let slotsOfBucket = members[bucket].map(\.slot)
            guard Set(slotsOfBucket).count == slotsOfBucket.count,
                let displacement = (0..<min(slots, 1 << 16)).first(where: { displacement in
                    slotsOfBucket.allSatisfy { entries[$0 ^ displacement] == empty }
                })
            else { return nil }
            displacements[bucket] = UInt16(displacement)
            for (station, slot) in members[bucket] {
                entries[slot ^ displacement] = station.number << 16 | station.link
            }
        }
        return (entries, displacements)
    }
}
