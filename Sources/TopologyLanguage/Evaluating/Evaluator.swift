// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import Topology

/// Runs a checked program: takes the loops, computes the values, counts what it costs.
struct Evaluator {
    enum Stop: Error {
        /// A value could not be computed; the statement that wanted it is left out.
        case faulted
        /// A limit is reached; nothing more is run.
        case exhausted
    }

    private let found: FindingList
    private var slots: [Value?]
    private var meter: Meter

    init(slots count: Int, reporting found: FindingList) {
        slots = Array(repeating: nil, count: count)
        meter = Meter(reporting: found)
        self.found = found
    }

    /// The assembly, or what of it was declared before a limit was reached; `nil` without a name for it.
    mutating func run(_ program: Program) -> Assembly? {
        var output: [Value] = []
        do {
            try run(program.statements, into: &output)
            guard let declaration = program.assembly else { return nil }
            let name = try declared(Placed("")) { evaluator throws(Stop) in
                try evaluator.placed(declaration.arguments[parameter: 0].first) ?? Placed("")
            }
            let queues = try queues(declaration.arguments, from: 1)
            guard !name.value.isEmpty || name.origin.span != nil else { return nil }
            do {
                try run(declaration.body, into: &output)
            } catch .exhausted {
                // What was declared is given; the finding says that it is not all.
            }
            return Assembly(
                name: name, elements: output.flatMap(Self.elements), queues: queues, origin: Origin(declaration.span))
        } catch {
            return nil
        }
    }

    /// A value, or another where it could not be computed.
    private mutating func declared<Result>(
        _ other: Result, _ work: (inout Evaluator) throws(Stop) -> Result
    ) throws(Stop) -> Result {
        do {
            return try work(&self)
        } catch .faulted {
            return other
        }
    }

    private static func elements(_ value: Value) -> [AssemblyElement] {
        switch value {
        case .vm(let vm): [.vm(vm)]
        case .vms(let vms): vms.map { .vm($0) }
        case .partition(let partition): [.partition(partition)]
        case .never(let never): [.never(never)]
        case .addressPool(let pool): [.addressPool(pool)]
        case .guest(let guest): [.guest(guest)]
        case .programs(let programs): [.programs(programs)]
        default: []
        }
    }

    // MARK: Statements

    private mutating func run(_ statements: [Statement], into output: inout [Value]) throws(Stop) {
        for statement in statements {
            do {
                try run(statement, into: &output)
            } catch .faulted {
                // The finding is made; the statements behind it may hold more.
            }
        }
    }

    private mutating func run(_ statement: Statement, into output: inout [Value]) throws(Stop) {
        switch statement {
        case .bind(let slot, let expression):
            slots[slot] = nil
            slots[slot] = try evaluate(expression)
        case .expression(let expression):
            output.append(try evaluate(expression))
        case .branch(let conditions, let then, let otherwise):
            for condition in conditions {
                guard try boolean(condition) else { return try run(otherwise, into: &output) }
            }
            try run(then, into: &output)
        case .loop(let slot, let sequence, let condition, let body):
            try loop(slot, sequence, condition, body, into: &output)
        }
    }

    private mutating func loop(
        _ slot: Int?, _ sequence: Expression, _ condition: Expression?, _ body: [Statement],
        into output: inout [Value]
    ) throws(Stop) {
        func round(_ evaluator: inout Evaluator, _ element: Value) throws(Stop) {
            if let slot { evaluator.slots[slot] = element }
            if let condition, try !evaluator.boolean(condition) { return }
            try evaluator.run(body, into: &output)
        }
        switch try evaluate(sequence) {
        case .range(let lower, let upper):
            try meter.step(Self.count(lower, upper), at: sequence.span)
            for number in lower..<upper { try round(&self, .int(number)) }
        case .closedRange(let lower, let upper):
            try meter.step(Self.count(lower, upper) + 1, at: sequence.span)
            for number in lower...upper { try round(&self, .int(number)) }
        case .array(let elements):
            try meter.step(elements.count, at: sequence.span)
            for element in elements { try round(&self, element) }
        default:
            throw .faulted
        }
    }

    /// Numbers from the lower to below the upper; at most a number that any limit refuses.
    static func count(_ lower: Int, _ upper: Int) -> Int {
        Int(clamping: min(UInt(bitPattern: upper &- lower), UInt(Int.max / 4)))
    }

    // MARK: Expressions

    mutating func evaluate(_ expression: Expression) throws(Stop) -> Value {
        try meter.step(1, at: expression.span)
        switch expression.form {
        case .constant(let value):
            if case .string(let text) = value { try meter.string(text.utf8.count, at: expression.span) }
            return value
        case .variable(let slot):
            // Nothing where its own value could not be computed.
            guard let value = slots[slot] else { throw .faulted }
            return value
        case .interpolation(let pieces):
            var text = ""
            for piece in pieces {
                try append(try evaluate(piece), to: &text)
                try meter.string(text.utf8.count, at: expression.span)
            }
            return .string(text)
        case .array(let elements):
            var values: [Value] = []
            values.reserveCapacity(elements.count)
            for element in elements { values.append(try evaluate(element)) }
            return .array(values)
        case .prefix(let symbol, let operand):
            return try Arithmetic(found, expression.span).apply(symbol, to: try evaluate(operand))
        case .infix(.and, let left, let right):
            return .bool(try boolean(left) ? try boolean(right) : false)
        case .infix(.or, let left, let right):
            return .bool(try boolean(left) ? true : try boolean(right))
        case .infix(let symbol, let left, let right):
            return try infix(symbol, try evaluate(left), try evaluate(right), at: expression.span)
        case .ternary(let condition, let then, let otherwise):
            return try evaluate(try boolean(condition) ? then : otherwise)
        case .call(let declaration, let arguments, let body):
            return try call(declaration, arguments, body, at: expression.span)
        }
    }

    private func append(_ value: Value, to text: inout String) throws(Stop) {
        switch value {
        case .int(let number): text += "\(number)"
        case .string(let string): text += string
        case .bool(let bool): text += bool ? "true" : "false"
        default: throw .faulted
        }
    }

    private mutating func infix(
        _ symbol: InfixOperator, _ left: Value, _ right: Value, at span: SourceSpan
    ) throws(Stop) -> Value {
        switch (left, right) {
        case (.int(let left), .int(let right)):
            return try Arithmetic(found, span).apply(symbol, left, right)
        case (.string(let left), .string(let right)):
            try meter.string(left.utf8.count + (symbol == .add ? right.utf8.count : 0), at: span)
            return try Arithmetic.apply(symbol, left, right)
        case (.bool(let left), .bool(let right)):
            return .bool(symbol == .equal ? left == right : left != right)
        case (.array(let left), .array(let right)):
            try meter.step(left.count + right.count, at: span)
            return .array(left + right)
        default:
            throw .faulted
        }
    }

    private mutating func boolean(_ expression: Expression) throws(Stop) -> Bool {
        guard case .bool(let value) = try evaluate(expression) else { throw .faulted }
        return value
    }

    // MARK: Arguments

    mutating func integer(_ expression: Expression?) throws(Stop) -> Placed<Int>? {
        guard let expression, case .int(let value) = try evaluate(expression) else { return nil }
        return Placed(value, Origin(expression.span))
    }

    mutating func placed(_ expression: Expression?) throws(Stop) -> Placed<String>? {
        guard let expression, case .string(let value) = try evaluate(expression) else { return nil }
        return Placed(value, Origin(expression.span))
    }

    mutating func queues(_ arguments: CallArguments, from index: Int) throws(Stop) -> QueueSettings {
        QueueSettings(
            length: try integer(arguments[parameter: index].first),
            sharedMemory: try integer(arguments[parameter: index + 1].first))
    }

    /// What stands in a partition's braces.
    mutating func links(_ body: [Statement]) throws(Stop) -> [LinkGroup] {
        var output: [Value] = []
        try run(body, into: &output)
        return output.compactMap { if case .links(let group) = $0 { group } else { nil } }
    }

    /// What stands in a filter's braces.
    mutating func rules(_ body: [Statement]) throws(Stop) -> [FilterRule] {
        var output: [Value] = []
        try run(body, into: &output)
        return output.compactMap { if case .rule(let rule) = $0 { rule } else { nil } }
    }

    /// The VMs that sets name, each with the place that names it.
    mutating func references(_ sets: [Expression]) throws(Stop) -> [Placed<VMReference>] {
        var references: [Placed<VMReference>] = []
        for set in sets { try collect(set, into: &references) }
        return references
    }

    private mutating func collect(_ set: Expression, into references: inout [Placed<VMReference>]) throws(Stop) {
        // The elements of an array that is written out have places of their own.
        if case .array(let elements) = set.form {
            for element in elements { try collect(element, into: &references) }
        } else {
            try collect(try evaluate(set), at: set.span, into: &references)
        }
    }

    private mutating func collect(
        _ value: Value, at span: SourceSpan, into references: inout [Placed<VMReference>]
    ) throws(Stop) {
        let origin = Origin(span)
        switch value {
        case .int(let number):
            try meter.reference(1, at: span)
            references.append(Placed(.number(number), origin))
        case .string(let name):
            try meter.reference(1, at: span)
            references.append(Placed(.name(name), origin))
        case .range(let lower, let upper):
            try meter.reference(Self.count(lower, upper), at: span)
            for number in lower..<upper { references.append(Placed(.number(number), origin)) }
        case .closedRange(let lower, let upper):
            try meter.reference(Self.count(lower, upper) + 1, at: span)
            for number in lower...upper { references.append(Placed(.number(number), origin)) }
        case .array(let values):
            // Also an array of empty arrays costs time.
            try meter.step(values.count, at: span)
            for value in values { try collect(value, at: span, into: &references) }
        default:
            throw .faulted
        }
    }

    mutating func countLinks(_ shape: LinkGroup.Shape, members count: Int, at span: SourceSpan) throws(Stop) {
        try meter.links(shape, members: count, at: span)
    }

    mutating func countVM(at span: SourceSpan) throws(Stop) { try meter.reference(1, at: span) }
}
