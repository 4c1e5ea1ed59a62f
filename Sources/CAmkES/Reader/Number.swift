// SPDX-License-Identifier: BSD-2-Clause

/// A number of CAmkES, with the arithmetic of the CAmkES tool, which is Python's.
enum Number {
    case integer(Int)
    case float(Double)

    enum Operation {
        case or, and, bitOr, bitXor, bitAnd, equal, notEqual, less, lessOrEqual, greater, greaterOrEqual
        case shiftLeft, shiftRight, plus, minus, times, dividedBy, modulo, power

        /// The operator and how tightly it binds: `||` loosest, at 0.
        static func written(_ punctuation: Punctuation) -> (level: Int, operation: Operation)? {
            switch punctuation {
            case "||": (0, .or)
            case "&&": (1, .and)
            case "|": (2, .bitOr)
            case "^": (3, .bitXor)
            case "&": (4, .bitAnd)
            case "==": (5, .equal)
            case "!=": (5, .notEqual)
            case "<": (6, .less)
            case "<=": (6, .lessOrEqual)
            case ">": (6, .greater)
            case ">=": (6, .greaterOrEqual)
            case "<<": (7, .shiftLeft)
            case ">>": (7, .shiftRight)
            case "+": (8, .plus)
            case "-": (8, .minus)
            case "*": (9, .times)
            case "/": (9, .dividedBy)
            case "%": (9, .modulo)
            case "**": (9, .power)
            default: nil
            }
        }
    }

    enum Prefix {
        case minus, not, complement
    }

    static let prefixes: [(Punctuation, Prefix)] = [("-", .minus), ("!", .not), ("~", .complement)]

    /// Decimal or `0x`; digits may not begin with a zero, and an octal number is none.
    init?(_ text: String) {
        if text.hasPrefix("0x") {
            guard let value = Int(text.dropFirst(2), radix: 16), text.utf8.dropFirst(2).first != UInt8(ascii: "-")
            else { return nil }
            self = .integer(value)
        } else if text.utf8.allSatisfy(\.isDigit) {
            guard let value = Int(text), value == 0 || !text.hasPrefix("0") else { return nil }
            self = .integer(value)
        } else if text.contains("."), let value = Double(text) {
            self = .float(value)
        } else {
            return nil
        }
    }

    var value: Value {
        switch self {
        case .integer(let value): .integer(value)
        case .float(let value): .float(value)
        }
    }

    var isZero: Bool {
        switch self {
        case .integer(let value): value == 0
        case .float(let value): value == 0
        }
    }

    func applying(_ prefix: Prefix) -> Number? {
        switch (prefix, self) {
        case (.minus, .integer(let value)):
            let (result, overflow) = 0.subtractingReportingOverflow(value)
            return overflow ? nil : .integer(result)
        case (.minus, .float(let value)): return .float(-value)
        case (.not, _): return .integer(isZero ? 1 : 0)
        case (.complement, .integer(let value)): return .integer(~value)
        case (.complement, .float): return nil
        }
    }

    /// `nil` where there is no result: a division by zero, an overflow, or bits of a fraction.
    func applying(_ operation: Operation, _ other: Number) -> Number? {
        switch (self, other) {
        case (.integer(let a), .integer(let b)): Self.apply(operation, a, b).map(Number.integer)
        case (.float(let a), .float(let b)): Self.apply(operation, a, b)
        case (.integer(let a), .float(let b)): Self.apply(operation, Double(a), b)
        case (.float(let a), .integer(let b)): Self.apply(operation, a, Double(b))
        }
    }

    private static func apply(_ operation: Operation, _ a: Int, _ b: Int) -> Int? {
        func checked(_ result: (partialValue: Int, overflow: Bool)) -> Int? {
            result.overflow ? nil : result.partialValue
        }
        switch operation {
        case .or: return a != 0 ? a : b
        case .and: return a == 0 ? a : b
        case .bitOr: return a | b
        case .bitXor: return a ^ b
        case .bitAnd: return a & b
        case .equal: return a == b ? 1 : 0
        case .notEqual: return a != b ? 1 : 0
        case .less: return a < b ? 1 : 0
        case .lessOrEqual: return a <= b ? 1 : 0
        case .greater: return a > b ? 1 : 0
        case .greaterOrEqual: return a >= b ? 1 : 0
        case .shiftLeft:
            guard (0..<Int.bitWidth - 1).contains(b) else { return a == 0 && b >= 0 ? 0 : nil }
            return checked(a.multipliedReportingOverflow(by: 1 << b))
        case .shiftRight: return b < 0 ? nil : a >> b
        case .plus: return checked(a.addingReportingOverflow(b))
        case .minus: return checked(a.subtractingReportingOverflow(b))
        case .times: return checked(a.multipliedReportingOverflow(by: b))
        case .dividedBy, .modulo:
            // Rounded down, where Swift rounds towards zero.
            let (quotient, overflow) = a.dividedReportingOverflow(by: b)
            guard !overflow else { return nil }
            let remainder = a - quotient * b
            let isShort = remainder != 0 && (remainder < 0) != (b < 0)
            return operation == .dividedBy ? (isShort ? quotient - 1 : quotient) : (isShort ? remainder + b : remainder)
        case .power:
            guard b >= 0 else { return nil }
            if b == 0 || a == 1 { return 1 }
            if a == 0 { return 0 }
            if a == -1 { return b.isMultiple(of: 2) ? 1 : -1 }
            guard b < Int.bitWidth else { return nil }
            var result = 1
            for _ in 0..<b {
                guard let next = checked(result.multipliedReportingOverflow(by: a)) else { return nil }
                result = next
            }
            return result
        }
    }

    private static func apply(_ operation: Operation, _ a: Double, _ b: Double) -> Number? {
        switch operation {
        case .equal: .integer(a == b ? 1 : 0)
        case .notEqual: .integer(a != b ? 1 : 0)
        case .less: .integer(a < b ? 1 : 0)
        case .lessOrEqual: .integer(a <= b ? 1 : 0)
        case .greater: .integer(a > b ? 1 : 0)
        case .greaterOrEqual: .integer(a >= b ? 1 : 0)
        case .plus: .float(a + b)
        case .minus: .float(a - b)
        case .times: .float(a * b)
        case .dividedBy: b == 0 ? nil : .float(a / b)
        case .or, .and, .bitOr, .bitXor, .bitAnd, .shiftLeft, .shiftRight, .modulo, .power: nil
        }
    }
}
