// SPDX-License-Identifier: BSD-2-Clause

/// A set of headers: a range for each field.
public struct FrameBox: Sendable, Hashable {
    private var ranges: [ClosedRange<UInt128>]

    private init(_ range: (FrameField) -> ClosedRange<UInt128>) {
        ranges = FrameField.allCases.map(range)
    }

    /// Every header.
    public static let everything = FrameBox(\.all)
    /// The header of which every field is 0.
    static let nothing = FrameBox { _ in 0...0 }

    public subscript(_ field: FrameField) -> ClosedRange<UInt128> {
        get { ranges[field.rawValue] }
        set { ranges[field.rawValue] = newValue }
    }

    func with(_ field: FrameField, _ range: ClosedRange<UInt128>) -> FrameBox {
        var box = self
        box[field] = range
        return box
    }

    /// The box with every value of a field but these, as boxes.
    func without(_ field: FrameField, _ values: [UInt128]) -> [FrameBox] {
        var boxes: [FrameBox] = []
        var next: UInt128 = 0
        for value in values {
            if next < value { boxes.append(with(field, next...(value - 1))) }
            next = value + 1
        }
        return next <= field.all.upperBound ? boxes + [with(field, next...field.all.upperBound)] : boxes
    }

    /// `nil` where no header is in both.
    func intersection(_ other: FrameBox) -> FrameBox? {
        var box = self
        for field in FrameField.allCases {
            let lower = max(self[field].lowerBound, other[field].lowerBound)
            let upper = min(self[field].upperBound, other[field].upperBound)
            guard lower <= upper else { return nil }
            box[field] = lower...upper
        }
        return box
    }

    /// The headers that are in this box and not in the other, which lies within it: boxes of which no two meet.
    func minus(_ inner: FrameBox) -> [FrameBox] {
        var rest = self
        var pieces: [FrameBox] = []
        for field in FrameField.allCases {
            let (whole, part) = (rest[field], inner[field])
            if whole.lowerBound < part.lowerBound {
                pieces.append(rest.with(field, whole.lowerBound...(part.lowerBound - 1)))
            }
            if part.upperBound < whole.upperBound {
                pieces.append(rest.with(field, (part.upperBound + 1)...whole.upperBound))
            }
            rest[field] = part
        }
        return pieces
    }
}

/// Frames that a rule speaks of: of these kinds, in these directions, with headers in this box.
public struct FrameSet: Sendable, Hashable {
    public var kinds: Set<FrameKind>
    public var directions: Set<FilterDirection>
    public var box: FrameBox
    /// These are what answers.
    public var isAnswer: Bool

    func box(_ kind: FrameKind, _ direction: FilterDirection) -> FrameBox? {
        kinds.contains(kind) && directions.contains(direction) ? box : nil
    }
}

/// Which of the two VMs of a filter a frame comes from.
public enum FilterDirection: Int, Sendable, Hashable, CaseIterable {
    case fromFirst, fromSecond

    public var opposite: FilterDirection { self == .fromFirst ? .fromSecond : .fromFirst }
}
