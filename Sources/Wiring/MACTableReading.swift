// SPDX-License-Identifier: BSD-2-Clause

extension MACTable {
    /// A table as it was read somewhere. `nil` where a number of slots or of buckets is no power of two.
    public init?(entries: [UInt64], displacements: [UInt16], multiplier: UInt64) {
        func isPowerOfTwo(_ count: Int) -> Bool { count > 0 && count & (count - 1) == 0 }
        guard isPowerOfTwo(entries.count), isPowerOfTwo(displacements.count) else { return nil }
        self.entries = entries
        self.displacements = displacements
        self.multiplier = multiplier
    }

    /// Each address with its link, in the order of the slots.
    public var stations: [(address: MACAddress, link: Int)] {
        entries.filter { $0 != Self.empty }.map { (MACAddress(frameNumber: $0 >> 16), Int($0 & 0xffff)) }
    }
}
