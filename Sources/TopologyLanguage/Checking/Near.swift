// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics

/// "Did you mean", with the fix where there is but one thing that could be meant.
struct Near {
    let name: String
    private let isCertain: Bool

    init?(_ written: String, among candidates: [String]) {
        guard let name = Suggestion.nearest(to: written, among: candidates) else { return nil }
        self.name = name
        let isSameInLowerCase = name.lowercased() == written.lowercased()
        let others = candidates.filter { $0 != name }
        isCertain =
            isSameInLowerCase
            || (written.unicodeScalars.count >= 3 && Suggestion.nearest(to: written, among: others) == nil)
    }

    var note: String { "did you mean `\(name)`?" }

    func fixIts(replacing span: SourceSpan) -> [FixIt] {
        isCertain ? [FixIt("replace with `\(name)`", [Edit(span, name)])] : []
    }
}
