// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import Topology

extension Evaluator {
    /// A partition whose one link has a filter in its middle.
    mutating func filter(
        _ arguments: CallArguments, _ body: [Statement], at span: SourceSpan
    ) throws(Stop) -> Partition {
        guard let name = try placed(arguments[parameter: 0].first) else { throw .faulted }
        let ends = try references(arguments[parameter: 1]) + references(arguments[parameter: 2])
        try countLinks(.link, members: ends.count, at: span)
        let implementation = try choice(arguments[parameter: 3].first, Implementation.init(rawValue:))
        let queues = try queues(arguments, from: 4)
        return Partition(
            name: name, links: [LinkGroup(shape: .link, members: ends, origin: Origin(span))], queues: queues,
            filter: FilterSettings(rules: try rules(body), implementation: implementation), origin: Origin(span))
    }

    /// A rule; the last two parameters are those of `Allow` alone.
    mutating func rule(
        _ action: FilterRule.Action, _ arguments: CallArguments, at span: SourceSpan
    ) throws(Stop) -> FilterRule {
        guard let traffic = try choice(arguments[parameter: 0].first, Traffic.init(rawValue:)) else { throw .faulted }
        let limits = action == .allow
        return FilterRule(
            action: action, traffic: traffic, port: try ports(arguments[parameter: 1].first),
            from: try references(arguments[parameter: 2]).first, answers: try truth(arguments[parameter: 3].first),
            source: try placed(arguments[parameter: 4].first), destination: try placed(arguments[parameter: 5].first),
            sourceMAC: try placed(arguments[parameter: 6].first),
            destinationMAC: try placed(arguments[parameter: 7].first),
            etherType: try integer(arguments[parameter: 8].first),
            ipProtocol: try integer(arguments[parameter: 9].first),
            rate: limits ? try integer(arguments[parameter: 10].first) : nil,
            burst: limits ? try integer(arguments[parameter: 11].first) : nil, origin: Origin(span))
    }

    private mutating func ports(_ expression: Expression?) throws(Stop) -> Placed<PortRange>? {
        guard let expression else { return nil }
        let range =
            switch try evaluate(expression) {
            case .int(let port): PortRange(first: port, last: port)
            case .range(let lower, let upper): PortRange(first: lower, last: upper &- 1)
            case .closedRange(let lower, let upper): PortRange(first: lower, last: upper)
            default: throw Stop.faulted
            }
        return Placed(range, Origin(expression.span))
    }

    private mutating func truth(_ expression: Expression?) throws(Stop) -> Placed<Bool>? {
        guard let expression, case .bool(let value) = try evaluate(expression) else { return nil }
        return Placed(value, Origin(expression.span))
    }
}
