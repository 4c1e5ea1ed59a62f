// SPDX-License-Identifier: BSD-2-Clause

import Templates
import Wiring

/// Prints a filter's rules as C: a function for each direction that branches by the frame's kind and then asks, in
/// order, what the rules say of that kind.
public struct FilterRulesPrinter {
    private let filter: FilterWiring

    init(_ filter: FilterWiring) {
        self.filter = filter
    }

    /// The rules with the one header that they need, in one piece: what the lab compiles.
    public static func unit(of filter: FilterWiring) -> String {
        var printer = CodePrinter()
        for header in CoreHeader.filter where header.name == "filter_types.h" {
            // In the middle of a source, where compilers warn of it.
            printer.line(header.text.replacing("#pragma once\n", with: ""))
        }
        FilterRulesPrinter(filter).printRules(&printer)
        return printer.text
    }

    /// The rules alone.
    public static func text(of filter: FilterWiring) -> String {
        var printer = CodePrinter()
        printer.line("/* SPDX-License-Identifier: BSD-2-Clause */")
        printer.blank()
        FilterRulesPrinter(filter).print(&printer)
        return printer.text
    }

    func print(_ printer: inout CodePrinter) {
        printer.line("#include <topoc/filter_types.h>")
        printer.blank()
        printRules(&printer)
    }

    private func printRules(_ printer: inout CodePrinter) {
        printer.line("/* The rules of filter \(Spelling.word(filter.name)), by their numbers:")
        for (index, rule) in filter.rules.enumerated() {
            // An importer reads them here, where VMs have no names.
            let text = rule.text(first: filter.ends[0].vm, second: filter.ends[1].vm)
            printer.line(" * \(index + 1): \(Self.comment(text))")
        }
        printer.line(" */")
        for direction in FilterDirection.allCases {
            printer.blank()
            judge(direction, &printer)
        }
        printer.blank()
        printer.block("static uint32_t judge(const struct topoc_filter_header *header)\n{") {
            $0.line("return header->from == 0 ? judge_0(header) : judge_1(header);")
        }
        table(&printer)
        printer.blank()
        printer.line("extern const struct topoc_filter_rules topoc_filter_rules;")
        printer.block("const struct topoc_filter_rules topoc_filter_rules = {", closing: "};") {
            $0.line(".judge = judge,")
            $0.line(".rules = rules,")
            $0.line(".count = \(filter.rules.count),")
        }
    }

    /// The rules as such a comment has them, in order; `nil` where there is none.
    package static func rules(in text: String) -> [String]? {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard let head = lines.firstIndex(where: { $0.hasPrefix("/* The rules of filter ") }),
            let end = lines[head...].firstIndex(of: " */")
        else { return nil }
        let rules = lines[(head + 1)..<end].enumerated().compactMap { index, line -> String? in
            let mark = " * \(index + 1): "
            return line.hasPrefix(mark) ? String(line.dropFirst(mark.count)) : nil
        }
        return rules.count == end - head - 1 ? rules : nil
    }

    // MARK: - Judging

    private func judge(_ direction: FilterDirection, _ printer: inout CodePrinter) {
        let end = filter.ends[direction.rawValue]
        printer.line("/* Frames of VM \(end.vm) to VM \(end.peer). */")
        printer.block(
            "static uint32_t judge_\(direction.rawValue)(const struct topoc_filter_header *header)\n{"
        ) { printer in
            // Kinds of which the rules say the same have one branch.
            var branches: [(kinds: [FrameKind], lines: [Step])] = []
            for kind in FrameKind.allCases {
                let steps = self.steps(kind, direction)
                guard !steps.isEmpty else { continue }
                if let index = branches.firstIndex(where: { $0.lines == steps }) {
                    branches[index].kinds.append(kind)
                } else {
                    branches.append(([kind], steps))
                }
            }
            printer.line("switch (header->kind) {")
            for branch in branches {
                for kind in branch.kinds { printer.line("case \(kind.constant):") }
                printer.indented { printer in branch.lines.forEach { $0.print(&printer) } }
            }
            printer.line("default:")
            printer.indented { $0.line("return 0;") }
            printer.line("}")
        }
    }

    /// One question of a branch: what must hold for a rule to decide.
    private struct Step: Hashable {
        let conditions: [String]
        let rule: Int

        func print(_ printer: inout CodePrinter) {
            guard !conditions.isEmpty else { return printer.line("return \(rule);") }
            let head = "if (" + conditions.joined(separator: " && ") + ") {"
            if head.utf8.count <= 108 {
                printer.block(head) { $0.line("return \(rule);") }
            } else {
                printer.line("if (" + conditions.joined(separator: "\n            && ") + ") {")
                printer.indented { $0.line("return \(rule);") }
                printer.line("}")
            }
        }
    }

    /// What the rules ask of frames of a kind, in order, up to one that all of them fulfil.
    private func steps(_ kind: FrameKind, _ direction: FilterDirection) -> [Step] {
        var steps: [Step] = []
        for (index, rule) in filter.rules.enumerated() {
            for set in rule.sets where set.kinds.contains(kind) && set.directions.contains(direction) {
                guard let conditions = FieldConditions(set.box, of: kind).conditions else { continue }
                steps.append(Step(conditions: conditions, rule: index + 1))
                if conditions.isEmpty { return steps }
            }
        }
        return steps.isEmpty ? [] : steps + [Step(conditions: [], rule: 0)]
    }

    // MARK: - The table

    private func table(_ printer: inout CodePrinter) {
        printer.blank()
        printer.block("static const struct topoc_filter_rule rules[] = {", closing: "};") {
            for rule in filter.rules {
                let rate = rule.rate.map { ", .interval = \($0.interval)ull, .tolerance = \($0.tolerance)ull" } ?? ""
                $0.line("{ .allow = \(rule.action == .allow)\(rate) },")
            }
            if filter.rules.isEmpty { $0.line("{ .allow = false },") }
        }
    }

    /// What may stand in a comment of C.
    private static func comment(_ text: String) -> String {
        String(text.map { $0.isASCII && !$0.isNewline && $0 != "\\" ? $0 : "_" })
            .split(separator: "*/", omittingEmptySubsequences: false).joined(separator: "_")
    }
}
