// SPDX-License-Identifier: BSD-2-Clause

/// CAmkES text, read: as much of it as says who is joined with whom. Offsets are UTF-8 offsets into the text read.
public struct Specification: Sendable, Hashable {
    public var imports: [Import] = []
    public var components: [ComponentDeclaration] = []
    public var assemblies: [AssemblyDeclaration] = []
    /// Procedures, connectors and structs, of which only the name is read, and compositions and configurations
    /// outside an assembly.
    public var others: [OtherDeclaration] = []
    /// Macros at the top that no preprocessor has expanded.
    public var macros: [MacroCall] = []

    public struct Import: Sendable, Hashable {
        public var path: String
        public var offset: Int
    }

    public struct OtherDeclaration: Sendable, Hashable {
        /// `procedure`, `connector` and so on.
        public var kind: String
        public var name: String?
        public var offset: Int
    }
}

public struct ComponentDeclaration: Sendable, Hashable {
    public var name: String
    public var interfaces: [InterfaceDeclaration] = []
    public var attributes: [AttributeDeclaration] = []
    /// Macros that no preprocessor has expanded: `VM_INIT_DEF()`.
    public var macros: [MacroCall] = []
    public var offset: Int
}

/// `uses VirtQueueDrv ether_1_send;`
public struct InterfaceDeclaration: Sendable, Hashable {
    public enum Kind: String, Sendable, Hashable {
        case uses, provides, emits, consumes, dataport
    }

    public var kind: Kind
    public var type: String
    public var name: String
    public var isOptional: Bool
    public var offset: Int
}

/// `attribute int guest_ram_mb = 128;`
public struct AttributeDeclaration: Sendable, Hashable {
    public var name: String
    public var initial: Value?
    public var offset: Int
}

public struct AssemblyDeclaration: Sendable, Hashable {
    public var name: String?
    public var composition = CompositionDeclaration()
    public var configuration = ConfigurationDeclaration()
    public var offset: Int
}

public struct CompositionDeclaration: Sendable, Hashable {
    public var instances: [InstanceDeclaration] = []
    public var connections: [ConnectionDeclaration] = []
    public var macros: [MacroCall] = []
}

/// `component VirtQueueInit init;`
public struct InstanceDeclaration: Sendable, Hashable {
    public var type: String
    public var name: String
    public var offset: Int
}

/// `connection seL4VirtQueues lan_conn(to init.init, from vm0.ether_1_send, …);`
public struct ConnectionDeclaration: Sendable, Hashable {
    public var connector: String
    public var name: String
    public var ends: [End]
    public var offset: Int

    public struct End: Sendable, Hashable {
        public var isFrom: Bool
        /// What stands before the last dot.
        public var instance: String
        public var interface: String
        public var offset: Int
    }
}

public struct ConfigurationDeclaration: Sendable, Hashable {
    public var settings: [Setting] = []
    public var macros: [MacroCall] = []
}

/// `vm0.guest_ram_mb = 128;`
public struct Setting: Sendable, Hashable {
    public var instance: String
    public var attribute: String
    public var value: Value
    public var offset: Int
}

/// The value of a setting. Arithmetic is already done, as the CAmkES tool does it.
public indirect enum Value: Sendable, Hashable {
    case integer(Int)
    case float(Double)
    /// Neighbours are joined. CAmkES has no escapes: this is what stands between the quotes.
    case string(String)
    case list([Value])
    /// In the order written.
    case record([Field])
    /// Another attribute: `<- vm0.size`.
    case reference(String)
    /// A query, or a macro that no preprocessor has expanded, with or without arguments.
    case call(MacroCall)

    public struct Field: Sendable, Hashable {
        public var key: String
        public var value: Value
    }

    public var integer: Int? { if case .integer(let value) = self { value } else { nil } }
    public var string: String? { if case .string(let text) = self { text } else { nil } }
    public var list: [Value]? { if case .list(let values) = self { values } else { nil } }

    /// The value of a record's field; the last where it stands twice, as in Python.
    public subscript(key: String) -> Value? {
        guard case .record(let fields) = self else { return nil }
        return fields.last { $0.key == key }?.value
    }
}

/// `VM_PER_VM_COMP_DEF(0)`
public struct MacroCall: Sendable, Hashable {
    public var name: String
    /// The arguments' text, without the blanks around each.
    public var arguments: [String]
    public var offset: Int
}
