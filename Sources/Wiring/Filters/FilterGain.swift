// SPDX-License-Identifier: BSD-2-Clause

extension FilterAnalysis {
    /// Frames that one filter lets pass and another does not, or not as often.
    public struct Gain: Sendable, Hashable {
        /// Frames, and the rule by which they pass.
        public let passage: Passage
        /// As the language writes the rule; `nil` for a link without a filter.
        public let rule: String?
        /// The rule that lets them pass at a lower rate; `nil` where they do not pass.
        public let slower: String?

        /// In words: "rule 2, Allow(.udp, port: 53): UDP over IPv4 to port 53".
        public var spoken: String {
            let by = rule.map { "rule \(passage.rule + 1), \($0): " } ?? ""
            return by + passage.spoken + (slower.map { ", more often than by \($0)" } ?? "")
        }
    }

    /// What passes by these rules and not by others that stand between the same VMs, one example for each rule, direction
    /// and kind of frame: nothing where every frame that passes here passes there, and as often.
    ///
    /// As exact as ``passages(_:)``: where a search is given up, frames that pass here are said not to pass there.
    public func gains(over old: FilterAnalysis) -> [Gain] {
        var gains: [Gain] = []
        for direction in FilterDirection.allCases {
            for index in rules.indices where rules[index].action == .allow {
                for kind in FrameKind.allCases {
                    guard let passage = old.dropped(of: self, index, kind, direction) else { continue }
                    gains.append(gain(passage))
                }
            }
        }
        return gains + faster(than: old)
    }

    private func gain(_ passage: Passage, slower: String? = nil) -> Gain {
        let rule = rules[passage.rule]
        return Gain(passage: passage, rule: rule == .everything ? nil : rule.text, slower: slower)
    }

    /// Frames that a rule of another filter decides about and that these rules drop.
    private func dropped(
        of other: FilterAnalysis, _ index: Int, _ kind: FrameKind, _ direction: FilterDirection
    ) -> Passage? {
        let all = boxes(of: rules.indices, kind, direction)
        if let unruled = other.passage(index, kind, direction, within: [.everything], without: all) { return unruled }
        return rules.indices.lazy.filter { rules[$0].action == .deny }.compactMap { denying in
            let denied = boxes(of: denying..<(denying + 1), kind, direction)
            let earlier = boxes(of: 0..<denying, kind, direction)
            return other.passage(index, kind, direction, within: denied, without: earlier)
        }.first
    }

    /// Frames for which another filter has a rate that these rules, each with a bucket of its own, together exceed.
    private func faster(than old: FilterAnalysis) -> [Gain] {
        old.rules.indices.flatMap { limiting -> [Gain] in
            guard old.rules[limiting].action == .allow, let limit = old.rules[limiting].rate else { return [] }
            let taking = rules.indices.compactMap { index in
                rules[index].action == .allow ? common(index, old, limiting) : nil
            }
            let rates = taking.compactMap { rules[$0.rule].rate }
            let isWithin =
                rates.count == taking.count && rates.reduce(0, { $0 + $1.rate }) <= limit.rate
                && rates.reduce(0, { $0 + $1.burst }) <= limit.burst
            return isWithin ? [] : taking.map { gain($0, slower: old.text(of: limiting)) }
        }
    }

    /// Frames that a rule of these and one of another filter decide about.
    private func common(_ index: Int, _ old: FilterAnalysis, _ limiting: Int) -> Passage? {
        for direction in FilterDirection.allCases {
            for kind in FrameKind.allCases {
                let limited = old.boxes(of: limiting..<(limiting + 1), kind, direction)
                let earlier = old.boxes(of: 0..<limiting, kind, direction)
                if let found = passage(index, kind, direction, within: limited, without: earlier) { return found }
            }
        }
        return nil
    }
}
