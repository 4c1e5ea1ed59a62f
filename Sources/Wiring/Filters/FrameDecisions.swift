// SPDX-License-Identifier: BSD-2-Clause

/// What is decided about frames of one kind that come from one side: the first box that a header lies in has the number
/// of a rule, counted from 1; a header in none has 0.
public struct FrameDecisions: Sendable, Hashable {
    public let kind: FrameKind
    private var boxes: [FrameBox] = []
    private var numbers: [Int] = []

    public init(_ kind: FrameKind) {
        self.kind = kind
    }

    /// What rules decide, read from what they mean.
    public init(_ kind: FrameKind, _ direction: FilterDirection, of rules: [ResolvedRule]) {
        self.init(kind)
        for (index, rule) in rules.enumerated() {
            for set in rule.sets {
                if let box = set.box(kind, direction) { append(box, index + 1) }
            }
        }
    }

    public mutating func append(_ box: FrameBox, _ number: Int) {
        boxes.append(box)
        numbers.append(number)
    }

    /// Headers, all the same to both, about which another decides otherwise, and what each decides; `nil` where there are
    /// none. Where the search is given up, headers about which another may decide otherwise.
    public func difference(from other: FrameDecisions) -> (headers: FrameBox, here: Int, there: Int)? {
        let (mine, theirs) = (boxes + [.everything], other.boxes + [.everything])
        var cuts = FilterAnalysis.mostCuts
        for (index, box) in mine.enumerated() {
            let number = index < numbers.count ? numbers[index] : 0
            for (place, another) in theirs.enumerated() {
                let decided = place < other.numbers.count ? other.numbers[place] : 0
                guard number != decided, let common = box.intersection(another) else { continue }
                let taken = mine[..<index] + theirs[..<place]
                for headers in kind.headers {
                    guard let part = headers.intersection(common),
                        let found = FilterAnalysis.rest(of: part, without: ArraySlice(taken), &cuts)
                    else { continue }
                    return (found, number, decided)
                }
            }
        }
        return nil
    }
}

extension FrameBox {
    /// The headers of these in which a field is in a range; `nil` where it is in none.
    public func narrowed(_ field: FrameField, to range: ClosedRange<UInt128>) -> FrameBox? {
        intersection(Self.everything.with(field, range))
    }
}
