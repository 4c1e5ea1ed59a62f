// SPDX-License-Identifier: BSD-2-Clause

/// What a filter's rules let through, computed from the rules as sets of frames: every header that a frame can have is
/// looked at, none is tried.
public struct FilterAnalysis: Sendable {
    /// Frames that a rule decides about: those that fulfil it and no rule before it.
    public struct Passage: Sendable, Hashable {
        /// Index of the rule.
        public let rule: Int
        public let kind: FrameKind
        public let direction: FilterDirection
        /// They are what answers.
        public let isAnswer: Bool
        /// Some of them, all the same to the rules.
        public let example: FrameBox
    }

    let rules: [ResolvedRule]
    /// Boxes that may be cut up before an answer is given up and "may pass" is said.
    static let mostCuts = 100_000

    public init(_ filter: ResolvedFilter) {
        self.init(rules: filter.effectiveRules)
    }

    public init(rules: [ResolvedRule]) {
        self.rules = rules
    }

    /// A link without a filter: every frame passes.
    public static let everything = FilterAnalysis(rules: [.everything])

    /// A filter as it is seen from one of its two VMs: what comes from there is ``FilterDirection/fromFirst``.
    public init(_ filter: ResolvedFilter, from node: Int) {
        let isFirst = filter.first == node
        self.init(rules: isFirst ? filter.effectiveRules : filter.effectiveRules.map(\.reversed))
    }

    func text(of rule: Int) -> String { rules[rule].text }

    /// For each rule that lets frames pass in a direction, the kinds of frames: nothing else passes.
    public func passages(_ direction: FilterDirection) -> [Passage] {
        rules.indices.flatMap { index -> [Passage] in
            guard rules[index].action == .allow else { return [] }
            return FrameKind.allCases.compactMap { passage(index, $0, direction) }
        }
    }

    /// Whether any frame passes in a direction.
    public func passes(_ direction: FilterDirection) -> Bool {
        rules.indices.contains { index in
            rules[index].action == .allow && FrameKind.allCases.contains { passage(index, $0, direction) != nil }
        }
    }

    /// Whether some frame is decided by this rule.
    public func decides(_ index: Int) -> Bool {
        FilterDirection.allCases.contains { direction in
            FrameKind.allCases.contains { passage(index, $0, direction) != nil }
        }
    }

    /// The earlier rules that take frames which a rule speaks of, in order.
    public func takers(of index: Int) -> [Int] {
        rules[..<index].indices.filter { earlier in
            rules[index].sets.contains { set in
                rules[earlier].sets.contains { other in
                    !set.kinds.isDisjoint(with: other.kinds) && !set.directions.isDisjoint(with: other.directions)
                        && set.box.intersection(other.box) != nil
                }
            }
        }
    }

    private func passage(_ index: Int, _ kind: FrameKind, _ direction: FilterDirection) -> Passage? {
        passage(index, kind, direction, within: [.everything], without: [])
    }

    /// Frames that a rule decides about and that lie in one of some boxes, and in none of others.
    func passage(
        _ index: Int, _ kind: FrameKind, _ direction: FilterDirection, within boxes: [FrameBox],
        without others: [FrameBox]
    ) -> Passage? {
        let taken = self.boxes(of: 0..<index, kind, direction) + others
        var cuts = Self.mostCuts
        for set in rules[index].sets {
            guard let box = set.box(kind, direction) else { continue }
            for headers in kind.headers {
                for within in boxes {
                    guard let spoken = headers.intersection(box)?.intersection(within),
                        let example = Self.rest(of: spoken, without: taken[...], &cuts)
                    else { continue }
                    return Passage(
                        rule: index, kind: kind, direction: direction, isAnswer: set.isAnswer, example: example)
                }
            }
        }
        return nil
    }

    /// What some rules speak of.
    func boxes(of some: Range<Int>, _ kind: FrameKind, _ direction: FilterDirection) -> [FrameBox] {
        rules[some].flatMap(\.sets).compactMap { $0.box(kind, direction) }
    }

    /// A part of the box that is in none of the others; where the search is given up, the box.
    static func rest(
        of box: FrameBox, without others: ArraySlice<FrameBox>, _ cuts: inout Int
    ) -> FrameBox? {
        for (index, other) in zip(others.indices, others) {
            guard let common = box.intersection(other) else { continue }
            cuts -= 1
            guard cuts > 0 else { return box }
            for piece in box.minus(common) {
                if let found = rest(of: piece, without: others[(index + 1)...], &cuts) { return found }
            }
            return nil
        }
        return box
    }
}

extension FilterAnalysis.Passage {
    /// The frames in words: "TCP over IPv4 to port 5555".
    public var spoken: String {
        var text = kind.spoken
        func ports(_ field: FrameField, _ word: String) {
            guard let all = kind.headers.first?[field], all != example[field] else { return }
            let range = example[field]
            text +=
                range.lowerBound == range.upperBound
                ? " \(word) port \(range.lowerBound)" : " \(word) ports \(range.lowerBound) to \(range.upperBound)"
        }
        ports(.sourcePort, "from")
        ports(.destinationPort, "to")
        if isAnswer { text += ", answers" }
        return text
    }
}
