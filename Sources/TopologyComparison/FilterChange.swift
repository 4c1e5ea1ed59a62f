// SPDX-License-Identifier: BSD-2-Clause

import Wiring

extension TopologyDifference {
    /// A filter between two VMs: added where it has no `old` name, removed where it has no `new` one.
    public struct FilterChange: Sendable, Hashable, Encodable {
        /// In the order of the filter that is there now, or that was there.
        public let vms: [VMLabel]
        /// Its name.
        public let old: String?
        public let new: String?
        /// `implementation`, where that is another.
        public let settings: [SettingChange]
        /// Where they do not mean the same; of a filter that is added or removed, all. In order.
        public let rules: [RuleChange]
    }

    /// A rule of a filter: added where it has no `old` text, removed where it has no `new` one.
    public struct RuleChange: Sendable, Hashable, Encodable {
        /// Counted from 1, among the rules of now; of a rule that is removed, among those of before.
        public let number: Int
        /// As the language writes it.
        public let old: String?
        public let new: String?
    }

    /// Two filters are the same where they stand between the same VMs.
    static func filters(_ old: Network, _ new: Network, _ vms: VMMatching) -> [FilterChange] {
        func byPair(_ network: Network, _ index: (Int) -> Int) -> [VMMatching.Pair: ResolvedFilter] {
            Dictionary(
                network.filters.map { filter in
                    let ends = (index(filter.first), index(filter.second))
                    return (VMMatching.Pair(min(ends.0, ends.1), max(ends.0, ends.1)), filter)
                }, uniquingKeysWith: { first, _ in first })
        }
        let before = byPair(old) { vms.ofOld[$0] }
        let after = byPair(new) { $0 }
        return Set(before.keys).union(after.keys).sorted().compactMap { pair in
            let (old, new) = (before[pair], after[pair])
            let isTurned = old.map { vms.ofOld[$0.first] } != new?.first
            // Rules of before as they read where the filter's VMs are named in the order of now.
            let rules = (old?.rules ?? []).map { isTurned && new != nil ? $0.reversed : $0 }
            let change = FilterChange(
                vms: (new.map { [$0.first, $0.second] } ?? [pair.first, pair.second]).map(vms.label),
                old: old?.name.value, new: new?.name.value,
                settings: settings(old, new), rules: changes(from: rules, to: new?.rules ?? []))
            let isSame = change.old == change.new && change.settings.isEmpty && change.rules.isEmpty
            return isSame ? nil : change
        }
    }

    private static func settings(_ old: ResolvedFilter?, _ new: ResolvedFilter?) -> [SettingChange] {
        guard let old, let new, old.implementation != new.implementation else { return [] }
        return [
            SettingChange(
                setting: "implementation", old: old.implementation.rawValue, new: new.implementation.rawValue)
        ]
    }

    /// The fewest rules that go and come; one that goes where one comes is a change.
    private static func changes(from old: [ResolvedRule], to new: [ResolvedRule]) -> [RuleChange] {
        let difference = new.difference(from: old) { $0.means($1) }
        var (gone, come): ([Int: ResolvedRule], [Int: ResolvedRule]) = ([:], [:])
        for change in difference {
            switch change {
            case .remove(let offset, let rule, _): gone[offset] = rule
            case .insert(let offset, let rule, _): come[offset] = rule
            }
        }
        var changes: [RuleChange] = []
        var (before, after) = (0, 0)
        while before < old.count || after < new.count {
            let (removed, added) = (gone[before], come[after])
            if removed == nil && added == nil {
                (before, after) = (before + 1, after + 1)
                continue
            }
            changes.append(
                RuleChange(number: (added == nil ? before : after) + 1, old: removed?.text, new: added?.text))
            before += removed == nil ? 0 : 1
            after += added == nil ? 0 : 1
        }
        return changes
    }
}
