// SPDX-License-Identifier: BSD-2-Clause

import ClangSource
import Topology
import Wiring

/// What the C of a filter's rules decides, read as a compiler reads it and understood without the rules: for each kind of
/// frame and each side the questions that are asked, in order, as sets of frames.
package struct FilterReading {
    /// By direction, then by kind.
    private var decisions: [[FrameDecisions]] = []
    /// Of each rule, by its number less 1.
    private var rules: [Rule] = []

    private struct Rule: Hashable {
        let allows: Bool
        /// Nanoseconds; 0 where there is no rate.
        let interval: UInt64
        let tolerance: UInt64
    }

    /// Something that the C of rules does not have when topoc writes it.
    private struct Unreadable: Error {}

    /// How the C of a filter's rules differs from the rules, a line for each; none where for every frame the same rule
    /// decides, and does the same with it.
    package static func differences(
        of filter: FilterWiring, in files: [EmittedFile], _ checker: SourceChecker
    ) -> [String] {
        let path = FilterComponent.rules(of: filter.instance)
        let sources = files.filter { $0.path.hasSuffix(".c") || $0.path.hasSuffix(".h") }.map {
            CFile(path: $0.path, text: $0.text)
        }
        guard sources.contains(where: { $0.path == path }) else { return ["\(path) is not there"] }
        guard let functions = try? checker.functions(of: path, in: sources, searching: Device.searched),
            let constants = try? checker.constants(of: path, in: sources, searching: Device.searched),
            let reading = try? FilterReading(functions, constants)
        else { return ["\(path) does not say what the rules of filter `\(filter.name)` are"] }
        return reading.differences(from: filter)
    }

    private init(_ functions: [String: CStatement?], _ constants: [String: ConstantValue]) throws(Unreadable) {
        guard let judge = functions["judge"] ?? nil, judge == Self.judge,
            let said = constants["topoc_filter_rules"], said["judge"]?.name == "judge", said["rules"]?.name == "rules",
            let count = said["count"]?.number, let list = constants["rules"]?.list, list.count == max(count, 1)
        else { throw Unreadable() }
        for entry in list.prefix(Int(count)) {
            guard let allow = entry["allow"]?.number else { throw Unreadable() }
            rules.append(
                Rule(
                    allows: allow != 0, interval: entry["interval"]?.number ?? 0,
                    tolerance: entry["tolerance"]?.number ?? 0))
        }
        for direction in FilterDirection.allCases {
            guard let body = functions["judge_\(direction.rawValue)"] ?? nil else { throw Unreadable() }
            decisions.append(try Self.decisions(body))
        }
    }

    /// `return header->from == 0 ? judge_0(header) : judge_1(header);`
    private static var judge: CStatement {
        func call(_ name: String) -> CExpression { .call(.name(name), [.name("header")]) }
        let isFirst = CExpression.binary("==", .member(.name("header"), "from"), .number(0))
        return .block([.return(.conditional(isFirst, call("judge_0"), call("judge_1")))])
    }

    // MARK: - Comparing

    private func differences(from filter: FilterWiring) -> [String] {
        let name = "filter `\(filter.name)`"
        guard rules.count == filter.rules.count else {
            return ["\(name) has \(rules.count) rules in its C, not \(filter.rules.count)"]
        }
        var found: [String] = []
        for (index, (read, rule)) in zip(rules, filter.rules).enumerated() {
            let expected = Rule(
                allows: rule.action == .allow, interval: UInt64(rule.rate?.interval ?? 0),
                tolerance: UInt64(rule.rate?.tolerance ?? 0))
            if read != expected { found.append("rule \(index + 1) of \(name) does something else in its C") }
        }
        for (direction, read) in zip(FilterDirection.allCases, decisions) {
            for kind in read {
                let expected = FrameDecisions(kind.kind, direction, of: filter.rules)
                guard let (_, here, there) = kind.difference(from: expected) else { continue }
                func words(_ rule: Int) -> String { rule == 0 ? "no rule" : "rule \(rule)" }
                found.append(
                    "\(name) has \(words(here)) decide in its C about \(kind.kind.spoken) from "
                        + "vm\(filter.ends[direction.rawValue].vm), not \(words(there))")
            }
        }
        return found
    }

    // MARK: - Reading

    /// A `switch` over the kind, of which each branch asks and ends with an answer.
    private static func decisions(_ body: CStatement) throws(Unreadable) -> [FrameDecisions] {
        guard case .block(let only) = body, only.count == 1, case .switch(let value, let inner) = only[0],
            value == .member(.name("header"), "kind"), case .block(let statements) = inner
        else { throw Unreadable() }
        var open: [FrameDecisions] = FrameKind.allCases.map { FrameDecisions($0) }
        var done: [FrameKind: FrameDecisions] = [:]
        var kinds: Set<FrameKind> = []
        for statement in statements {
            var statement = statement
            var labels: Set<FrameKind> = []
            while true {
                if case .case(.name(let name), let inner) = statement {
                    guard let kind = FrameKind.allCases.first(where: { $0.constant == name }), done[kind] == nil else {
                        throw Unreadable()
                    }
                    labels.insert(kind)
                    statement = inner
                } else if case .default(let inner) = statement {
                    // It stands last, and is for all that have no branch of their own.
                    labels.formUnion(FrameKind.allCases.filter { done[$0] == nil && !kinds.contains($0) })
                    statement = inner
                } else {
                    break
                }
            }
            // A branch that does not end with an answer would go on with the next one's questions.
            if !labels.isEmpty {
                guard kinds.isEmpty else { throw Unreadable() }
                kinds = labels
            }
            guard !kinds.isEmpty else { throw Unreadable() }
            let (box, number, isLast) = try step(statement)
            for index in open.indices where kinds.contains(open[index].kind) {
                if let box { open[index].append(box, number) }
                if isLast { done[open[index].kind] = open[index] }
            }
            if isLast { kinds = [] }
        }
        let all = FrameKind.allCases.compactMap { done[$0] }
        guard kinds.isEmpty, all.count == FrameKind.allCases.count else { throw Unreadable() }
        return all
    }

    /// `return 2;`, or `if (…) { return 2; }`: the headers that are answered, and the answer.
    private static func step(_ statement: CStatement) throws(Unreadable) -> (box: FrameBox?, number: Int, isLast: Bool)
    {
        switch statement {
        case .return(.number(let number)) where number <= ResolvedFilter.mostRules:
            return (.everything, Int(number), true)
        case .if(let condition, .block(let inner)):
            guard inner.count == 1, case .return(.number(let number)) = inner[0], number <= ResolvedFilter.mostRules
            else { throw Unreadable() }
            return (try box(condition), Int(number), false)
        default: throw Unreadable()
        }
    }

    /// The headers that fulfil a condition; `nil` where none does.
    private static func box(_ condition: CExpression) throws(Unreadable) -> FrameBox? {
        var box: FrameBox? = .everything
        // By field and half of an address: the bits that are asked, and what they are to be.
        var addresses: [FrameField: [UInt64: (mask: UInt64, value: UInt64)]] = [:]
        for question in conjuncts(condition) {
            if let (field, half, mask, value) = address(question) {
                guard addresses[field, default: [:]].updateValue((mask, value), forKey: half) == nil else {
                    throw Unreadable()
                }
                continue
            }
            guard let (field, range) = range(question) else { throw Unreadable() }
            guard let range else { return nil }
            box = box?.narrowed(field, to: range)
        }
        for (field, halves) in addresses {
            let high = halves[0] ?? (0, 0)
            let low = halves[1] ?? (0, 0)
            let mask = UInt128(high.mask) << 64 | UInt128(low.mask)
            let value = UInt128(high.value) << 64 | UInt128(low.value)
            // A prefix: ones, and behind them zeros.
            guard (~mask & (~mask &+ 1)) == 0 else { throw Unreadable() }
            guard value & ~mask == 0 else { return nil }
            box = box?.narrowed(field, to: value...(value | ~mask))
        }
        return box
    }

    private static func conjuncts(_ condition: CExpression) -> [CExpression] {
        if case .binary("&&", let left, let right) = condition { return conjuncts(left) + conjuncts(right) }
        return [condition]
    }

    private static func member(_ expression: CExpression) -> String? {
        if case .member(.name("header"), let name) = expression { name } else { nil }
    }

    /// `header->source[0] == …`, `(header->source[1] & …) == …`
    private static func address(
        _ question: CExpression
    ) -> (field: FrameField, half: UInt64, mask: UInt64, value: UInt64)? {
        guard case .binary("==", let left, .number(let value)) = question else { return nil }
        var (asked, mask) = (left, UInt64.max)
        if case .binary("&", let inner, .number(let bits)) = left { (asked, mask) = (inner, bits) }
        guard case .element(let list, .number(let half)) = asked, half < 2,
            let field = ["source": FrameField.source, "destination": .destination][member(list) ?? ""]
        else { return nil }
        return (field, half, mask, value)
    }

    /// A field and what it is to be; a range that is `nil` has no value.
    private static func range(_ question: CExpression) -> (FrameField, ClosedRange<UInt128>?)? {
        if member(question) == "answer" { return (.answer, 1...1) }
        if case .unary("!", let inner) = question, member(inner) == "answer" { return (.answer, 0...0) }
        guard case .binary(let sign, let left, .number(let number)) = question, let name = member(left) else {
            return nil
        }
        let value = UInt128(number)
        if let field = ["source_mac": FrameField.sourceMAC, "destination_mac": .destinationMAC][name] {
            guard sign == "==" else { return nil }
            guard number < 1 << 48 else { return (field, nil) }
            let address = UInt128(MACAddress(frameNumber: number).value)
            return (field, address...address)
        }
        let fields: [String: (FrameField, UInt128)] = [
            "ether_type": (.etherType, 0xffff), "ip_protocol": (.ipProtocol, 0xff),
            "source_port": (.sourcePort, 0xffff),
            "destination_port": (.destinationPort, 0xffff),
        ]
        guard let (field, most) = fields[name] else { return nil }
        switch sign {
        case "==": return (field, value <= most ? value...value : nil)
        case ">=": return (field, value <= most ? value...most : nil)
        case "<=": return (field, 0...min(value, most))
        default: return nil
        }
    }
}
