// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import Topology

/// Counts what a run costs, and stops it at a limit.
struct Meter {
    private let found: FindingList
    private var steps = 0
    private var references = 0
    private var links = 0

    init(reporting found: FindingList) {
        self.found = found
    }

    mutating func step(_ count: Int, at span: SourceSpan) throws(Evaluator.Stop) {
        steps += count
        guard steps > Limits.steps else { return }
        found.add(
            LanguageRules.tooManySteps.finding(
                "the file takes more than \(Limits.steps) steps to evaluate", at: span,
                notes: ["a step is a round of a loop, or a value computed in it; take fewer rounds"]))
        throw .exhausted
    }

    /// A string made or compared.
    mutating func string(_ length: Int, at span: SourceSpan) throws(Evaluator.Stop) {
        guard length <= Limits.stringLength else {
            found.add(
                LanguageRules.stringTooLong.finding(
                    "a string of more than \(Limits.stringLength) bytes", at: span,
                    notes: ["nothing in a topology is as long; write a shorter one"]))
            throw .faulted
        }
        try step(length / Limits.bytesPerStep, at: span)
    }

    /// VMs declared, or named in a link or an assertion.
    mutating func reference(_ count: Int, at span: SourceSpan) throws(Evaluator.Stop) {
        references += count
        guard references > Limits.references else { return }
        found.add(
            LanguageRules.tooMuchDeclared.finding(
                "the file names VMs more than \(Limits.references) times", at: span,
                notes: ["declare fewer VMs, or split the topology into several assemblies"]))
        throw .exhausted
    }

    /// The links that a shape joins.
    mutating func links(_ shape: LinkGroup.Shape, members count: Int, at span: SourceSpan) throws(Evaluator.Stop) {
        let joined =
            switch shape {
            case .mesh: count * (count - 1) / 2
            case .star, .connect, .line, .link, .ring: count
            }
        links += joined
        guard links > Limits.links else { return }
        found.add(
            LanguageRules.tooMuchDeclared.finding(
                "the file joins more than \(Limits.links) links", at: span,
                notes: ["\(shape.rawValue) of \(count) VMs; join fewer, or join them as a Star"]))
        throw .exhausted
    }
}
