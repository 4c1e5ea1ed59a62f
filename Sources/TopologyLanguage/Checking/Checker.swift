// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import SwiftSyntax

/// Turns the tree into a program: looks names up, gives every expression its type, and says what is not in the
/// language. What Swift's compiler would refuse is refused here, in code that never runs too.
///
/// Where something was not understood there is a finding, and `nil` in its place; what depends on it is left out
/// without a further word.
struct Checker {
    let found: FindingList
    private(set) var slotCount = 0
    private var scopes: [[String: Binding]] = [[:]]
    /// Offset of the tree that is looked at: an expression with operators is folded into a tree of its own, whose
    /// offsets begin at 0.
    private var base = 0

    /// What a name stands for.
    struct Binding {
        let span: SourceSpan
        /// `nil` where its value was not understood.
        let type: ValueType?
        let form: Expression.Form
    }

    init(reporting found: FindingList) {
        self.found = found
    }

    mutating func check(_ tree: SourceFileSyntax) -> Program {
        var program = Program(statements: [], assembly: nil)
        var hasImport = false
        var firstAssembly: SourceSpan?
        for item in tree.statements {
            if let declaration = item.item.as(ImportDeclSyntax.self) {
                hasImport = checkImport(declaration) || hasImport
            } else if let call = assemblyCall(item) {
                if let firstAssembly {
                    found.add(
                        LanguageRules.severalAssemblies.finding(
                            "a second `Assembly`; a file declares one", at: span(of: call.calledExpression),
                            labels: [Label(firstAssembly, "the first is here")],
                            notes: ["write it into a file of its own, or its VMs and partitions into the first"]))
                } else {
                    firstAssembly = span(of: call.calledExpression)
                    program.assembly = assembly(call)
                }
            } else {
                program.statements += statement(item, in: .top)
            }
        }
        if !hasImport { found.add(missingImport(tree)) }
        if firstAssembly == nil {
            found.add(
                LanguageRules.noAssembly.finding(
                    "the file declares no `Assembly`", at: nil,
                    notes: ["write `Assembly(\"name\") { … }` around its VMs and partitions"]))
        }
        return program
    }

    private func assemblyCall(_ item: CodeBlockItemSyntax) -> FunctionCallExprSyntax? {
        guard let call = item.item.as(FunctionCallExprSyntax.self),
            call.calledExpression.as(DeclReferenceExprSyntax.self)?.baseName.text == Declaration.assembly.rawValue
        else { return nil }
        return call
    }

    private mutating func assembly(_ call: FunctionCallExprSyntax) -> AssemblyDeclaration? {
        let arguments = self.arguments(of: call, to: .assembly)
        let body = self.body(of: call, declaring: .assembly)
        guard let arguments else { return nil }
        return AssemblyDeclaration(arguments: arguments, body: body, span: span(of: call))
    }

    private func checkImport(_ declaration: ImportDeclSyntax) -> Bool {
        let isPlain = declaration.attributes.isEmpty && declaration.modifiers.isEmpty
        if isPlain, declaration.importKindSpecifier == nil, declaration.path.trimmedDescription == "Topology" {
            return true
        }
        found.add(
            LanguageRules.notInLanguage.finding(
                "`\(declaration.trimmedDescription.prefix(80))`: a topology imports `Topology` and nothing else",
                at: span(of: declaration)))
        return false
    }

    private func missingImport(_ tree: SourceFileSyntax) -> Finding {
        // Behind the comments that head the file.
        let offset = tree.statements.first.map { span(of: $0).lowerBound } ?? 0
        return LanguageRules.missingImport.finding(
            "`import Topology` is missing", at: offset..<offset,
            notes: ["a topology is Swift, and compiles against the module `Topology`"],
            fixIts: [FixIt("insert `import Topology`", [Edit(offset..<offset, "import Topology\n\n")])])
    }

    // MARK: Names

    mutating func withScope<Result>(_ work: (inout Checker) -> Result) -> Result {
        scopes.append([:])
        defer { scopes.removeLast() }
        return work(&self)
    }

    func binding(_ name: String) -> Binding? {
        for scope in scopes.reversed() {
            if let binding = scope[name] { return binding }
        }
        return nil
    }

    /// Every name that can be used here, inner ones first.
    var namesInScope: [String] { scopes.reversed().flatMap { $0.keys.sorted() } }

    /// Gives a name to a value; `nil` where the name is taken.
    mutating func bind(_ token: TokenSyntax, type: ValueType?, constant: Value? = nil) -> Int? {
        let name = Self.name(of: token)
        let place = span(of: token)
        if Self.reservedNames.contains(name) {
            found.add(
                LanguageRules.nameTaken.finding(
                    "`\(name)` is a word of the language", at: place, notes: ["choose another name"]))
            return nil
        }
        if let first = scopes[scopes.count - 1][name] {
            found.add(
                LanguageRules.nameTaken.finding(
                    "`\(name)` is declared twice", at: place, labels: [Label(first.span, "it is declared here first")],
                    notes: ["choose another name; a name may be used again only within inner braces"]))
            return nil
        }
        let slot = slotCount
        slotCount += 1
        let form = constant.map { Expression.Form.constant($0) } ?? .variable(slot: slot)
        scopes[scopes.count - 1][name] = Binding(span: place, type: type, form: form)
        return slot
    }

    static let reservedNames = Set(
        Declaration.allCases.map(\.rawValue) + ["Int", "String", "Bool", "Array", "Range", "ClosedRange", "Topology"])

    static func name(of token: TokenSyntax) -> String { token.identifier?.name ?? token.text }

    // MARK: Places

    func span(of node: some SyntaxProtocol) -> SourceSpan {
        let start = base + node.positionAfterSkippingLeadingTrivia.utf8Offset
        return start..<max(start, base + node.endPositionBeforeTrailingTrivia.utf8Offset)
    }

    /// Looks at a tree that stands for a part of the one looked at so far, which begins at `node`.
    mutating func detached<Result>(from node: some SyntaxProtocol, _ work: (inout Checker) -> Result) -> Result {
        let outer = base
        base += node.position.utf8Offset
        defer { base = outer }
        return work(&self)
    }

    func reject(_ node: some SyntaxProtocol, _ message: String, _ note: String) {
        found.add(LanguageRules.notInLanguage.finding(message, at: span(of: node), notes: [note]))
    }
}
