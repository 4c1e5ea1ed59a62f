// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import SwiftSyntax

extension Checker {
    mutating func call(_ call: FunctionCallExprSyntax) -> Expression? {
        guard let callee = call.calledExpression.as(DeclReferenceExprSyntax.self), callee.argumentNames == nil else {
            let name = call.calledExpression.as(MemberAccessExprSyntax.self)?.declName.baseName.text
            reject(
                call.calledExpression,
                "\(name.map { "`\($0)`: methods" } ?? "calls of values") are not in the language",
                Self.declarationsNote)
            return nil
        }
        let name = Self.name(of: callee.baseName)
        guard let declaration = Declaration(rawValue: name) else {
            reportUnknownDeclaration(name, at: span(of: callee))
            return nil
        }
        guard let type = declaration.type else {
            found.add(
                LanguageRules.wrongPlace.finding(
                    "`Assembly` stands within another expression", at: span(of: callee),
                    notes: ["write it at the top of the file, as a statement of its own"]))
            return nil
        }
        let arguments = self.arguments(of: call, to: declaration)
        let body = self.body(of: call, declaring: declaration)
        return arguments.map {
            Expression(type: type, span: span(of: call), form: .call(declaration, $0, body: body))
        }
    }

    private static let declarationsNote =
        "the declarations are " + Declaration.allCases.map(\.rawValue).joined(separator: ", ")

    private func reportUnknownDeclaration(_ name: String, at place: SourceSpan) {
        let near = Near(name, among: Declaration.allCases.map(\.rawValue))
        found.add(
            LanguageRules.unknownName.finding(
                "there is no declaration `\(name)`", at: place, notes: [near?.note ?? Self.declarationsNote],
                fixIts: near?.fixIts(replacing: place) ?? []))
    }

    /// The arguments by parameter. An argument that was not understood is left out; `nil` where a required one is.
    mutating func arguments(of call: FunctionCallExprSyntax, to declaration: Declaration) -> CallArguments? {
        checkBraces(of: call, declaring: declaration)
        let parameters = declaration.parameters
        var matcher = ArgumentMatcher(declaration)
        var values = CallArguments(parameters: parameters.count)
        var isFaulty = false
        for argument in call.arguments {
            let label = argument.label.map { Self.name(of: $0) }
            let place = argument.label.map { span(of: $0) } ?? span(of: argument.expression)
            switch matcher.match(label, at: place) {
            case .parameter(let index):
                if let value = self.argument(argument.expression, for: parameters[index]) {
                    values[parameter: index].append(value)
                }
            case .fault(let finding):
                found.add(finding)
                isFaulty = true
                // Its value is looked at all the same: it may hold more to find.
                _ = expression(argument.expression)
            }
        }
        var isComplete = true
        for (index, parameter) in parameters.enumerated() where parameter.isRequired {
            // The missing one may be the one that had no place.
            if !matcher.isFilled(index), !isFaulty {
                let name = parameter.label.map { "`\($0):`" } ?? parameter.kind.spoken
                found.add(
                    LanguageRules.missingArgument.finding(
                        "`\(declaration.rawValue)` wants \(name)", at: span(of: call.calledExpression),
                        notes: ["write `\(declaration.usage)`"]))
            }
            isComplete = isComplete && !values[parameter: index].isEmpty
        }
        if declaration == .vm, let identity = values[parameter: 0].first, identity.type == .string {
            reportNameBesideName(call)
        }
        return isComplete ? values : nil
    }

    private func checkBraces(of call: FunctionCallExprSyntax, declaring declaration: Declaration) {
        let name = declaration.rawValue
        if call.leftParen == nil, declaration.parameters.contains(where: \.isRequired) == false {
            reject(call, "`\(name)` without its parentheses", "write `\(declaration.usage)`")
        }
        if let closure = call.trailingClosure, !declaration.hasBody {
            reject(closure, "`\(name)` takes no braces", "leave them out")
        }
        if call.trailingClosure == nil, declaration.hasBody {
            found.add(
                LanguageRules.missingArgument.finding(
                    "`\(name)` without its braces", at: span(of: call.calledExpression),
                    notes: ["write `\(declaration.usage)`"]))
        }
    }

    /// A VM that its name identifies has no `name:` in Swift's declaration.
    private func reportNameBesideName(_ call: FunctionCallExprSyntax) {
        for argument in call.arguments {
            guard let label = argument.label, label.text == "name" else { continue }
            found.add(
                LanguageRules.unknownArgument.finding(
                    "a `VM` that is declared by its name takes no `name:`", at: span(of: label),
                    notes: ["write `VM(0, name: \"…\")`, or leave `name:` out"]))
        }
    }

    private mutating func argument(_ syntax: ExprSyntax, for parameter: Declaration.Parameter) -> Expression? {
        switch parameter.kind {
        case .int: return expression(syntax, as: .int)
        case .string: return expression(syntax, as: .string)
        case .choice(let choice): return expression(syntax, as: .choice(choice))
        case .bool: return expression(syntax, as: .bool)
        case .guest: return expression(syntax, as: .guest)
        case .identity, .set, .ports:
            guard let value = expression(syntax) else { return nil }
            let isRight =
                switch parameter.kind {
                case .identity: value.type.isVMIdentity
                case .ports: value.type.isPortSet
                default: value.type.isVMSet
                }
            if isRight { return value }
            found.add(
                LanguageRules.wrongType.finding(
                    "\(parameter.kind.spoken) is wanted here; this is \(value.type.spoken)", at: value.span))
            return nil
        }
    }
}

/// Gives each argument of a call its parameter, in the order that Swift demands.
struct ArgumentMatcher {
    enum Match {
        case parameter(Int)
        case fault(Finding)
    }

    private let declaration: Declaration
    private let parameters: [Declaration.Parameter]
    /// The first parameter that the next argument may have.
    private var next = 0
    private var places: [Int: SourceSpan] = [:]

    init(_ declaration: Declaration) {
        self.declaration = declaration
        parameters = declaration.parameters
    }

    func isFilled(_ index: Int) -> Bool { places[index] != nil }

    mutating func match(_ label: String?, at place: SourceSpan) -> Match {
        // An argument without label goes on with a variadic parameter.
        if label == nil, next > 0, parameters[next - 1].isVariadic, isFilled(next - 1) { return .parameter(next - 1) }
        guard let index = parameters.indices.first(where: { $0 >= next && parameters[$0].label == label }) else {
            return .fault(fault(label, at: place))
        }
        places[index] = place
        next = index + 1
        return .parameter(index)
    }

    private func fault(_ label: String?, at place: SourceSpan) -> Finding {
        let name = declaration.rawValue
        let labels = parameters.compactMap(\.label)
        guard let label else {
            return LanguageRules.unknownArgument.finding(
                "`\(name)` takes no further argument without a label", at: place,
                notes: ["write `\(declaration.usage)`"])
        }
        guard let index = parameters.firstIndex(where: { $0.label == label }) else {
            let near = Near(label, among: labels)
            let known =
                labels.isEmpty ? "`\(name)` takes no labels" : "its labels are \(labels.joined(separator: ", "))"
            return LanguageRules.unknownArgument.finding(
                "`\(name)` takes no `\(label):`", at: place, notes: [near?.note ?? known],
                fixIts: near?.fixIts(replacing: place) ?? [])
        }
        if let first = places[index] {
            return LanguageRules.duplicateArgument.finding(
                "`\(label):` is given twice", at: place, labels: [Label(first, "it is given here first")],
                notes: ["leave one out"])
        }
        let later = places.filter { $0.key > index }.min { $0.key < $1.key }
        return LanguageRules.argumentOrder.finding(
            "`\(label):` stands behind an argument that it goes before", at: place,
            labels: later.map { [Label($0.value, "it goes before this one")] } ?? [],
            notes: ["the order is `\(declaration.usage)`"])
    }
}

extension Declaration {
    /// How it is written: `VM(number, name:, mac:, …)`.
    var usage: String {
        let arguments = parameters.map { parameter in
            let more = parameter.isVariadic ? ", …" : ""
            guard let label = parameter.label else { return parameter.kind.placeholder + more }
            return parameter.kind == .identity || parameter.kind == .set
                ? "\(label): \(parameter.kind.placeholder)\(more)" : "\(label):"
        }
        return "\(rawValue)(\(arguments.joined(separator: ", ")))" + (hasBody ? " { … }" : "")
    }
}

extension Declaration.Parameter.Kind {
    var spoken: String {
        switch self {
        case .int: "a number"
        case .string: "a string"
        case .bool: ValueType.bool.spoken
        case .ports: "a port or a range of ports"
        case .choice(let choice): ValueType.choice(choice).spoken
        case .guest: "a `Guest`"
        case .identity: "a VM's number or name"
        case .set: "VMs (numbers, names, ranges or arrays)"
        }
    }

    fileprivate var placeholder: String {
        switch self {
        case .int: "number"
        case .string: "\"name\""
        case .bool: "true"
        case .ports: "port"
        case .choice(let choice): choice.cases.last.map { ".\($0)" } ?? ""
        case .guest: "Guest(…)"
        case .identity, .set: "vm"
        }
    }
}
