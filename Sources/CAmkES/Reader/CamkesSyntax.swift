// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics

// What a CAmkES text says, as it says it: nothing is looked up, imported or defaulted. The grammar is the one of
// camkes-tool's `camkes.g`, after the C preprocessor. Spans are UTF-8 offsets into the preprocessed text;
// `LineMarkers` takes them back to the file that the text came from.

/// A whole CAmkES text.
public struct CamkesSyntax: Sendable, Hashable {
    /// `import <VM/vm.camkes>;`, as written between the brackets or quotes.
    public var imports: [CamkesName] = []
    public var components: [CamkesComponent] = []
    public var assemblies: [CamkesAssembly] = []
    /// Connectors, procedures and structs: their names alone.
    public var otherDeclarations: [CamkesName] = []

    public init() {}
}

/// A word of the text, or a reference with its dots, and where it stands.
public struct CamkesName: Sendable, Hashable, CustomStringConvertible {
    public var text: String
    public var span: SourceSpan
    public var description: String { text }

    public init(_ text: String, _ span: SourceSpan) {
        self.text = text
        self.span = span
    }
}

/// `component Init0 { … }`.
public struct CamkesComponent: Sendable, Hashable {
    /// `nil` for a component that is written where it is used.
    public var name: CamkesName?
    public var isControl = false
    public var isHardware = false
    public var interfaces: [CamkesInterface] = []
    public var attributes: [CamkesAttribute] = []
    public var body = CamkesAssembly()
    public var span: SourceSpan
}

/// `uses VirtQueueDrv ether_1_send;` and its kin.
public struct CamkesInterface: Sendable, Hashable {
    public enum Kind: String, Sendable, Hashable {
        case uses, provides, emits, consumes, dataport, mutex, semaphore
        case binarySemaphore = "binary_semaphore"
    }

    public var kind: Kind
    /// Empty for mutexes and semaphores, which have none.
    public var type: String
    public var name: CamkesName
    public var isOptional: Bool
}

/// `attribute int heap_size = 4096;`.
public struct CamkesAttribute: Sendable, Hashable {
    public var name: CamkesName
    public var isArray: Bool
    public var initial: CamkesValue?
}

/// An assembly, or the composition and configuration of a component: several of each count as one.
public struct CamkesAssembly: Sendable, Hashable {
    public var name: CamkesName?
    public var instances: [CamkesInstance] = []
    public var connections: [CamkesConnection] = []
    public var exports: [CamkesName] = []
    public var settings: [CamkesSetting] = []
}

/// `component Init0 vm0;`.
public struct CamkesInstance: Sendable, Hashable {
    /// `nil` for a component that is written in place.
    public var type: CamkesName?
    public var name: CamkesName
    /// The group that it stands in.
    public var group: String?
}

/// `connection seL4VirtQueues lan_conn(to init.init, from vm0.ether_1_send, …);`.
public struct CamkesConnection: Sendable, Hashable {
    public struct End: Sendable, Hashable {
        public var isFrom: Bool
        /// `vm0.ether_1_send`.
        public var reference: CamkesName
    }

    public var connector: CamkesName?
    public var name: CamkesName
    public var ends: [End]
}

/// `vm0.ether_1_send_id = 0;`.
public struct CamkesSetting: Sendable, Hashable {
    public var instance: CamkesName
    public var attribute: CamkesName
    public var value: CamkesValue

    /// `vm0.ether_1_send_id`.
    public var path: String { "\(instance.text).\(attribute.text)" }
}

/// A setting's value, with arithmetic done.
public indirect enum CamkesValue: Sendable, Hashable {
    case integer(Int)
    /// A number with a fraction, as written.
    case decimal(String)
    case boolean(Bool)
    /// Adjacent strings are one.
    case string(String)
    case list([CamkesValue])
    /// In the order written; a key may stand twice.
    case dictionary([Entry])
    /// `<- other.attribute`, or a query's name: known only to the tool itself.
    case elsewhere(String)

    public struct Entry: Sendable, Hashable {
        public var key: CamkesValue
        public var value: CamkesValue
    }

    /// The value behind a string key of a dictionary.
    public subscript(key: String) -> CamkesValue? {
        guard case .dictionary(let entries) = self else { return nil }
        return entries.first { $0.key == .string(key) }?.value
    }
}
