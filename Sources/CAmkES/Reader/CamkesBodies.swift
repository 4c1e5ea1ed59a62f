// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics

// Components, compositions and configurations.

extension CamkesParser {
    mutating func component(_ name: CamkesName?, from start: Int) throws(Fault) -> CamkesComponent {
        var component = CamkesComponent(name: name, span: start..<start)
        try braces { parser throws(Fault) in try parser.componentPart(&component) }
        component.span = start..<token.span.lowerBound
        return component
    }

    private mutating func componentPart(_ component: inout CamkesComponent) throws(Fault) {
        let isOptional = takes(word: "maybe")
        switch word {
        case "control":
            advance()
            component.isControl = true
        case "hardware":
            advance()
            component.isHardware = true
        case "include":
            advance()
            _ = try importPath()
        case "attribute":
            advance()
            component.attributes.append(try attribute())
        case "has":
            advance()
            let word = try identifier("`mutex`, `semaphore` or `binary_semaphore`")
            guard let kind = CamkesInterface.Kind(rawValue: word.text) else {
                throw fault("expected `mutex`, `semaphore` or `binary_semaphore`")
            }
            let name = try identifier("a name")
            component.interfaces.append(
                CamkesInterface(kind: kind, type: "", name: name, isOptional: isOptional))
        case "uses", "provides", "emits", "consumes", "dataport":
            guard let kind = CamkesInterface.Kind(rawValue: word) else { throw fault("expected an interface") }
            advance()
            let type = try reference("an interface type")
            if kind == .dataport, takes("(") {
                _ = try value()
                try expect(")")
            }
            let name = try identifier("the interface's name")
            component.interfaces.append(
                CamkesInterface(kind: kind, type: type.text, name: name, isOptional: isOptional))
        case "composition", "configuration":
            try compositionOrConfiguration(&component.body)
            return
        default:
            throw fault("this has no place in a component")
        }
        try expect(";")
    }

    private mutating func attribute() throws(Fault) -> CamkesAttribute {
        // A type is one or more words, or a struct written in place; the name is the last word.
        var name: CamkesName?
        while isIdentifier {
            name = try identifier("a name")
            if isSign("{") { try skipBraces() }
        }
        if name == nil, isSign("{") {
            try skipBraces()
            name = try identifier("the attribute's name")
        }
        guard let name else { throw fault("expected an attribute's type and name") }
        let isArray = takes("[")
        if isArray { try expect("]") }
        let initial = takes("=") ? try value() : nil
        return CamkesAttribute(name: name, isArray: isArray, initial: initial)
    }

    mutating func compositionOrConfiguration(_ assembly: inout CamkesAssembly) throws(Fault) {
        let isComposition = word == "composition"
        guard takes(word: isComposition ? "composition" : "configuration") else {
            throw fault("expected `composition` or `configuration`")
        }
        if isIdentifier {
            _ = try reference("a name")
            // `composition other;` names one that stands elsewhere.
            if takes(";") { return }
        }
        var collected = assembly
        try braces { parser throws(Fault) in
            if isComposition {
                try parser.compositionPart(&collected, group: nil)
            } else {
                collected.settings.append(try parser.setting())
            }
        }
        assembly = collected
    }

    private mutating func compositionPart(_ assembly: inout CamkesAssembly, group: String?) throws(Fault) {
        let start = token.span.lowerBound
        switch word {
        case "component":
            advance()
            var type: CamkesName?
            if isSign("{") {
                _ = try component(nil, from: start)
            } else {
                type = try reference("a component type")
            }
            let name = try identifier("the instance's name")
            assembly.instances.append(CamkesInstance(type: type, name: name, group: group))
        case "connection":
            advance()
            var connector: CamkesName?
            if isSign("{") { try skipBraces() } else { connector = try reference("a connector") }
            let name = try identifier("the connection's name")
            assembly.connections.append(
                CamkesConnection(connector: connector, name: name, ends: try connectionEnds()))
        case "group":
            advance()
            let name = isIdentifier ? try identifier("a name").text : ""
            var collected = assembly
            try nested { parser throws(Fault) in
                try parser.braces { parser throws(Fault) in try parser.compositionPart(&collected, group: name) }
            }
            assembly = collected
            return
        case "export":
            advance()
            assembly.exports.append(try reference("an interface"))
            try expect("->")
            _ = try reference("an interface")
        default:
            throw fault("this has no place in a composition")
        }
        try expect(";")
    }

    private mutating func connectionEnds() throws(Fault) -> [CamkesConnection.End] {
        try expect("(")
        var ends: [CamkesConnection.End] = []
        while !isSign(")") {
            let isFrom = word == "from"
            guard isFrom || word == "to" else { throw fault("expected `from` or `to`") }
            advance()
            ends.append(CamkesConnection.End(isFrom: isFrom, reference: try reference("an interface")))
            guard takes(",") else { break }
        }
        try expect(")")
        return ends
    }

    private mutating func setting() throws(Fault) -> CamkesSetting {
        let instance = try identifier("an instance")
        try expect(".")
        let attribute = try identifier("an attribute")
        let value: CamkesValue
        if takes("<-") {
            value = .elsewhere(try reference("an attribute").text)
            while takes("[") {
                _ = try self.value()
                try expect("]")
            }
        } else {
            try expect("=")
            value = try self.value()
        }
        try expect(";")
        return CamkesSetting(instance: instance, attribute: attribute, value: value)
    }
}
