// SPDX-License-Identifier: BSD-2-Clause

import Topology

/// An enumeration of `Topology` whose cases are written with a dot.
enum Choice: String, Hashable, Sendable {
    case interfaces, sources, dataPath, implementation, traffic

    /// The argument that takes one.
    var label: String { rawValue }

    /// As Swift calls it.
    var type: String { rawValue.prefix(1).uppercased() + rawValue.dropFirst() }

    /// The names of its cases, the default first.
    var cases: [String] {
        switch self {
        case .interfaces: Interfaces.allCases.map(\.rawValue)
        case .sources: Sources.allCases.map(\.rawValue)
        case .dataPath: DataPath.allCases.map(\.rawValue)
        case .implementation: Implementation.allCases.map(\.rawValue)
        case .traffic: Traffic.allCases.map(\.rawValue)
        }
    }
}

/// The types of the language, each of them Swift's type of the same name.
indirect enum ValueType: Hashable, Sendable, CustomStringConvertible {
    case int, string, bool
    case range, closedRange
    case array(ValueType)
    case choice(Choice)
    case guest, programs, addressPool, vm, vms, partition, never, links, rule

    /// As Swift writes it.
    var description: String {
        switch self {
        case .int: "Int"
        case .string: "String"
        case .bool: "Bool"
        case .range: "Range<Int>"
        case .closedRange: "ClosedRange<Int>"
        case .array(let element): "[\(element)]"
        case .choice(let choice): choice.type
        case .guest: "Guest"
        case .programs: "Programs"
        case .addressPool: "AddressPool"
        case .vm: "VM"
        case .vms: "VMs"
        case .partition: "Partition"
        case .never: "Never"
        case .links: "LinkGroup"
        case .rule: "FilterRule"
        }
    }

    /// As a sentence says it.
    var spoken: String {
        switch self {
        case .int: "a number"
        case .string: "a string"
        case .bool: "true or false"
        case .range, .closedRange: "a range"
        case .array: "an array"
        case .choice(let choice): choice.cases.map { "`.\($0)`" }.joined(separator: " or ")
        case .guest, .programs, .addressPool, .vm, .vms, .partition, .never: "`\(self)`"
        case .links: "links"
        case .rule: "a rule of a filter"
        }
    }

    /// Whether it names one VM.
    var isVMIdentity: Bool { self == .int || self == .string }

    /// Whether it names VMs.
    var isVMSet: Bool {
        switch self {
        case .int, .string, .range, .closedRange: true
        case .array(let element): element.isVMSet
        default: false
        }
    }

    /// Whether it names ports.
    var isPortSet: Bool { self == .int || self == .range || self == .closedRange }

    /// What `for` takes one by one; `nil` for a type that is no sequence of the language.
    var element: ValueType? {
        switch self {
        case .range, .closedRange: .int
        case .array(let element): element
        default: nil
        }
    }
}

/// A value of the language.
enum Value: Sendable {
    case int(Int)
    case string(String)
    case bool(Bool)
    /// From the lower up to, without, the upper.
    case range(Int, Int)
    /// From the lower to the upper.
    case closedRange(Int, Int)
    case array([Value])
    /// A case's name.
    case choice(String)
    case guest(Guest)
    case programs(Programs)
    case addressPool(AddressPool)
    case vm(VM)
    case vms([VM])
    case partition(Partition)
    case never(Never)
    case links(LinkGroup)
    case rule(FilterRule)
}
