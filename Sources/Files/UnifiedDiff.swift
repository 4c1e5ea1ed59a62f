// SPDX-License-Identifier: BSD-2-Clause

/// What differs between two texts, as `diff -u` prints it.
public struct UnifiedDiff: Sendable {
    public struct Line: Sendable, Equatable {
        public enum Kind: Sendable, Equatable {
            case header, hunk, context, removed, added
        }

        public let kind: Kind
        /// With its mark in front, without its newline.
        public let text: String
    }

    /// Empty where the texts are equal.
    public let lines: [Line]

    private static let context = 3
    /// Where more lines than this differ between the first and the last difference, they are shown as replaced whole:
    /// the least difference costs the square of its size.
    private static let mostCompared = 4000

    /// - Parameters:
    ///   - old: `nil` for a file that is not there.
    ///   - new: `nil` for a file that should not be there.
    public init(old: [UInt8]?, new: [UInt8]?, name: String) {
        let script = Self.script(Self.split(old ?? []), Self.split(new ?? []))
        let hunks = Self.hunks(script)
        if hunks.isEmpty && (old == nil) == (new == nil) {
            lines = []
            return
        }
        lines =
            [
                Line(kind: .header, text: "--- " + (old == nil ? "/dev/null" : name)),
                Line(kind: .header, text: "+++ " + (new == nil ? "/dev/null" : name)),
            ] + hunks
    }

    private struct Step {
        var kind: Line.Kind
        var text: ArraySlice<UInt8>
    }

    /// The lines, each with its newline.
    private static func split(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
        var lines: [ArraySlice<UInt8>] = []
        var start = 0
        for (offset, byte) in bytes.enumerated() where byte == UInt8(ascii: "\n") {
            lines.append(bytes[start...offset])
            start = offset + 1
        }
        if start < bytes.count { lines.append(bytes[start...]) }
        return lines
    }

    private static func script(_ old: [ArraySlice<UInt8>], _ new: [ArraySlice<UInt8>]) -> [Step] {
        let prefix = zip(old, new).prefix { $0 == $1 }.count
        let most = min(old.count, new.count) - prefix
        let suffix = zip(old.reversed(), new.reversed()).prefix { $0 == $1 }.prefix(most).count
        let oldMiddle = Array(old[prefix..<old.count - suffix])
        let newMiddle = Array(new[prefix..<new.count - suffix])
        let common = { (lines: ArraySlice<ArraySlice<UInt8>>) in lines.map { Step(kind: .context, text: $0) } }
        return common(old[..<prefix]) + middle(oldMiddle, newMiddle) + common(old[(old.count - suffix)...])
    }

    private static func middle(_ old: [ArraySlice<UInt8>], _ new: [ArraySlice<UInt8>]) -> [Step] {
        guard old.count + new.count <= mostCompared else {
            return old.map { Step(kind: .removed, text: $0) } + new.map { Step(kind: .added, text: $0) }
        }
        var removed: Set<Int> = []
        var added: Set<Int> = []
        for change in new.difference(from: old) {
            switch change {
            case .remove(let offset, _, _): removed.insert(offset)
            case .insert(let offset, _, _): added.insert(offset)
            }
        }
        var steps: [Step] = []
        var (from, to) = (0, 0)
        while from < old.count || to < new.count {
            if removed.contains(from) {
                steps.append(Step(kind: .removed, text: old[from]))
                from += 1
            } else if added.contains(to) {
                steps.append(Step(kind: .added, text: new[to]))
                to += 1
            } else {
                steps.append(Step(kind: .context, text: old[from]))
                (from, to) = (from + 1, to + 1)
            }
        }
        return steps
    }

    private static func hunks(_ steps: [Step]) -> [Line] {
        let changed = steps.indices.filter { steps[$0].kind != .context }
        var ranges: [Range<Int>] = []
        for index in changed {
            let around = max(index - context, 0)..<min(index + context + 1, steps.count)
            if let last = ranges.last, around.lowerBound <= last.upperBound {
                ranges[ranges.count - 1] = last.lowerBound..<around.upperBound
            } else {
                ranges.append(around)
            }
        }
        var lines: [Line] = []
        var (oldLine, newLine, done) = (1, 1, 0)
        for range in ranges {
            let skipped = range.lowerBound - done
            (oldLine, newLine, done) = (oldLine + skipped, newLine + skipped, range.upperBound)
            let part = steps[range]
            let oldCount = part.count { $0.kind != .added }
            let newCount = part.count { $0.kind != .removed }
            let header = "@@ -\(extent(oldLine, oldCount)) +\(extent(newLine, newCount)) @@"
            lines.append(Line(kind: .hunk, text: header))
            for step in part { lines += printed(step) }
            (oldLine, newLine) = (oldLine + oldCount, newLine + newCount)
        }
        return lines
    }

    private static func extent(_ line: Int, _ count: Int) -> String {
        switch count {
        case 0: "\(line - 1),0"
        case 1: "\(line)"
        default: "\(line),\(count)"
        }
    }

    private static func printed(_ step: Step) -> [Line] {
        let mark =
            switch step.kind {
            case .added: "+"
            case .removed: "-"
            default: " "
            }
        let isWhole = step.text.last == UInt8(ascii: "\n")
        let text = mark + String(decoding: isWhole ? step.text.dropLast() : step.text, as: UTF8.self)
        let line = Line(kind: step.kind, text: text)
        return isWhole ? [line] : [line, Line(kind: .context, text: "\\ No newline at end of file")]
    }
}
