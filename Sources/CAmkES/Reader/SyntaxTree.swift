// SPDX-License-Identifier: BSD-2-Clause

/// What the CAmkES tool's own parser made of an assembly, as JSON has it: another way to the same `Specification` than
/// topoc's reader.
public struct SyntaxTree: Decodable, Sendable {
    public struct Instance: Decodable, Sendable {
        public let name: String
        let type: String
    }

    struct Interface: Decodable, Sendable {
        let name: String
        let type: String?
    }

    struct Component: Decodable, Sendable {
        let uses: [Interface]
        let provides: [Interface]
    }

    struct Connection: Decodable, Sendable {
        let name: String
        let type: String
        let from: [String]
        let to: [String]
    }

    public let instances: [Instance]
    let components: [String: Component]
    let connections: [Connection]
    /// Instance, attribute, value.
    let settings: [[Attribute]]

    /// The value of an attribute, as JSON has it.
    indirect enum Attribute: Decodable, Sendable {
        case null
        case value(Value)

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if container.decodeNil() {
                self = .null
            } else if let bool = try? container.decode(Bool.self) {
                self = .value(.integer(bool ? 1 : 0))
            } else if let number = try? container.decode(Int.self) {
                self = .value(.integer(number))
            } else if let number = try? container.decode(Double.self) {
                self = .value(.float(number))
            } else if let text = try? container.decode(String.self) {
                self = .value(.string(text))
            } else if let list = try? container.decode([Attribute].self) {
                self = .value(.list(list.compactMap(\.value)))
            } else {
                let fields = try container.decode([String: Attribute].self).sorted { $0.key < $1.key }
                self = .value(
                    .record(fields.compactMap { field in field.value.value.map { .init(key: field.key, value: $0) } }))
            }
        }

        var value: Value? { if case .value(let value) = self { value } else { nil } }
    }

    /// The same as a specification, of which a `FlowModel` can be made.
    public var specification: Specification {
        func interfaces(_ kind: InterfaceDeclaration.Kind, _ list: [Interface]) -> [InterfaceDeclaration] {
            list.map { .init(kind: kind, type: $0.type ?? "", name: $0.name, isOptional: false, offset: 0) }
        }
        func end(_ text: String, isFrom: Bool) -> ConnectionDeclaration.End? {
            FlowModel.EndName(text).map {
                .init(isFrom: isFrom, instance: $0.instance, interface: $0.interface, offset: 0)
            }
        }
        var specification = Specification()
        specification.components = components.sorted { $0.key < $1.key }.map { name, component in
            ComponentDeclaration(
                name: name, interfaces: interfaces(.uses, component.uses) + interfaces(.provides, component.provides),
                offset: 0)
        }
        var assembly = AssemblyDeclaration(offset: 0)
        assembly.composition.instances = instances.map { .init(type: $0.type, name: $0.name, offset: 0) }
        assembly.composition.connections = connections.map { connection in
            ConnectionDeclaration(
                connector: connection.type, name: connection.name,
                ends: connection.from.compactMap { end($0, isFrom: true) }
                    + connection.to.compactMap { end($0, isFrom: false) }, offset: 0)
        }
        assembly.configuration.settings = settings.compactMap { setting in
            guard setting.count == 3, let instance = setting[0].value?.string, let name = setting[1].value?.string,
                let value = setting[2].value
            else { return nil }
            return Setting(instance: instance, attribute: name, value: value, offset: 0)
        }
        specification.assemblies = [assembly]
        return specification
    }
}
