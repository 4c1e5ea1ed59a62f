// SPDX-License-Identifier: BSD-2-Clause

/// The declarations within a component.
extension SpecificationParser {
    /// After `component`.
    mutating func component(_ offset: Int) throws(SpecificationError) -> ComponentDeclaration {
        var result = ComponentDeclaration(name: try identifier("the component's name"), offset: offset)
        try parts { parser throws(SpecificationError) in try parser.componentPart(into: &result) }
        return result
    }

    private mutating func componentPart(into result: inout ComponentDeclaration) throws(SpecificationError) {
        let start = token.range.lowerBound
        var word = try identifier("a declaration or `}`")
        let isOptional = word == "maybe"
        if isOptional { word = try identifier("an interface") }
        if let kind = InterfaceDeclaration.Kind(rawValue: word) {
            result.interfaces.append(try interface(kind, isOptional: isOptional, start))
            return
        }
        switch word {
        case "control", "hardware": try expect(";")
        case "include": try skipToSemicolon()
        case "has":
            _ = try identifier("`mutex` or `semaphore`")
            _ = try identifier("a name")
            try expect(";")
        case "attribute": result.attributes.append(try attribute(start))
        case "composition", "configuration":
            if token.kind == .identifier { _ = try identifier("a name") }
            if !accept(";") { try skipBraces() }
        default:
            guard at("(") else { throw expected("a declaration or `}`", at: start) }
            result.macros.append(try macroCall(word, start))
        }
    }

    private mutating func interface(
        _ kind: InterfaceDeclaration.Kind, isOptional: Bool, _ offset: Int
    ) throws(SpecificationError) -> InterfaceDeclaration {
        let type = try reference()
        if kind == .dataport, at("(") { try skipBraces(open: "(", close: ")") }
        let name = try identifier("the interface's name")
        try expect(";")
        return InterfaceDeclaration(kind: kind, type: type, name: name, isOptional: isOptional, offset: offset)
    }

    /// After `attribute`: a type of one or more words or in braces, a name, `[]` for an array, and an initial value.
    private mutating func attribute(_ offset: Int) throws(SpecificationError) -> AttributeDeclaration {
        if at("{") { try skipBraces() }
        var name = try identifier("a type or the attribute's name")
        while token.kind == .identifier || at("{") {
            if at("{") { try skipBraces() }
            name = try identifier("the attribute's name")
        }
        if accept("[") { try expect("]") }
        let initial: Value? = accept("=") ? try value() : nil
        try expect(";")
        return AttributeDeclaration(name: name, initial: initial, offset: offset)
    }

    private mutating func skipToSemicolon() throws(SpecificationError) {
        while !at(";") {
            if token.kind == .end { throw expected("`;`") }
            advance()
        }
        advance()
    }
}
