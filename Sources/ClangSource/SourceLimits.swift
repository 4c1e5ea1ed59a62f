// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics

/// What topoc does not hand to clang, which takes a stack frame for each bracket that is open and dies of too many.
enum SourceLimits {
    static let bytes = 16 << 20
    /// clang's own limit is 256, but not all of its releases keep it.
    static let openBrackets = 200

    /// Why a text is not checked; `nil` for one that can be. Brackets in strings and comments count, too: no C that is
    /// written for a reader has so many.
    static func fault(of text: String) -> Finding? {
        if text.utf8.count > bytes {
            return SourceRules.refused.finding(
                "the file has \(text.utf8.count) bytes, more than \(bytes)", at: nil,
                notes: ["C that is written for a reader is smaller: this is a fault of topoc"])
        }
        var open = 0
        for (offset, byte) in text.utf8.enumerated() {
            switch byte {
            case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"): open += 1
            case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"): open = max(open - 1, 0)
            default: continue
            }
            if open > openBrackets {
                return SourceRules.refused.finding(
                    "more than \(openBrackets) brackets are open", at: offset..<offset + 1,
                    notes: ["C that is written for a reader closes them sooner: this is a fault of topoc"])
            }
        }
        return nil
    }
}
