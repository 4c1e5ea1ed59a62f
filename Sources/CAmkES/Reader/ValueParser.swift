// SPDX-License-Identifier: BSD-2-Clause

/// Values and their arithmetic.
extension SpecificationParser {
    /// A number, a string, a list, a record, a query, or the name of a macro that was not expanded.
    mutating func value() throws(SpecificationError) -> Value {
        try enter()
        defer { leave() }
        if token.kind == .string { return .string(try strings()) }
        if accept("[") { return .list(try list()) }
        if accept("{") { return .record(try record()) }
        if token.kind == .identifier {
            let offset = token.range.lowerBound
            let word = text(token.range)
            if !Self.booleans.keys.contains(word) {
                advance()
                guard at("(") else { return .call(MacroCall(name: word, arguments: [], offset: offset)) }
                let call = try macroCall(word, offset)
                while at("[") { try skipBraces(open: "[", close: "]") }
                return .call(call)
            }
        }
        return try ternary().value
    }

    private static let booleans = ["true": 1, "True": 1, "false": 0, "False": 0]

    private mutating func list() throws(SpecificationError) -> [Value] {
        var values: [Value] = []
        while !accept("]") {
            values.append(try value())
            // An unexpanded macro ends without a comma where its last value has one.
            guard accept(",") || at("]") else { throw expected("`,` or `]`") }
        }
        return values
    }

    private mutating func record() throws(SpecificationError) -> [Value.Field] {
        var fields: [Value.Field] = []
        while !accept("}") {
            let key: String
            switch try value() {
            case .string(let text): key = text
            case .integer(let number): key = "\(number)"
            default: throw expected("a string or a number as key")
            }
            try expect(":")
            fields.append(Value.Field(key: key, value: try value()))
            guard accept(",") || at("}") else { throw expected("`,` or `}`") }
        }
        return fields
    }

    private mutating func ternary() throws(SpecificationError) -> Number {
        try enter()
        defer { leave() }
        let condition = try binary(level: 0)
        guard accept("?") else { return condition }
        let first = try ternary()
        try expect(":")
        let second = try binary(level: 0)
        return condition.isZero ? second : first
    }

    /// Operators that bind at least as tightly as a level, from left to right.
    private mutating func binary(level: Int) throws(SpecificationError) -> Number {
        var left = try unary()
        while case .punctuation(let punctuation) = token.kind,
            let (itsLevel, operation) = Number.Operation.written(punctuation), itsLevel >= level
        {
            let offset = token.range.lowerBound
            advance()
            let right = try binary(level: itsLevel + 1)
            guard let result = left.applying(operation, right) else {
                throw SpecificationError(
                    message: "`\(punctuation)` has no value here, or one too large", offset: offset)
            }
            left = result
        }
        return left
    }

    private mutating func unary() throws(SpecificationError) -> Number {
        try enter()
        defer { leave() }
        let offset = token.range.lowerBound
        if accept("(") {
            let inner = try ternary()
            try expect(")")
            return inner
        }
        if accept("+") { return try unary() }
        for (punctuation, operation) in Number.prefixes where accept(punctuation) {
            guard let result = try unary().applying(operation) else {
                throw SpecificationError(
                    message: "`\(punctuation)` has no value here, or one too large", offset: offset)
            }
            return result
        }
        if token.kind == .identifier, let truth = Self.booleans[text(token.range)] {
            advance()
            return .integer(truth)
        }
        guard token.kind == .number else { throw expected("a value") }
        guard let number = Number(text(token.range)) else {
            throw SpecificationError(message: "`\(text(token.range))` is no number that can be read", offset: offset)
        }
        advance()
        return number
    }
}
