// SPDX-License-Identifier: BSD-2-Clause

/// "Did you mean": the candidate nearest to what was written.
public enum Suggestion {
    /// The nearest candidate, or `nil` where none is near: more than a third of the letters differ.
    /// Ties go to the candidate that comes first.
    public static func nearest(to written: String, among candidates: some Sequence<String>) -> String? {
        let target = Array(written.lowercased().unicodeScalars.prefix(64))
        let bound = max(1, target.count / 3)
        var best: (name: String, distance: Int)?
        for candidate in candidates {
            let other = Array(candidate.lowercased().unicodeScalars.prefix(64))
            guard abs(other.count - target.count) <= bound else { continue }
            let found = distance(target, other)
            if found <= bound, found < (best?.distance ?? Int.max) { best = (candidate, found) }
        }
        return best?.name
    }

    /// The Damerau–Levenshtein distance (optimal string alignment): insertions, deletions, substitutions, swaps.
    static func distance(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar]) -> Int {
        if a.isEmpty || b.isEmpty { return max(a.count, b.count) }
        var beforeLast: [Int] = []
        var last = Array(0...b.count)
        for i in 1...a.count {
            var row = [i]
            for j in 1...b.count {
                let cost = a[i - 1] == b[j - 1] ? 0 : 1
                var least = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + cost)
                if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
                    least = min(least, beforeLast[j - 2] + 1)
                }
                row.append(least)
            }
            beforeLast = last
            last = row
        }
        return last[b.count]
    }
}
