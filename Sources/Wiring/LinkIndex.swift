// SPDX-License-Identifier: BSD-2-Clause

/// Which halves belong together: looked up once, since every rule asks.
struct LinkIndex: Sendable {
    /// The first half from one node to another.
    private let firstHalf: [HalfKey: Int32]
    /// For each half the first half between the same two nodes in the same direction; for the first one, itself.
    private let firsts: [Int32]
    /// For each half the first half in the other direction, or -1.
    private let answers: [Int32]

    init(_ halves: [Half]) {
        var firstHalf: [HalfKey: Int32] = [:]
        firstHalf.reserveCapacity(halves.count)
        firsts = halves.enumerated().map { index, half in
            let key = HalfKey(half.from, half.to)
            if let first = firstHalf[key] { return first }
            firstHalf[key] = Int32(index)
            return Int32(index)
        }
        answers = halves.map { firstHalf[HalfKey($0.to, $0.from)] ?? -1 }
        self.firstHalf = firstHalf
    }

    func half(from: Int, to: Int) -> Int? {
        firstHalf[HalfKey(from, to)].map(Int.init)
    }

    func first(like index: Int) -> Int { Int(firsts[index]) }

    func answer(to index: Int) -> Int? { answers[index] < 0 ? nil : Int(answers[index]) }
}

/// A direction between two nodes.
struct HalfKey: Hashable {
    let packed: UInt64

    init(_ from: some FixedWidthInteger, _ to: some FixedWidthInteger) {
        packed = UInt64(UInt32(truncatingIfNeeded: from)) << 32 | UInt64(UInt32(truncatingIfNeeded: to))
    }
}
