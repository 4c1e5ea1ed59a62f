// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics

/// A checked text: names are looked up, types agree, and only what a run can fault is left to find.
struct Program {
    var statements: [Statement]
    var assembly: AssemblyDeclaration?
}

struct AssemblyDeclaration {
    let arguments: CallArguments
    let body: [Statement]
    let span: SourceSpan
}

indirect enum Statement {
    /// `let`; without an expression where that could not be understood.
    case bind(slot: Int, Expression)
    case expression(Expression)
    /// `if`: all conditions must hold.
    case branch(conditions: [Expression], then: [Statement], otherwise: [Statement])
    /// `for`; without a slot for `_`.
    case loop(slot: Int?, sequence: Expression, condition: Expression?, body: [Statement])
}

struct Expression {
    let type: ValueType
    let span: SourceSpan
    let form: Form

    indirect enum Form {
        case constant(Value)
        case variable(slot: Int)
        /// The pieces of a string, each an integer, a string or a boolean.
        case interpolation([Expression])
        case array([Expression])
        case prefix(PrefixOperator, Expression)
        case infix(InfixOperator, Expression, Expression)
        case ternary(Expression, Expression, Expression)
        case call(Declaration, CallArguments, body: [Statement])
    }
}

/// The arguments of a call, by the index of the parameter; several where it is variadic.
struct CallArguments {
    private var values: [[Expression]]

    init(parameters count: Int) {
        values = Array(repeating: [], count: count)
    }

    subscript(parameter index: Int) -> [Expression] {
        get { values[index] }
        set { values[index] = newValue }
    }
}

enum PrefixOperator: String, CaseIterable {
    case minus = "-"
    case plus = "+"
    case complement = "~"
    case not = "!"
}

enum InfixOperator: String, CaseIterable {
    case add = "+"
    case subtract = "-"
    case multiply = "*"
    case divide = "/"
    case remainder = "%"
    case bitAnd = "&"
    case bitOr = "|"
    case bitXor = "^"
    case shiftLeft = "<<"
    case shiftRight = ">>"
    case equal = "=="
    case notEqual = "!="
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
    case and = "&&"
    case or = "||"
    case halfOpenRange = "..<"
    case closedRange = "..."
}
