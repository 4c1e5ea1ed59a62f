// SPDX-License-Identifier: BSD-2-Clause

/// The declarations of the language, with the parameters that `Topology` gives them.
enum Declaration: String, CaseIterable, Sendable {
    case assembly = "Assembly"
    case vm = "VM"
    case vms = "VMs"
    case guest = "Guest"
    case programs = "Programs"
    case addressPool = "AddressPool"
    case partition = "Partition"
    case filter = "Filter"
    case allow = "Allow"
    case deny = "Deny"
    case never = "Never"
    case mesh = "Mesh"
    case star = "Star"
    case ring = "Ring"
    case line = "Line"
    case link = "Link"
    case connect = "Connect"

    struct Parameter: Sendable {
        enum Kind: Sendable, Equatable {
            case int, string, bool, guest
            /// A case of one of Topology's enumerations.
            case choice(Choice)
            /// A number or a string.
            case identity
            /// VMs: a number, a string, a range or an array.
            case set
            /// A number or a range.
            case ports
        }

        let label: String?
        let kind: Kind
        var isRequired = false
        var isVariadic = false
    }

    var parameters: [Parameter] {
        switch self {
        case .assembly, .partition: Self.named
        case .filter: Self.filterParameters
        case .allow: Self.ruleParameters + Self.rateParameters
        case .deny: Self.ruleParameters
        case .vm: Self.vmParameters
        case .vms: Self.vmsParameters
        case .guest: Self.guestParameters
        case .programs: Self.programsParameters
        case .addressPool: Self.addressPoolParameters
        case .never: Self.neverParameters
        case .mesh, .ring, .line: Self.setParameters
        case .star: Self.starParameters
        case .link: Self.linkParameters
        case .connect: Self.connectParameters
        }
    }

    /// Whether braces stand behind it.
    var hasBody: Bool { body != nil }

    /// What stands in its braces; `nil` where it has none.
    var body: Place? {
        switch self {
        case .assembly: .assembly
        case .partition: .partition
        case .filter: .filter
        default: nil
        }
    }

    /// `nil` for the assembly, which is no value.
    var type: ValueType? {
        switch self {
        case .assembly: nil
        case .vm: .vm
        case .vms: .vms
        case .guest: .guest
        case .programs: .programs
        case .addressPool: .addressPool
        case .partition, .filter: .partition
        case .allow, .deny: .rule
        case .never: .never
        case .mesh, .star, .ring, .line, .link, .connect: .links
        }
    }

    private static let named = [Parameter(label: nil, kind: .string, isRequired: true)] + queues
    private static let queues = optional(.int, "queueLength", "sharedMemory")
    private static let filterParameters =
        [
            Parameter(label: nil, kind: .string, isRequired: true),
            Parameter(label: "between", kind: .identity, isRequired: true),
            Parameter(label: "and", kind: .identity, isRequired: true),
            Parameter(label: "implementation", kind: .choice(.implementation)),
        ] + queues
    private static let ruleParameters =
        [
            Parameter(label: nil, kind: .choice(.traffic), isRequired: true),
            Parameter(label: "port", kind: .ports), Parameter(label: "from", kind: .identity),
            Parameter(label: "answers", kind: .bool),
        ] + optional(.string, "source", "destination", "sourceMAC", "destinationMAC")
        + optional(.int, "etherType", "ipProtocol")
    private static let rateParameters = optional(.int, "rate", "burst")
    private static let vmParameters =
        [Parameter(label: nil, kind: .identity, isRequired: true)]
        + optional(.string, "name", "mac", "ip", "ipv6", "hostname")
        + [.interfaces, .sources, .dataPath].map { Parameter(label: $0.label, kind: .choice($0)) }
        + optional(.guest, "guest")
    private static let vmsParameters = [sets(nil)] + optional(.guest, "guest")
    private static let guestParameters =
        optional(.int, "memoryMiB") + optional(.string, "kernel", "relocations", "initrd", "commandLine", "start")
        + optional(.int, "heap", "untyped23Pool", "untyped22Pool", "ioSpaceDomain", "pciDevicesIOSpace")
    private static let programsParameters = [
        Parameter(label: nil, kind: .string, isRequired: true),
        Parameter(label: nil, kind: .string, isRequired: true, isVariadic: true),
    ]
    private static let addressPoolParameters = optional(.string, "mac", "ip", "ipv6")
    private static let neverParameters = [Parameter(label: nil, kind: .set, isRequired: true), sets("reaches")]
    private static let setParameters = [sets(nil)] + queues
    private static let starParameters =
        [Parameter(label: "hub", kind: .identity, isRequired: true), sets(nil)] + queues
    private static let linkParameters =
        [
            Parameter(label: nil, kind: .identity, isRequired: true),
            Parameter(label: nil, kind: .identity, isRequired: true),
        ] + queues
    private static let connectParameters =
        [Parameter(label: nil, kind: .identity, isRequired: true), sets("to")] + queues

    private static func optional(_ kind: Parameter.Kind, _ labels: String...) -> [Parameter] {
        labels.map { Parameter(label: $0, kind: kind) }
    }

    private static func sets(_ label: String?) -> Parameter {
        Parameter(label: label, kind: .set, isVariadic: true)
    }
}

/// Where a statement stands.
enum Place: Sendable {
    case top, assembly, partition, filter

    var spoken: String {
        switch self {
        case .top: "at the top of the file"
        case .assembly: "in `Assembly`"
        case .partition: "in `Partition`"
        case .filter: "in `Filter`"
        }
    }

    /// What a value of a type does as a statement here; a value that has no place is an error.
    func takes(_ type: ValueType) -> Bool {
        switch (self, type) {
        case (.assembly, .vm), (.assembly, .vms), (.assembly, .partition), (.assembly, .never),
            (.assembly, .addressPool), (.assembly, .guest), (.assembly, .programs), (.partition, .links),
            (.filter, .rule):
            true
        default: false
        }
    }
}
