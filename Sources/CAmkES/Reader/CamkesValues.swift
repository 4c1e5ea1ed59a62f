// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics

// Values: strings, lists, dictionaries, and arithmetic, which is done while it is read.

extension CamkesParser {
    mutating func value() throws(Fault) -> CamkesValue {
        var result = CamkesValue.integer(0)
        try nested { parser throws(Fault) in result = try parser.plainValue() }
        return result
    }

    private mutating func plainValue() throws(Fault) -> CamkesValue {
        if token.kind == .string { return .string(try string()) }
        if takes("[") {
            var items: [CamkesValue] = []
            while !isSign("]") {
                items.append(try value())
                guard takes(",") else { break }
            }
            try expect("]")
            return .list(items)
        }
        if takes("{") {
            var entries: [CamkesValue.Entry] = []
            while !isSign("}") {
                let key = try value()
                try expect(":")
                entries.append(CamkesValue.Entry(key: key, value: try value()))
                guard takes(",") else { break }
            }
            try expect("}")
            return .dictionary(entries)
        }
        if isIdentifier, !["true", "True", "false", "False"].contains(word) { return try query() }
        return try conditional()
    }

    /// `dtb({…})`: answered by the tool alone.
    private mutating func query() throws(Fault) -> CamkesValue {
        let name = try identifier("a value")
        try expect("(")
        if !isSign(")") { _ = try value() }
        try expect(")")
        while takes("[") {
            _ = try value()
            try expect("]")
        }
        return .elsewhere(name.text)
    }

    private mutating func conditional() throws(Fault) -> CamkesValue {
        let condition = try binary(from: 0)
        guard takes("?") else { return condition }
        let chosen = try value()
        try expect(":")
        let other = try value()
        return condition.isTrue ? chosen : other
    }

    /// The operators by how loosely they bind, as in `camkes.g`.
    private static let levels = [
        ["||"], ["&&"], ["|"], ["^"], ["&"], ["==", "!="], ["<=", ">=", "<", ">"], ["<<", ">>"], ["+", "-"],
        ["**", "*", "/", "%"],
    ]

    private mutating func binary(from level: Int) throws(Fault) -> CamkesValue {
        guard level < Self.levels.count else { return try unary() }
        var left = try binary(from: level + 1)
        while let sign = Self.levels[level].first(where: { isSign($0) }) {
            let start = token.span
            advance()
            let right = try binary(from: level + 1)
            left = try apply(sign, left, right, at: start)
        }
        return left
    }

    private mutating func apply(
        _ sign: String, _ left: CamkesValue, _ right: CamkesValue, at span: SourceSpan
    ) throws(Fault) -> CamkesValue {
        switch sign {
        case "||": return .boolean(left.isTrue || right.isTrue)
        case "&&": return .boolean(left.isTrue && right.isTrue)
        case "==": return .boolean(left == right)
        case "!=": return .boolean(left != right)
        default: break
        }
        guard case .integer(let a) = left, case .integer(let b) = right else {
            throw refuse("`\(sign)` takes whole numbers", at: span)
        }
        switch sign {
        case "<": return .boolean(a < b)
        case ">": return .boolean(a > b)
        case "<=": return .boolean(a <= b)
        case ">=": return .boolean(a >= b)
        case "|": return .integer(a | b)
        case "&": return .integer(a & b)
        case "^": return .integer(a ^ b)
        default: break
        }
        guard let result = Self.arithmetic(sign, a, b) else {
            throw refuse("the result of `\(a) \(sign) \(b)` is no whole number of 64 bits", at: span)
        }
        return .integer(result)
    }

    private static func arithmetic(_ sign: String, _ a: Int, _ b: Int) -> Int? {
        func exact(_ result: (partialValue: Int, overflow: Bool)) -> Int? {
            result.overflow ? nil : result.partialValue
        }
        switch sign {
        case "+": return exact(a.addingReportingOverflow(b))
        case "-": return exact(a.subtractingReportingOverflow(b))
        case "*": return exact(a.multipliedReportingOverflow(by: b))
        // The tool divides as Python does: a quotient with a fraction is no integer.
        case "/":
            return exact(a.remainderReportingOverflow(dividingBy: b)) == 0
                ? exact(a.dividedReportingOverflow(by: b)) : nil
        case "%":
            guard let rest = exact(a.remainderReportingOverflow(dividingBy: b)) else { return nil }
            // The sign is the divisor's, as in Python.
            return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest
        case "<<": return (0..<63).contains(b) && a >= 0 && a <= Int.max >> b ? a << b : nil
        case ">>": return b < 0 ? nil : a >> min(b, 63)
        case "**":
            guard (0...63).contains(b) else { return nil }
            return (0..<b).reduce(Optional(1)) { power, _ in
                power.flatMap { exact($0.multipliedReportingOverflow(by: a)) }
            }
        default: return nil
        }
    }

    private mutating func unary() throws(Fault) -> CamkesValue {
        for sign in ["-", "+", "!", "~"] where isSign(sign) {
            let span = token.span
            advance()
            var operand = CamkesValue.integer(0)
            try nested { parser throws(Fault) in operand = try parser.unary() }
            if sign == "!" { return .boolean(!operand.isTrue) }
            guard case .integer(let number) = operand else { throw refuse("`\(sign)` takes a whole number", at: span) }
            switch sign {
            case "-": return .integer(0 &- number)
            case "~": return .integer(~number)
            default: return operand
            }
        }
        if takes("(") {
            let inner = try value()
            try expect(")")
            return inner
        }
        if takes(word: "true") || takes(word: "True") { return .boolean(true) }
        if takes(word: "false") || takes(word: "False") { return .boolean(false) }
        return try number()
    }

    private mutating func number() throws(Fault) -> CamkesValue {
        guard token.kind == .number else { throw fault("expected a value") }
        let written = text(token.span)
        let value: CamkesValue
        if written.hasPrefix("0x"), let number = Int(written.dropFirst(2), radix: 16) {
            value = .integer(number)
        } else if let number = Int(written) {
            value = .integer(number)
        } else if written.wholeMatch(of: /[0-9]+\.[0-9]+/) != nil {
            value = .decimal(written)
        } else {
            throw refuse("`\(written.prefix(40))` is no number of CAmkES", at: token.span)
        }
        advance()
        return value
    }

    private mutating func refuse(_ message: String, at span: SourceSpan) -> Fault {
        report(message, at: span)
        return Fault()
    }
}

extension CamkesValue {
    /// As Python takes it.
    fileprivate var isTrue: Bool {
        switch self {
        case .integer(let number): number != 0
        case .boolean(let value): value
        case .decimal(let text): text.contains { ("1"..."9").contains($0) }
        case .string(let text): !text.isEmpty
        case .list(let items): !items.isEmpty
        case .dictionary(let entries): !entries.isEmpty
        case .elsewhere: true
        }
    }
}
