// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics

/// What a specification says of who reaches whom, by name: independent of how topoc writes it.
public struct FlowModel: Sendable {
    /// A queue: one entry of a topology.
    public struct Queue: Sendable, Hashable {
        /// A connection of virtqueues.
        public var connection: String
        public var driver: EndName
        public var device: EndName
        /// Where the topology is set.
        public var offset: Int
    }

    /// One end of a connection.
    public struct EndName: Sendable, Hashable, CustomStringConvertible {
        public var instance: String
        public var interface: String
        public var description: String { "\(instance).\(interface)" }

        /// From `vm0.ether_1_send`; cut at the last dot.
        public init?(_ text: String) {
            guard let dot = text.utf8.lastIndex(of: UInt8(ascii: ".")) else { return nil }
            instance = String(text[..<dot])
            interface = String(text[text.utf8.index(after: dot)...])
        }

        public init(instance: String, interface: String) {
            self.instance = instance
            self.interface = interface
        }
    }

    /// A component, with its interfaces by name.
    public struct Component: Sendable, Hashable {
        public var interfaces: [String: InterfaceDeclaration]
        public var macros: [MacroCall]
        public var offset: Int
    }

    /// The component of each instance.
    public private(set) var instances: [String: String] = [:]
    public private(set) var components: [String: Component] = [:]
    /// By name.
    public private(set) var connections: [String: ConnectionDeclaration] = [:]
    /// By instance and attribute. An instance may also be a connection.
    public private(set) var settings: [String: [String: Setting]] = [:]
    public private(set) var queues: [Queue] = []
    private let trustsMacros: Bool
    /// What is nonsense in itself, each with its place.
    public private(set) var faults: [(message: String, offset: Int)] = []

    /// Macros of the tree's `vm.h` that stay unexpanded: `VM_PER_VM_COMP_DEF(0)` makes `vm0` of type `Init0`, and on Arm
    /// `VM_COMPOSITION_DEF(0)` makes `vm0` of type `VM`; without an argument it makes no VM.
    private static func instance(_ macro: MacroCall) -> InstanceDeclaration? {
        guard let number = macro.arguments.first, !number.isEmpty else { return nil }
        return switch macro.name {
        case "VM_PER_VM_COMP_DEF": InstanceDeclaration(type: "Init\(number)", name: "vm\(number)", offset: macro.offset)
        case "VM_COMPOSITION_DEF": InstanceDeclaration(type: "VM", name: "vm\(number)", offset: macro.offset)
        default: nil
        }
    }
    /// What joins virtqueues: the tree's connector, and topoc's.
    package static let connectors: Set = ["seL4VirtQueues", "topocVirtQueues"]

    /// - Parameter trustsMacros: a component that is declared elsewhere, or has macros that are not expanded, has the
    ///   interfaces that connections name.
    public init(_ specification: Specification, trustsMacros: Bool = false) {
        self.trustsMacros = trustsMacros
        for component in specification.components { add(component) }
        for assembly in specification.assemblies { add(assembly) }
        var servedToEnds: Set<EndName> = []
        for connection in connections.values.sorted(by: { $0.offset < $1.offset }) {
            addQueues(of: connection, &servedToEnds)
        }
    }

    /// A setting's value.
    public func value(_ instance: String, _ attribute: String) -> Value? {
        settings[instance]?[attribute]?.value
    }

    /// The integer that an end's setting has: `send_id` of `vm0.ether_1`, say.
    public func integer(_ end: EndName, _ suffix: String) -> Int? {
        value(end.instance, end.interface + suffix)?.integer
    }

    private mutating func add(_ declaration: ComponentDeclaration) {
        var component = Component(interfaces: [:], macros: declaration.macros, offset: declaration.offset)
        for interface in declaration.interfaces {
            if component.interfaces.updateValue(interface, forKey: interface.name) != nil {
                faults.append(("`\(declaration.name)` has interface `\(interface.name)` twice", interface.offset))
            }
        }
        if components.updateValue(component, forKey: declaration.name) != nil {
            faults.append(("component `\(declaration.name)` is declared twice", declaration.offset))
        }
    }

    private mutating func add(_ assembly: AssemblyDeclaration) {
        for instance in assembly.composition.macros.compactMap(Self.instance) { add(instance) }
        for instance in assembly.composition.instances { add(instance) }
        for connection in assembly.composition.connections {
            if connections.updateValue(connection, forKey: connection.name) != nil {
                faults.append(("connection `\(connection.name)` is declared twice", connection.offset))
            }
        }
        for setting in assembly.configuration.settings {
            if settings[setting.instance, default: [:]].updateValue(setting, forKey: setting.attribute) != nil {
                faults.append(("`\(setting.instance).\(setting.attribute)` is set twice", setting.offset))
            }
        }
    }

    private mutating func add(_ instance: InstanceDeclaration) {
        if instances.updateValue(instance.type, forKey: instance.name) != nil {
            faults.append(("instance `\(instance.name)` is declared twice", instance.offset))
        }
    }

    /// The type of an end's interface; `nil` where no interface of that name is declared.
    private func type(of end: EndName) -> String? {
        instances[end.instance].flatMap { components[$0]?.interfaces[end.interface]?.type }
    }

    /// The end's component is declared elsewhere, or a macro of it may declare the interface.
    private func mayBeOfMacro(_ end: EndName) -> Bool {
        trustsMacros && instances[end.instance].map { components[$0].map { !$0.macros.isEmpty } ?? true } ?? false
    }

    /// The one queue of a connection that joins two ends and has no topology; of their types one may be unknown.
    private func queue(of connection: ConnectionDeclaration) -> Queue? {
        let ends = connection.ends.filter(\.isFrom).map { EndName(instance: $0.instance, interface: $0.interface) }
        guard ends.count == 2, let known = ends.firstIndex(where: { type(of: $0) != nil }) else { return nil }
        let isDriver = type(of: ends[known]) == "VirtQueueDrv"
        let other = type(of: ends[1 - known]) ?? (isDriver ? "VirtQueueDev" : "VirtQueueDrv")
        guard Set([type(of: ends[known]), other]) == ["VirtQueueDrv", "VirtQueueDev"] else { return nil }
        return Queue(
            connection: connection.name, driver: ends[isDriver ? known : 1 - known],
            device: ends[isDriver ? 1 - known : known], offset: connection.offset)
    }

    /// The queues that the topology at the connection's to-end names; each end of the connection has its part once.
    private mutating func addQueues(of connection: ConnectionDeclaration, _ servedToEnds: inout Set<EndName>) {
        guard Self.connectors.contains(connection.connector) else { return }
        let toEnds = connection.ends.filter { !$0.isFrom }
        guard toEnds.count == 1 else {
            faults.append(("connection `\(connection.name)` has \(toEnds.count) to-ends, not one", connection.offset))
            return
        }
        let toEnd = EndName(instance: toEnds[0].instance, interface: toEnds[0].interface)
        guard servedToEnds.insert(toEnd).inserted else {
            faults.append(("connection `\(connection.name)` shares `\(toEnd)` with another", connection.offset))
            return
        }
        var open: Set<EndName> = []
        for end in connection.ends where end.isFrom {
            let name = EndName(instance: end.instance, interface: end.interface)
            if !open.insert(name).inserted {
                faults.append(("`\(name)` stands twice in connection `\(connection.name)`", end.offset))
            }
        }
        guard let setting = settings[toEnd.instance]?["\(toEnd.interface)_topology"],
            let entries = setting.value.list
        else {
            if let queue = queue(of: connection) {
                queues.append(queue)
                return
            }
            faults.append(("connection `\(connection.name)` has no topology", connection.offset))
            return
        }
        for entry in entries {
            guard let driver = entry["drv"]?.string.flatMap(EndName.init),
                let device = entry["dev"]?.string.flatMap(EndName.init)
            else {
                faults.append(("an entry of `\(connection.name)`'s topology has no `drv` or `dev`", setting.offset))
                continue
            }
            for (end, role) in [(driver, "VirtQueueDrv"), (device, "VirtQueueDev")] {
                if open.remove(end) == nil {
                    faults.append(("`\(end)` is no end of `\(connection.name)`, or stands twice", setting.offset))
                }
                if type(of: end).map({ $0 != role }) ?? !mayBeOfMacro(end) {
                    faults.append(("`\(end)` is no interface of type `\(role)`", setting.offset))
                }
            }
            queues.append(Queue(connection: connection.name, driver: driver, device: device, offset: setting.offset))
        }
        for end in open.map(\.description).sorted() {
            faults.append(("`\(end)` has no entry in the topology of `\(connection.name)`", connection.offset))
        }
    }
}
