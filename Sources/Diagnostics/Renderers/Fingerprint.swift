// SPDX-License-Identifier: BSD-2-Clause

/// Names a finding across versions of a file: the same while its line and message stay, wherever the line moves.
struct Fingerprints {
    private var seen: [UInt64: Int] = [:]

    /// The finding's fingerprint. Equal findings on equal lines are told apart by their order.
    mutating func next(_ finding: Finding, in source: SourceText) -> String {
        let line = finding.span.map { source.line(source.position(of: $0.lowerBound).line) } ?? ""
        let words = line.split { $0 == " " || $0 == "\t" }.joined(separator: " ")
        let hash = Self.hash([finding.code, finding.message, words])
        let occurrence = seen[hash, default: 0]
        seen[hash] = occurrence + 1
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits + ":\(occurrence + 1)"
    }

    /// FNV-1a of 64 bits over the texts, each ended by a zero byte.
    private static func hash(_ texts: [String]) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for text in texts {
            for byte in Array(text.utf8) + [0] { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        }
        return hash
    }
}
