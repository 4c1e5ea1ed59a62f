// SPDX-License-Identifier: BSD-2-Clause

/// Edits that cannot all be made: two of them change the same bytes, or one lies outside the text.
public struct EditConflict: Error, Equatable {}

extension Edit {
    /// The bytes with the edits made; those of a part of the text, where one is given.
    ///
    /// Two insertions at one place keep the order given.
    public static func apply(
        _ edits: [Edit], to bytes: [UInt8], within part: SourceSpan? = nil
    ) throws(EditConflict) -> [UInt8] {
        let part = part ?? 0..<bytes.count
        var result: [UInt8] = []
        var done = part.lowerBound
        let ordered = edits.enumerated().sorted {
            ($0.element.span.lowerBound, $0.element.span.upperBound, $0.offset)
                < ($1.element.span.lowerBound, $1.element.span.upperBound, $1.offset)
        }
        for (_, edit) in ordered {
            guard edit.span.lowerBound >= done, edit.span.upperBound <= part.upperBound else { throw EditConflict() }
            result += bytes[done..<edit.span.lowerBound]
            result += edit.replacement.utf8
            done = edit.span.upperBound
        }
        return result + bytes[done..<part.upperBound]
    }

    /// A text with as many of the fix-its made as agree with each other: of two that change the same bytes, the first.
    /// The same fix-it offered by two findings is made once.
    public static func apply(_ fixIts: [FixIt], to bytes: [UInt8]) -> (bytes: [UInt8], applied: Int) {
        var taken = DisjointEdits(length: bytes.count)
        var seen: Set<[Edit]> = []
        var applied = 0
        for fixIt in fixIts where seen.insert(fixIt.edits).inserted && taken.insert(fixIt.edits) { applied += 1 }
        return ((try? apply(taken.edits, to: bytes)) ?? bytes, applied)
    }
}

/// Edits of which no two change the same bytes or insert at the same place, in the order of their places.
private struct DisjointEdits {
    let length: Int
    private(set) var edits: [Edit] = []

    init(length: Int) {
        self.length = length
    }

    /// Takes all of the new edits or none; says which.
    mutating func insert(_ new: [Edit]) -> Bool {
        for (index, edit) in new.enumerated() {
            guard edit.span.lowerBound >= 0, edit.span.upperBound <= length,
                !new[..<index].contains(where: edit.meets)
            else { return false }
            let place = place(of: edit)
            let neighbours = edits[max(place - 1, 0)..<min(place + 1, edits.count)]
            if neighbours.contains(where: edit.meets) { return false }
        }
        for edit in new { edits.insert(edit, at: place(of: edit)) }
        return true
    }

    private func place(of edit: Edit) -> Int {
        var low = 0
        var high = edits.count
        while low < high {
            let middle = (low + high) / 2
            let other = edits[middle].span
            if (other.lowerBound, other.upperBound) < (edit.span.lowerBound, edit.span.upperBound) {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return low
    }
}

extension Edit {
    fileprivate func meets(_ other: Edit) -> Bool {
        span == other.span || span.overlaps(other.span)
            || (span.isEmpty && other.span.contains(span.lowerBound))
            || (other.span.isEmpty && span.contains(other.span.lowerBound))
    }
}
