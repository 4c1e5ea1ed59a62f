// SPDX-License-Identifier: BSD-2-Clause

import Topology

/// A filter with every reference looked up and every rule as the frames that fulfil it.
public struct ResolvedFilter: Sendable, Hashable {
    /// Rules beyond this number are not looked at.
    public static let mostRules = 256

    public let name: Placed<String>
    /// Index into the assembly's partitions.
    public let partition: Int
    /// Node indices of the two VMs.
    public let first: Int
    public let second: Int
    public let implementation: Implementation
    public let rules: [ResolvedRule]
    /// What is wrong with the rules' arguments, in the order written.
    public let faults: [FilterFault]

    /// The rules that hold: the CakeML component lets everything pass, whatever is written.
    public var effectiveRules: [ResolvedRule] {
        implementation == .native ? rules : [.everything]
    }

    /// The direction of frames from a node; `nil` for a node that is none of the two.
    public func direction(from node: Int) -> FilterDirection? {
        node == first ? .fromFirst : node == second ? .fromSecond : nil
    }
}

/// A rule of a filter, resolved.
public struct ResolvedRule: Sendable, Hashable {
    public let action: FilterRule.Action
    /// The frames that fulfil it; empty where its arguments are at fault.
    public let sets: [FrameSet]
    public let rate: FilterRate?
    /// As the language writes it.
    public let text: String
    /// The rule itself; `nil` for that of a component that has none.
    let written: FilterRule?
    /// The side that it says asks.
    let asks: FilterDirection?
    public let origin: Origin

    /// As the language writes it where the two VMs have no names.
    public func text(first: Int, second: Int) -> String {
        guard var rule = written else { return text }
        if let asks { rule.from = Placed(.number(asks == .fromFirst ? first : second)) }
        return rule.text
    }

    /// The same with the two VMs exchanged.
    public var reversed: ResolvedRule {
        ResolvedRule(
            action: action,
            sets: sets.map { set in
                FrameSet(
                    kinds: set.kinds, directions: Set(set.directions.map(\.opposite)), box: set.box,
                    isAnswer: set.isAnswer)
            }, rate: rate, text: text, written: written, asks: asks?.opposite, origin: origin)
    }

    /// Whether another rule speaks of the same frames and does the same with them, however it is written.
    public func means(_ other: ResolvedRule) -> Bool {
        action == other.action && rate == other.rate && sets == other.sets
    }

    static let everything = ResolvedRule(
        action: .allow,
        sets: [
            FrameSet(
                kinds: Set(FrameKind.allCases), directions: Set(FilterDirection.allCases), box: .everything,
                isAnswer: false)
        ], rate: nil, text: "everything", written: nil, asks: nil, origin: Origin())
}

/// How many frames may come: a token every `interval`, and at most `burst` of them.
public struct FilterRate: Sendable, Hashable {
    /// Frames a second: 1 to 1,000,000,000.
    public let rate: Int
    /// 1 to 1,000,000.
    public let burst: Int

    public static let rates = 1...1_000_000_000
    public static let bursts = 1...1_000_000

    /// Nanoseconds between frames, rounded up, so that never more pass than was said.
    public var interval: Int { (1_000_000_000 + rate - 1) / rate }
    /// Nanoseconds that a frame may come before its time.
    public var tolerance: Int { interval * (burst - 1) }
}

/// Something that a rule says and that has no meaning.
public struct FilterFault: Sendable, Hashable {
    public enum Kind: Sendable, Hashable {
        /// `from:` names a VM that the filter does not join.
        case foreignEnd
        /// An argument that says nothing of this traffic.
        case argument(label: String, why: String)
        /// A value that cannot be.
        case value(what: String, why: String)
    }

    public let kind: Kind
    public let rule: Int
    public let origin: Origin
}
