// SPDX-License-Identifier: BSD-2-Clause

import Wiring

/// What of a header must hold for it to lie in a box, as conditions of C.
struct FieldConditions {
    /// Empty where every header of the kind is in the box; `nil` where none is.
    let conditions: [String]?

    init(_ box: FrameBox, of kind: FrameKind) {
        var conditions: [String] = []
        for field in FrameField.allCases {
            // What all headers of the kind have in common need not be asked.
            let ranges = kind.headers.map { $0[field] }
            guard ranges.contains(where: { $0.overlaps(box[field]) }) else {
                self.conditions = nil
                return
            }
            if ranges.allSatisfy({ box[field].lowerBound <= $0.lowerBound && $0.upperBound <= box[field].upperBound }) {
                continue
            }
            conditions += Self.conditions(field, box[field])
        }
        self.conditions = conditions
    }

    private static func conditions(_ field: FrameField, _ range: ClosedRange<UInt128>) -> [String] {
        switch field {
        case .answer: [range.lowerBound == 1 ? "header->answer" : "!header->answer"]
        case .sourceMAC: [mac("source_mac", range)]
        case .destinationMAC: [mac("destination_mac", range)]
        case .etherType: number("ether_type", range)
        case .ipProtocol: number("ip_protocol", range)
        case .source: address("source", range)
        case .destination: address("destination", range)
        case .sourcePort: number("source_port", range)
        case .destinationPort: number("destination_port", range)
        }
    }

    /// A rule names one address.
    private static func mac(_ name: String, _ range: ClosedRange<UInt128>) -> String {
        let mac = MACAddress(value: UInt64(truncatingIfNeeded: range.lowerBound))
        return "header->\(name) == \(hexadecimal(mac.frameNumber))"
    }

    /// Of 16 bits at most.
    private static func number(_ name: String, _ range: ClosedRange<UInt128>) -> [String] {
        if range.lowerBound == range.upperBound { return ["header->\(name) == \(range.lowerBound)"] }
        let lower = range.lowerBound == 0 ? [] : ["header->\(name) >= \(range.lowerBound)"]
        return lower + (range.upperBound == 0xffff ? [] : ["header->\(name) <= \(range.upperBound)"])
    }

    /// A range that a prefix makes: what its two ends have in common, from the highest bit on.
    private static func address(_ name: String, _ range: ClosedRange<UInt128>) -> [String] {
        let mask = ~(range.lowerBound ^ range.upperBound)
        return [(0, mask >> 64, range.lowerBound >> 64), (1, mask & UInt128(UInt64.max), range.lowerBound)]
            .compactMap { half, mask, value in
                let mask = UInt64(truncatingIfNeeded: mask)
                let value = hexadecimal(UInt64(truncatingIfNeeded: value) & mask)
                if mask == 0 { return nil }
                return mask == .max
                    ? "header->\(name)[\(half)] == \(value)"
                    : "(header->\(name)[\(half)] & \(hexadecimal(mask))) == \(value)"
            }
    }

    private static func hexadecimal(_ value: UInt64) -> String { "0x\(String(value, radix: 16))ull" }
}
