// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import SwiftParser
import SwiftSyntax
import Topology

/// What a `.topo` text says.
public struct TopologyFile: Sendable {
    public let source: SourceText
    /// `nil` where no assembly could be understood: a syntax error, no `Assembly`, no name. Where parts could be
    /// understood, those parts; ``isWhole`` says whether that is all.
    public let assembly: Assembly?
    /// Whether the assembly says everything that the text declares: no finding left a declaration out.
    public let isWhole: Bool
    /// What is wrong with the text as language: codes `TOPO1xx`, in the order of the text.
    public let findings: [Finding]
    /// The comments `// topoc:allow CODE reason`, in the order of the text.
    public let allowances: [Allowance]

    /// Reads a text. Total: any bytes give a file, in time bounded by ``Limits``.
    public init(reading source: SourceText) {
        let found = FindingList()
        let tree = SyntaxText.parse(source, reporting: found)
        var assembly: Assembly?
        var allowances: [Allowance] = []
        if let tree {
            allowances = AllowanceReader.allowances(in: tree, of: source, reporting: found)
            assembly = Self.assembly(of: tree, reporting: found)
        }
        self.source = source
        self.assembly = assembly
        self.allowances = allowances
        isWhole = assembly != nil && !found.all.contains { $0.code != LanguageRules.badAllowance.code }
        findings = found.inTextOrder()
    }

    private static func assembly(of tree: SourceFileSyntax, reporting found: FindingList) -> Assembly? {
        var checker = Checker(reporting: found)
        let program = checker.check(tree)
        var evaluator = Evaluator(slots: checker.slotCount, reporting: found)
        return evaluator.run(program)
    }
}

/// The steps before meaning: text that can be read, and a tree without syntax errors.
enum SyntaxText {
    /// The tree, or `nil` where findings forbid to look at it.
    static func parse(_ source: SourceText, reporting found: FindingList) -> SourceFileSyntax? {
        if let finding = TextGuard.fault(in: source.bytes) {
            found.add(finding)
            return nil
        }
        let tree = tree(of: source.bytes[...])
        guard !tree.hasError else {
            SyntaxFindings.report(tree, of: source.bytes, to: found)
            return nil
        }
        return tree
    }

    static func tree(of bytes: ArraySlice<UInt8>) -> SourceFileSyntax {
        bytes.withUnsafeBufferPointer {
            Parser.parse(source: $0, maximumNestingLevel: Limits.parserNesting)
        }
    }
}
