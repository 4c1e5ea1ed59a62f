// SPDX-License-Identifier: BSD-2-Clause

import CAmkES
import Diagnostics
import TopologyLanguage
import TopologyRules
import Wiring

/// The cases of a run, by number.
struct Cases {
    let seed: UInt64
    let topoc: String

    private enum Kind {
        case language, camkes, commandLine
    }

    /// What went wrong in a case; `nil` where nothing did.
    func failure(of number: Int) -> String? {
        switch kind(number) {
        case .language: Self.language(text(number))
        case .camkes: Self.camkes(text(number))
        case .commandLine: CommandLineCase(random: random(number), input: text(number), topoc: topoc).failure()
        }
    }

    func describe(_ number: Int) -> String {
        let bytes = text(number)
        return "\(kind(number)) case, \(bytes.count) bytes:\n" + String(decoding: bytes, as: UTF8.self)
    }

    private func kind(_ number: Int) -> Kind {
        if number % 5000 == 4999 { return .commandLine }
        return number % 4 == 3 ? .camkes : .language
    }

    private func random(_ number: Int) -> SeededGenerator {
        SeededGenerator(seed: seed &* 0x1_0000_0001 &+ UInt64(number))
    }

    private func text(_ number: Int) -> [UInt8] {
        var random = random(number)
        if random.chance(3) { return (0..<random.below(400)).map { _ in UInt8(truncatingIfNeeded: random.next()) } }
        var generator = TopologyGenerator(seed: random.next())
        var bytes = Array(generator.text().utf8)
        if kind(number) == .camkes { bytes = Array(Self.emitted(random.below(2) == 0).utf8) }
        return random.chance(80) ? Mutator.mutate(bytes, &random) : bytes
    }

    /// An assembly to damage; its expanded form has every value that the reader knows.
    private static func emitted(_ small: Bool) -> String {
        let file = TopologyFile(
            reading: SourceText(
                name: "seed.topo",
                text: "import Topology\n\nAssembly(\"a\") {\n    VMs(0..<\(small ? 2 : 3))\n"
                    + "    Partition(\"lan\") { Line(0..<\(small ? 2 : 3)) }\n}\n"))
        guard let wiring = Linter.lint(file, target: .newest).wiring else { return "" }
        return AppEmitter.files(for: wiring, form: .expanded, assemblyName: "a").first?.text ?? ""
    }

    private static func language(_ bytes: [UInt8]) -> String? {
        let source = SourceText(name: "fuzz.topo", bytes: bytes)
        let file = TopologyFile(reading: source)
        let result = Linter.lint(file, target: .newest)
        if let outside = outside(result.report.findings, bytes.count) { return outside }
        if file.assembly == nil, file.findings.isEmpty { return "no assembly and no finding" }
        if let failure = rendering(result.report) ?? formatting(file) { return failure }
        guard let wiring = result.wiring else { return nil }
        let files = AppEmitter.files(for: wiring, form: .expanded, assemblyName: "fuzz")
        let readBack = ReadBack.verify(files, wiring: wiring, form: .expanded, preprocessor: nil)
        return readBack.findings.first.map { "what is emitted is not read back: \($0.message)" }
    }

    private static func rendering(_ report: Report) -> String? {
        let text = TextRenderer(style: TextStyle(isColoured: false)).render([report])
        return report.findings.isEmpty || text.contains("TOPO") ? nil : "findings are not rendered"
    }

    private static func formatting(_ file: TopologyFile) -> String? {
        guard case .formatted(let once) = TopologyFormatter.format(file.source) else { return nil }
        let again = TopologyFile(reading: SourceText(name: "fuzz.topo", text: once))
        if file.assembly != again.assembly { return "formatting changes the topology" }
        if file.findings.map(\.code) != again.findings.map(\.code) { return "formatting changes the findings" }
        guard case .formatted(let twice) = TopologyFormatter.format(again.source), once == twice else {
            return "formatting twice differs from once"
        }
        return nil
    }

    private static func camkes(_ bytes: [UInt8]) -> String? {
        let reader = SpecificationReader(bytes, file: "fuzz.camkes")
        for finding in reader.findings {
            if let span = finding.span { _ = reader.place(of: span.lowerBound) }
        }
        _ = FlowModel(reader.specification).flows
        return outside(reader.findings, bytes.count)
    }

    private static func outside(_ findings: [Finding], _ count: Int) -> String? {
        for finding in findings {
            let spans =
                [finding.span].compactMap { $0 } + finding.labels.map(\.span)
                + finding.fixIts.flatMap { $0.edits.map(\.span) }
            if spans.contains(where: { $0.lowerBound < 0 || $0.upperBound > count }) {
                return "\(finding.code) points outside the text"
            }
        }
        return nil
    }
}
