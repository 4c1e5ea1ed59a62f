// SPDX-License-Identifier: BSD-2-Clause

import Wiring

extension ResolvedFilter {
    /// Whether something of a rule has no meaning, so that nothing more is said of it.
    func isFaulty(_ rule: Int) -> Bool { faults.contains { $0.rule == rule } }
}
