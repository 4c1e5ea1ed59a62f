// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics

/// The operators on values, with Swift's meaning; where Swift stops the program there is a finding.
struct Arithmetic {
    private let found: FindingList
    private let span: SourceSpan

    init(_ found: FindingList, _ span: SourceSpan) {
        self.found = found
        self.span = span
    }

    func apply(_ symbol: PrefixOperator, to value: Value) throws(Evaluator.Stop) -> Value {
        switch (symbol, value) {
        case (.minus, .int(let number)): .int(try checked(0.subtractingReportingOverflow(number)))
        case (.plus, .int): value
        case (.complement, .int(let number)): .int(~number)
        case (.not, .bool(let bool)): .bool(!bool)
        default: throw .faulted
        }
    }

    func apply(_ symbol: InfixOperator, _ left: Int, _ right: Int) throws(Evaluator.Stop) -> Value {
        switch symbol {
        case .add: .int(try checked(left.addingReportingOverflow(right)))
        case .subtract: .int(try checked(left.subtractingReportingOverflow(right)))
        case .multiply: .int(try checked(left.multipliedReportingOverflow(by: right)))
        case .divide: .int(try checked(left.dividedReportingOverflow(by: try divisor(right))))
        case .remainder: .int(try checked(left.remainderReportingOverflow(dividingBy: try divisor(right))))
        case .bitAnd: .int(left & right)
        case .bitOr: .int(left | right)
        case .bitXor: .int(left ^ right)
        case .shiftLeft: .int(left << right)
        case .shiftRight: .int(left >> right)
        case .equal: .bool(left == right)
        case .notEqual: .bool(left != right)
        case .less: .bool(left < right)
        case .lessOrEqual: .bool(left <= right)
        case .greater: .bool(left > right)
        case .greaterOrEqual: .bool(left >= right)
        case .halfOpenRange: .range(left, try upper(right, from: left))
        case .closedRange: .closedRange(left, try upper(right, from: left))
        case .and, .or: throw .faulted
        }
    }

    static func apply(_ symbol: InfixOperator, _ left: String, _ right: String) throws(Evaluator.Stop) -> Value {
        switch symbol {
        case .add: .string(left + right)
        case .equal: .bool(left == right)
        case .notEqual: .bool(left != right)
        case .less: .bool(left < right)
        case .lessOrEqual: .bool(left <= right)
        case .greater: .bool(left > right)
        case .greaterOrEqual: .bool(left >= right)
        default: throw .faulted
        }
    }

    private func checked(_ result: (partialValue: Int, overflow: Bool)) throws(Evaluator.Stop) -> Int {
        guard result.overflow else { return result.partialValue }
        found.add(
            LanguageRules.arithmeticFault.finding(
                "the result is more than a number of 64 bits can be", at: span, notes: ["the greatest is \(Int.max)"]))
        throw .faulted
    }

    private func divisor(_ number: Int) throws(Evaluator.Stop) -> Int {
        guard number == 0 else { return number }
        found.add(
            LanguageRules.arithmeticFault.finding(
                "division by zero", at: span, notes: ["see what the divisor is in every round of the loops around it"]))
        throw .faulted
    }

    private func upper(_ upper: Int, from lower: Int) throws(Evaluator.Stop) -> Int {
        guard upper < lower else { return upper }
        found.add(
            LanguageRules.descendingRange.finding(
                "the range goes from \(lower) down to \(upper)", at: span,
                notes: ["write the smaller number first"]))
        throw .faulted
    }
}
