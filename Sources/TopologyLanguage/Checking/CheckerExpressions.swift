// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import SwiftOperators
import SwiftSyntax
import Topology

extension Checker {
    /// An expression of any type; `nil` where it was not understood, and then there is a finding.
    mutating func expression(_ syntax: ExprSyntax) -> Expression? { expression(syntax, as: nil) }

    /// An expression of the type named. The type also settles that of an empty array.
    mutating func expression(_ syntax: ExprSyntax, as expected: ValueType?) -> Expression? {
        guard let expression = untyped(syntax, expected) else { return nil }
        guard let expected, expression.type != expected else { return expression }
        found.add(
            LanguageRules.wrongType.finding(
                "\(expected.spoken) is wanted here; this is \(expression.type.spoken)", at: expression.span,
                notes: Self.conversionNotes(from: expression.type, to: expected)))
        return nil
    }

    static func conversionNotes(from type: ValueType, to wanted: ValueType) -> [String] {
        switch (type, wanted) {
        case (.int, .string): ["write the number within a string: `\"\\(n)\"`"]
        case (.int, .bool): ["compare the number: `n == 0`"]
        case (.range, .closedRange), (.closedRange, .range): ["`0..<3` is a Range<Int>, `0...2` a ClosedRange<Int>"]
        default: []
        }
    }

    private mutating func untyped(_ syntax: ExprSyntax, _ expected: ValueType?) -> Expression? {
        switch syntax.as(ExprSyntaxEnum.self) {
        case .integerLiteralExpr(let literal): return integer(literal.literal, isNegative: false, at: span(of: literal))
        case .booleanLiteralExpr(let literal):
            return constant(.bool, .bool(literal.literal.tokenKind == .keyword(.true)), literal)
        case .stringLiteralExpr(let literal): return string(literal)
        case .arrayExpr(let array): return self.array(array, expected)
        case .tupleExpr(let tuple):
            guard let element = tuple.elements.first, tuple.elements.count == 1, element.label == nil else {
                reject(tuple, "tuples are not in the language", "write an array, `[0, 1]`, or arguments of their own")
                return nil
            }
            return untyped(element.expression, expected)
        case .declReferenceExpr(let reference): return name(reference)
        case .functionCallExpr(let call): return self.call(call)
        case .sequenceExpr(let sequence): return folded(sequence)
        case .infixOperatorExpr(let infix): return self.infix(infix)
        case .prefixOperatorExpr(let prefix): return self.prefix(prefix)
        case .ternaryExpr(let ternary): return self.ternary(ternary)
        case .closureExpr(let closure):
            reject(
                closure, "braces stand only behind `Assembly`, `Partition`, `Filter`, `for` and `if`",
                "leave out the braces")
        case .memberAccessExpr(let member):
            if let choice = self.choice(member, expected) { return choice }
            reject(
                member, "`\(member.declName.trimmedDescription)`: members and methods are not in the language",
                expected.flatMap(Self.choices).map { "write \($0)" }
                    ?? "compute with numbers, strings, arrays and ranges, or write the value")
        case .floatLiteralExpr(let literal):
            reject(literal, "numbers with a fraction are not in the language", "write a whole number")
        case .nilLiteralExpr(let literal):
            reject(literal, "`nil` is not in the language", "leave the argument out")
        default: rejectConstruct(syntax)
        }
        return nil
    }

    /// A case where one is wanted: `.perPartition`, or with the type's name before the dot.
    private func choice(_ member: MemberAccessExprSyntax, _ expected: ValueType?) -> Expression? {
        guard case .choice(let choice) = expected else { return nil }
        let type = member.base.map { $0.trimmedDescription }
        let name = Self.name(of: member.declName.baseName)
        guard type == nil || type == choice.type, member.declName.argumentNames == nil, choice.cases.contains(name)
        else { return nil }
        return constant(.choice(choice), .choice(name), member)
    }

    /// The cases that may be written, in words; `nil` where none may.
    private static func choices(_ type: ValueType) -> String? {
        if case .choice = type { type.spoken } else { nil }
    }

    private func constant(_ type: ValueType, _ value: Value, _ syntax: some SyntaxProtocol) -> Expression {
        Expression(type: type, span: span(of: syntax), form: .constant(value))
    }

    // MARK: Literals

    private func integer(_ token: TokenSyntax, isNegative: Bool, at span: SourceSpan) -> Expression? {
        let digits = token.text.filter { $0 != "_" }
        let value: Int?
        let sign = isNegative ? "-" : ""
        switch digits.prefix(2) {
        case "0x": value = Int(sign + digits.dropFirst(2), radix: 16)
        case "0o": value = Int(sign + digits.dropFirst(2), radix: 8)
        case "0b": value = Int(sign + digits.dropFirst(2), radix: 2)
        default: value = Int(sign + digits)
        }
        guard let value else {
            // Swift's parser takes `0x` at the very end of a file.
            if digits.utf8.count == 2, digits.utf8.last.map({ $0 > UInt8(ascii: "9") }) == true {
                found.add(LanguageRules.syntax.finding("`\(token.text)` without digits", at: span))
                return nil
            }
            found.add(
                LanguageRules.arithmeticFault.finding(
                    "`\(sign)\(token.text.prefix(80))` is more than a number of 64 bits can be", at: span,
                    notes: ["the greatest is \(Int.max)"]))
            return nil
        }
        return Expression(type: .int, span: span, form: .constant(.int(value)))
    }

    private mutating func string(_ literal: StringLiteralExprSyntax) -> Expression? {
        if let text = literal.representedLiteralValue { return constant(.string, .string(text), literal) }
        var pieces: [Expression] = []
        var isUnderstood = true
        for segment in literal.segments {
            switch segment {
            case .stringSegment(let text):
                // The literal with this segment alone: the parser's own reading of escapes, also in raw and
                // multi-line strings.
                let alone = literal.with(\.segments, StringLiteralSegmentListSyntax([.stringSegment(text)]))
                guard let value = alone.representedLiteralValue else {
                    rejectConstruct(literal)
                    return nil
                }
                pieces.append(constant(.string, .string(value), text))
            case .expressionSegment(let interpolation):
                if let piece = self.interpolation(interpolation) {
                    pieces.append(piece)
                } else {
                    isUnderstood = false
                }
            }
        }
        return isUnderstood ? Expression(type: .string, span: span(of: literal), form: .interpolation(pieces)) : nil
    }

    private mutating func interpolation(_ segment: ExpressionSegmentSyntax) -> Expression? {
        guard let argument = segment.expressions.first, segment.expressions.count == 1, argument.label == nil else {
            reject(segment.expressions, "an interpolation takes one value", "write `\\(n)`")
            return nil
        }
        guard let piece = expression(argument.expression) else { return nil }
        switch piece.type {
        case .int, .string, .bool: return piece
        default:
            found.add(
                LanguageRules.wrongType.finding(
                    "a string takes numbers, strings, true and false; this is \(piece.type.spoken)", at: piece.span))
            return nil
        }
    }

    private mutating func array(_ array: ArrayExprSyntax, _ expected: ValueType?) -> Expression? {
        var wanted: ValueType?
        if case .array(let element) = expected { wanted = element }
        var elements: [Expression] = []
        var isUnderstood = true
        for element in array.elements {
            guard let value = untyped(element.expression, wanted) else {
                isUnderstood = false
                continue
            }
            if let first = elements.first, first.type != value.type {
                found.add(
                    LanguageRules.wrongType.finding(
                        "the elements of an array have one type; this is \(value.type.spoken)", at: value.span,
                        labels: [Label(first.span, "the first is \(first.type.spoken)")]))
                isUnderstood = false
                continue
            }
            elements.append(value)
        }
        guard isUnderstood else { return nil }
        guard let type = elements.first?.type ?? wanted else {
            found.add(
                LanguageRules.wrongType.finding(
                    "an empty array of no known type", at: span(of: array),
                    notes: ["leave it out, or say what it holds: `let none: [Int] = []`"]))
            return nil
        }
        return Expression(type: .array(type), span: span(of: array), form: .array(elements))
    }

    // MARK: Names

    private func name(_ reference: DeclReferenceExprSyntax) -> Expression? {
        let name = Self.name(of: reference.baseName)
        let place = span(of: reference)
        if let arguments = reference.argumentNames {
            reject(arguments, "names of functions are not in the language", "call the declaration: `VM(0)`")
            return nil
        }
        if let binding = binding(name) {
            return binding.type.map { Expression(type: $0, span: place, form: binding.form) }
        }
        if let declaration = Declaration(rawValue: name) {
            found.add(
                LanguageRules.missingArgument.finding(
                    "`\(name)` without its parentheses", at: place,
                    notes: ["write `\(declaration.rawValue)(…)\(declaration.hasBody ? " { … }" : "")`"]))
            return nil
        }
        let near = Near(name, among: namesInScope)
        found.add(
            LanguageRules.unknownName.finding(
                "nothing here is named `\(name)`", at: place,
                notes: [near?.note ?? "declare it before with `let \(name) = …`, or write a string: \"\(name)\""],
                fixIts: near?.fixIts(replacing: place) ?? []))
        return nil
    }

    // MARK: Operators

    private mutating func folded(_ sequence: SequenceExprSyntax) -> Expression? {
        var fault: OperatorError?
        let tree = OperatorTable.standardOperators.foldSingle(sequence) { error in
            // An operator that Swift does not know is reported where it is looked up.
            if case .missingOperator = error { return }
            fault = fault ?? error
        }
        if let fault {
            found.add(
                LanguageRules.syntax.finding(
                    fault.message, at: span(of: sequence), notes: ["write parentheses to say what belongs together"]))
            return nil
        }
        return detached(from: sequence) { $0.expression(tree) }
    }

    private mutating func prefix(_ syntax: PrefixOperatorExprSyntax) -> Expression? {
        let place = span(of: syntax)
        guard let symbol = PrefixOperator(rawValue: syntax.operator.text) else {
            reject(
                syntax.operator, "`\(syntax.operator.text)` is not in the language",
                "the operators before a value are - + ~ !")
            return nil
        }
        // As in Swift, the sign belongs to the literal: -9223372036854775808 is a number.
        if symbol == .minus, let literal = syntax.expression.as(IntegerLiteralExprSyntax.self) {
            return integer(literal.literal, isNegative: true, at: place)
        }
        let type: ValueType = symbol == .not ? .bool : .int
        guard let operand = expression(syntax.expression, as: type) else { return nil }
        return computed(Expression(type: type, span: place, form: .prefix(symbol, operand)), from: [operand])
    }

    private mutating func infix(_ syntax: InfixOperatorExprSyntax) -> Expression? {
        let left = expression(syntax.leftOperand)
        let right = expression(syntax.rightOperand)
        let text = syntax.operator.trimmedDescription
        guard let symbol = InfixOperator(rawValue: text) else {
            let isAssignment = syntax.operator.is(AssignmentExprSyntax.self)
            reject(
                syntax.operator, "`\(text.prefix(80))` is not in the language",
                isAssignment
                    ? "values do not change; write `let` with a new name"
                    : "the operators are " + InfixOperator.allCases.map(\.rawValue).joined(separator: " "))
            return nil
        }
        guard let left, let right else { return nil }
        guard let type = symbol.result(left.type, right.type) else {
            found.add(
                LanguageRules.wrongType.finding(
                    "`\(symbol.rawValue)` does not take \(left.type.spoken) and \(right.type.spoken)",
                    at: span(of: syntax.operator),
                    labels: [Label(left.span, left.type.spoken), Label(right.span, right.type.spoken)],
                    notes: symbol == .add ? ["write numbers within a string: `\"vm\\(n)\"`"] : []))
            return nil
        }
        return computed(
            Expression(type: type, span: span(of: syntax), form: .infix(symbol, left, right)), from: [left, right])
    }

    private mutating func ternary(_ syntax: TernaryExprSyntax) -> Expression? {
        let condition = expression(syntax.condition, as: .bool)
        let then = expression(syntax.thenExpression)
        let otherwise = expression(syntax.elseExpression)
        guard let condition, let then, let otherwise else { return nil }
        guard then.type == otherwise.type else {
            found.add(
                LanguageRules.wrongType.finding(
                    "both values have one type; this is \(otherwise.type.spoken)", at: otherwise.span,
                    labels: [Label(then.span, "this is \(then.type.spoken)")]))
            return nil
        }
        return Expression(type: then.type, span: span(of: syntax), form: .ternary(condition, then, otherwise))
    }

    /// Computes numbers that are known at once, as Swift's compiler does: a fault is one though it may never run.
    private func computed(_ expression: Expression, from operands: [Expression]) -> Expression? {
        for operand in operands {
            guard case .constant(.int) = operand.form else { return expression }
        }
        var evaluator = Evaluator(slots: 0, reporting: found)
        guard let value = try? evaluator.evaluate(expression) else { return nil }
        return Expression(type: expression.type, span: expression.span, form: .constant(value))
    }
}

extension InfixOperator {
    /// The type of its value, or `nil` where it does not take these.
    fileprivate func result(_ left: ValueType, _ right: ValueType) -> ValueType? {
        guard left == right else { return nil }
        switch self {
        case .add:
            if case .array = left { return left }
            return left == .int || left == .string ? left : nil
        case .subtract, .multiply, .divide, .remainder, .bitAnd, .bitOr, .bitXor, .shiftLeft, .shiftRight:
            return left == .int ? .int : nil
        case .equal, .notEqual: return [.int, .string, .bool].contains(left) ? .bool : nil
        case .less, .lessOrEqual, .greater, .greaterOrEqual: return [.int, .string].contains(left) ? .bool : nil
        case .and, .or: return left == .bool ? .bool : nil
        case .halfOpenRange: return left == .int ? .range : nil
        case .closedRange: return left == .int ? .closedRange : nil
        }
    }
}
