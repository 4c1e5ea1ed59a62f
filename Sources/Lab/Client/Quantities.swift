// SPDX-License-Identifier: BSD-2-Clause

/// What people write for shares, times and rates: `1%`, `5ms`, `10Mbit`.
public enum Quantity {
    /// Of a million: `1%`, `0.01%`.
    public static func partsPerMillion(_ text: String) -> UInt32? {
        guard text.hasSuffix("%"), let share = number(text.dropLast()), share <= 100 else { return nil }
        return UInt32((share * 10_000).rounded())
    }

    /// In nanoseconds, up to 10 s: `5ms`, `20us`, `1s`.
    public static func nanoseconds(_ text: String) -> UInt64? {
        let units: [(String, Double)] = [("ns", 1), ("us", 1e3), ("ms", 1e6), ("s", 1e9)]
        guard let time = value(text, units), time <= 1e10 else { return nil }
        return UInt64(time.rounded())
    }

    /// In bits a second: `10Mbit`, `500kbit`.
    public static func bitsPerSecond(_ text: String) -> UInt64? {
        let units: [(String, Double)] = [("kbit", 1e3), ("Mbit", 1e6), ("Gbit", 1e9), ("bit", 1)]
        guard let rate = value(text, units), rate <= 1e12 else { return nil }
        return UInt64(rate.rounded())
    }

    private static func value(_ text: String, _ units: [(String, Double)]) -> Double? {
        guard let (unit, factor) = units.first(where: { text.hasSuffix($0.0) }) else { return nil }
        return number(text.dropLast(unit.count)).map { $0 * factor }
    }

    private static func number(_ text: Substring) -> Double? {
        guard let first = text.first, first.isNumber, let number = Double(text), number.isFinite else { return nil }
        return number
    }
}
