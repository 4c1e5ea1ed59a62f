// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import SwiftSyntax

extension Checker {
    /// What stands in a declaration's braces.
    mutating func body(of call: FunctionCallExprSyntax, declaring declaration: Declaration) -> [Statement] {
        guard let closure = call.trailingClosure else { return [] }
        if let signature = closure.signature {
            reject(
                signature, "the braces of `\(declaration.rawValue)` take no parameters",
                "leave out everything up to `in`")
        }
        for extra in call.additionalTrailingClosures {
            reject(
                extra, "`\(declaration.rawValue)` takes one pair of braces", "leave out `\(extra.label.text): { … }`")
        }
        return withScope { $0.statements(closure.statements, in: declaration.body ?? .partition) }
    }

    mutating func statements(_ items: CodeBlockItemListSyntax, in place: Place) -> [Statement] {
        var statements: [Statement] = []
        for item in items { statements += statement(item, in: place) }
        return statements
    }

    mutating func statement(_ item: CodeBlockItemSyntax, in place: Place) -> [Statement] {
        switch item.item {
        case .decl(let declaration):
            guard let variable = declaration.as(VariableDeclSyntax.self) else {
                rejectConstruct(declaration)
                return []
            }
            return lets(variable)
        case .stmt(let statement):
            if let loop = statement.as(ForStmtSyntax.self) { return one(self.loop(loop, in: place)) }
            if let wrapped = statement.as(ExpressionStmtSyntax.self) {
                return expressionStatement(wrapped.expression, in: place)
            }
            rejectConstruct(statement)
            return []
        case .expr(let expression):
            return expressionStatement(expression, in: place)
        }
    }

    private func one(_ statement: Statement?) -> [Statement] { statement.map { [$0] } ?? [] }

    // MARK: let

    private mutating func lets(_ declaration: VariableDeclSyntax) -> [Statement] {
        guard declaration.bindingSpecifier.tokenKind == .keyword(.let) else {
            let keyword = declaration.bindingSpecifier
            found.add(
                LanguageRules.notInLanguage.finding(
                    "`\(keyword.text)` is not in the language: values do not change", at: span(of: keyword),
                    notes: ["write `let`"], fixIts: [FixIt("replace with `let`", [Edit(span(of: keyword), "let")])]))
            // The names are known all the same, so that their uses are no findings too.
            for binding in declaration.bindings {
                if let name = binding.pattern.as(IdentifierPatternSyntax.self) { _ = bind(name.identifier, type: nil) }
            }
            return []
        }
        if let modifier = declaration.modifiers.first {
            reject(modifier, "`\(modifier.trimmedDescription)` is not in the language", "write `let` alone")
        }
        if let attribute = declaration.attributes.first {
            reject(attribute, "attributes are not in the language", "write `let` alone")
        }
        return declaration.bindings.compactMap { self.binding($0) }
    }

    private mutating func binding(_ binding: PatternBindingSyntax) -> Statement? {
        guard let pattern = binding.pattern.as(IdentifierPatternSyntax.self) else {
            reject(binding.pattern, "`let` gives one name to one value", "write `let name = value`")
            return nil
        }
        if let accessor = binding.accessorBlock {
            reject(accessor, "computed values are not in the language", "write `let name = value`")
        }
        let annotated = binding.typeAnnotation.map { self.type($0.type) }
        guard let initializer = binding.initializer else {
            if binding.accessorBlock == nil {
                reject(binding, "`let` without a value", "write `let \(pattern.identifier.text) = value`")
            }
            _ = bind(pattern.identifier, type: nil)
            return nil
        }
        let value: Expression?
        switch annotated {
        case .some(.some(let type)): value = expression(initializer.value, as: type)
        case .some(.none): value = nil
        case .none: value = expression(initializer.value)
        }
        guard let value else {
            _ = bind(pattern.identifier, type: nil)
            return nil
        }
        var constant: Value?
        if case .constant(let known) = value.form { constant = known }
        return bind(pattern.identifier, type: value.type, constant: constant).map { .bind(slot: $0, value) }
    }

    /// A type annotation.
    private func type(_ syntax: TypeSyntax) -> ValueType? {
        if let array = syntax.as(ArrayTypeSyntax.self) { return type(array.element).map { .array($0) } }
        let known: [ValueType] = [
            .int, .string, .bool, .range, .closedRange, .guest, .programs, .addressPool, .vm, .vms, .partition, .never,
            .links, .rule,
        ]
        let written = syntax.trimmedDescription.filter { !$0.isWhitespace }
        if let type = known.first(where: { $0.description == written }) { return type }
        let near = Near(written, among: known.map(\.description))
        found.add(
            LanguageRules.unknownName.finding(
                "`\(written.prefix(80))` is no type of the language", at: span(of: syntax),
                notes: [
                    near?.note ?? "the types are Int, String, Bool, arrays as [Int], and those of the declarations"
                ],
                fixIts: near?.fixIts(replacing: span(of: syntax)) ?? []))
        return nil
    }

    // MARK: for

    private mutating func loop(_ loop: ForStmtSyntax, in place: Place) -> Statement? {
        if let keyword = loop.tryKeyword ?? loop.awaitKeyword ?? loop.unsafeKeyword ?? loop.caseKeyword {
            reject(keyword, "`for \(keyword.text)` is not in the language", "write `for name in 0..<3 { … }`")
        }
        if let annotation = loop.typeAnnotation {
            reject(annotation, "a type behind the name in `for` is not in the language", "write `for name in …`")
        }
        guard place != .top else {
            reject(loop.forKeyword, "`for` stands outside `Assembly`", "move it into the braces of `Assembly`")
            return nil
        }
        let sequence = expression(loop.sequence)
        if let sequence, sequence.type.element == nil {
            found.add(
                LanguageRules.wrongType.finding(
                    "`for` goes over a range or an array; this is \(sequence.type.spoken)", at: sequence.span,
                    notes: sequence.type == .int ? ["write `0..<n` for the numbers below n"] : []))
        }
        let element = sequence?.type.element
        return withScope { checker in
            var slot: Int?
            if let pattern = loop.pattern.as(IdentifierPatternSyntax.self) {
                slot = checker.bind(pattern.identifier, type: element)
            } else if loop.caseKeyword == nil, !loop.pattern.is(WildcardPatternSyntax.self) {
                checker.reject(loop.pattern, "`for` gives one name to one value", "write `for name in …`")
            }
            let condition = loop.whereClause.flatMap { checker.condition($0.condition) }
            let body = checker.withScope { $0.statements(loop.body.statements, in: place) }
            guard let sequence, element != nil, loop.whereClause == nil || condition != nil else { return nil }
            return .loop(slot: slot, sequence: sequence, condition: condition, body: body)
        }
    }

    // MARK: if

    private mutating func branch(_ branch: IfExprSyntax, in place: Place) -> Statement? {
        guard place != .top else {
            reject(branch.ifKeyword, "`if` stands outside `Assembly`", "move it into the braces of `Assembly`")
            return nil
        }
        var conditions: [Expression] = []
        for element in branch.conditions {
            guard case .expression(let expression) = element.condition else {
                reject(element, "`if` takes conditions that are true or false", "write `if n == 0 { … }`")
                continue
            }
            if let condition = condition(expression) { conditions.append(condition) }
        }
        let then = withScope { $0.statements(branch.body.statements, in: place) }
        var otherwise: [Statement] = []
        switch branch.elseBody {
        case .codeBlock(let block): otherwise = withScope { $0.statements(block.statements, in: place) }
        case .ifExpr(let next): otherwise = one(self.branch(next, in: place))
        case nil: break
        }
        guard conditions.count == branch.conditions.count else { return nil }
        return .branch(conditions: conditions, then: then, otherwise: otherwise)
    }

    private mutating func condition(_ syntax: ExprSyntax) -> Expression? { expression(syntax, as: .bool) }

    // MARK: Expressions as statements

    private mutating func expressionStatement(_ syntax: ExprSyntax, in place: Place) -> [Statement] {
        if let branch = syntax.as(IfExprSyntax.self) { return one(self.branch(branch, in: place)) }
        guard let expression = expression(syntax) else { return [] }
        if place.takes(expression.type) { return [.expression(expression)] }
        let written = Self.word(for: expression)
        let home: String? =
            switch expression.type {
            case .links: "the braces of a `Partition`"
            case .rule: "the braces of a `Filter`"
            case .vm, .vms, .guest, .programs, .addressPool, .partition, .never: "the braces of the `Assembly`"
            default: nil
            }
        if let home {
            found.add(
                LanguageRules.wrongPlace.finding(
                    "`\(written)` stands \(place.spoken)", at: expression.span, notes: ["write it into \(home)"]))
        } else {
            found.add(
                LanguageRules.unusedValue.finding(
                    "the value, \(expression.type.spoken), is not used", at: expression.span,
                    notes: ["give it a name with `let`, or leave it out"]))
        }
        return []
    }

    private static func word(for expression: Expression) -> String {
        if case .call(let declaration, _, _) = expression.form { return declaration.rawValue }
        return expression.type.description
    }

    // MARK: What is not in the language

    /// Says that a declaration, a statement or an expression is none of the language.
    func rejectConstruct(_ node: some SyntaxProtocol) {
        let word = node.firstToken(viewMode: .sourceAccurate)
        let isKeyword = if case .keyword = word?.tokenKind { true } else { false }
        let what = isKeyword ? "`\(word?.text ?? "")`" : "this expression"
        // The keyword alone: the construct may be long.
        let place = isKeyword ? word.map { span(of: $0) } : span(of: node)
        found.add(
            LanguageRules.notInLanguage.finding(
                "\(what) is not in the language", at: place,
                notes: [
                    "the language has `let`, `for … in`, `if`, numbers, strings, true and false, arrays, ranges, their "
                        + "operators, and the declarations of `Topology`"
                ]))
    }
}
