// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import Topology

extension Evaluator {
    /// What a declaration declares. The indices are those of the declaration's parameters.
    mutating func call(
        _ declaration: Declaration, _ arguments: CallArguments, _ body: [Statement], at span: SourceSpan
    ) throws(Stop) -> Value {
        switch declaration {
        case .vm: return .vm(try vm(arguments, at: span))
        case .vms: return .vms(try vms(arguments))
        case .guest: return .guest(try guest(arguments, at: span))
        case .programs: return .programs(try programs(arguments, at: span))
        case .addressPool:
            return .addressPool(
                AddressPool(
                    mac: try placed(arguments[parameter: 0].first), ip: try placed(arguments[parameter: 1].first),
                    ipv6: try placed(arguments[parameter: 2].first), origin: Origin(span)))
        case .partition:
            guard let name = try placed(arguments[parameter: 0].first) else { throw .faulted }
            let queues = try queues(arguments, from: 1)
            return .partition(Partition(name: name, links: try links(body), queues: queues, origin: Origin(span)))
        case .filter: return .partition(try filter(arguments, body, at: span))
        case .allow: return .rule(try rule(.allow, arguments, at: span))
        case .deny: return .rule(try rule(.deny, arguments, at: span))
        case .never:
            return .never(
                Never(
                    sources: try references(arguments[parameter: 0]),
                    destinations: try references(arguments[parameter: 1]), origin: Origin(span)))
        case .mesh: return try group(.mesh, arguments, sets: 1, at: span)
        case .ring: return try group(.ring, arguments, sets: 1, at: span)
        case .line: return try group(.line, arguments, sets: 1, at: span)
        case .star: return try group(.star, arguments, sets: 2, at: span)
        case .link: return try group(.link, arguments, sets: 2, at: span)
        case .connect: return try group(.connect, arguments, sets: 2, at: span)
        case .assembly: throw .faulted
        }
    }

    /// Links: the first parameters name VMs, the two behind them size the queues.
    private mutating func group(
        _ shape: LinkGroup.Shape, _ arguments: CallArguments, sets count: Int, at span: SourceSpan
    ) throws(Stop) -> Value {
        var members: [Placed<VMReference>] = []
        for index in 0..<count { members += try references(arguments[parameter: index]) }
        try countLinks(shape, members: members.count, at: span)
        let queues = try queues(arguments, from: count)
        return .links(LinkGroup(shape: shape, members: members, queues: queues, origin: Origin(span)))
    }

    private mutating func vm(_ arguments: CallArguments, at span: SourceSpan) throws(Stop) -> VM {
        guard let identity = arguments[parameter: 0].first else { throw .faulted }
        try countVM(at: span)
        var number: Placed<Int>?
        var name: Placed<String>?
        switch try evaluate(identity) {
        case .int(let value):
            number = Placed(value, Origin(identity.span))
            name = try placed(arguments[parameter: 1].first)
        case .string(let value): name = Placed(value, Origin(identity.span))
        default: throw .faulted
        }
        return VM(
            number: number, name: name, mac: try placed(arguments[parameter: 2].first),
            ip: try placed(arguments[parameter: 3].first), ipv6: try placed(arguments[parameter: 4].first),
            hostname: try placed(arguments[parameter: 5].first),
            interfaces: try choice(arguments[parameter: 6].first, Interfaces.init(rawValue:)),
            sources: try choice(arguments[parameter: 7].first, Sources.init(rawValue:)),
            dataPath: try choice(arguments[parameter: 8].first, DataPath.init(rawValue:)),
            guest: try guest(arguments[parameter: 9].first), origin: Origin(span))
    }

    mutating func choice<Cases: Hashable & Sendable>(
        _ expression: Expression?, _ named: (String) -> Cases?
    ) throws(Stop) -> Placed<Cases>? {
        guard let expression else { return nil }
        guard case .choice(let name) = try evaluate(expression), let value = named(name) else { throw .faulted }
        return Placed(value, Origin(expression.span))
    }

    private mutating func vms(_ arguments: CallArguments) throws(Stop) -> [VM] {
        let references = try references(arguments[parameter: 0])
        let guest = try guest(arguments[parameter: 1].first)
        return references.map { reference in
            switch reference.value {
            case .number(let number):
                VM(number: Placed(number, reference.origin), name: nil, guest: guest, origin: reference.origin)
            case .name(let name):
                VM(number: nil, name: Placed(name, reference.origin), guest: guest, origin: reference.origin)
            }
        }
    }

    private mutating func guest(_ expression: Expression?) throws(Stop) -> Guest {
        guard let expression else { return Guest() }
        guard case .guest(let guest) = try evaluate(expression) else { throw .faulted }
        return guest
    }

    private mutating func guest(_ arguments: CallArguments, at span: SourceSpan) throws(Stop) -> Guest {
        Guest(
            memoryMiB: try integer(arguments[parameter: 0].first), kernel: try placed(arguments[parameter: 1].first),
            relocations: try placed(arguments[parameter: 2].first), initrd: try placed(arguments[parameter: 3].first),
            commandLine: try placed(arguments[parameter: 4].first), start: try placed(arguments[parameter: 5].first),
            heap: try integer(arguments[parameter: 6].first),
            untyped23Pool: try integer(arguments[parameter: 7].first),
            untyped22Pool: try integer(arguments[parameter: 8].first),
            ioSpaceDomain: try integer(arguments[parameter: 9].first),
            pciDevicesIOSpace: try integer(arguments[parameter: 10].first), origin: Origin(span))
    }

    private mutating func programs(_ arguments: CallArguments, at span: SourceSpan) throws(Stop) -> Programs {
        guard let folder = try placed(arguments[parameter: 0].first) else { throw .faulted }
        var names: [Placed<String>] = []
        for argument in arguments[parameter: 1] {
            guard let name = try placed(argument) else { throw .faulted }
            names.append(name)
        }
        return Programs(folder: folder, names: names, origin: Origin(span))
    }
}
