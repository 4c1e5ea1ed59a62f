// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import Testing

@testable import TopologyLanguage

@Suite struct AllowanceTests {
    private func scopes(_ body: String) -> [String] {
        let file = Marked("import Topology\nAssembly(\"x\") {\n\(body)\n}\n").file
        #expect(file.findings.isEmpty)
        return file.allowances.map {
            "\($0.code) \($0.reason): " + String(decoding: file.source.bytes[$0.scope], as: UTF8.self)
        }
    }

    @Test func besideAStatementItCoversTheStatement() {
        #expect(scopes("VM(0) // topoc:allow TOPO201 a b  c \nVM(1)") == ["TOPO201 a b  c: VM(0)"])
        #expect(
            scopes("VM(0)\nPartition(\"p\") { //topoc:allow TOPO301 r\nMesh(0)\n}")
                == ["TOPO301 r: Partition(\"p\") { //topoc:allow TOPO301 r\nMesh(0)\n}"])
        #expect(
            scopes("for n in 0..<2 { VM(n) } // topoc:allow TOPO301 r") == ["TOPO301 r: for n in 0..<2 { VM(n) }"])
    }

    @Test func amongArgumentsItCoversTheStatementAround() {
        let call = "VM(0,\nmac: \"a\", // topoc:allow TOPO201 r\n// topoc:allow TOPO202 r\nip: \"b\")"
        #expect(scopes(call) == ["TOPO201 r: \(call)", "TOPO202 r: \(call)"])
    }

    @Test func aloneItCoversTheNextStatement() {
        #expect(
            scopes("VM(0)\n// topoc:allow TOPO201 r\n\n// more\n// topoc:allow TOPO202 s\nVM(1); VM(2)")
                == ["TOPO201 r: VM(1);", "TOPO202 s: VM(1);"])
    }

    @Test func beforeTheImportItCoversTheFile() throws {
        let file = Marked("// Head.\n// topoc:allow TOPO301 r\nimport Topology\nAssembly(\"x\") {}\n").file
        #expect(file.allowances.map(\.scope) == [0..<file.source.bytes.count])
        #expect(file.allowances.first?.span == 9..<33)
    }

    @Test(arguments: [
        ("// topoc:allow", "`topoc:allow` without the code of a finding"),
        ("// topoc:allow because", "`topoc:allow` without the code of a finding"),
        ("// topoc:allow TOPO30 r", "`topoc:allow` without the code of a finding"),
        ("// topoc:allow TOPO3011 r", "`topoc:allow` without the code of a finding"),
        ("// topoc:allowed TOPO301 r", "`topoc:allow` without the code of a finding"),
        ("// topoc:allow TOPO301", "`topoc:allow TOPO301` without a reason"),
        ("// topoc:allow TOPO301  ", "`topoc:allow TOPO301` without a reason"),
    ]) func badForms(_ comment: String, _ message: String) {
        expectFindings(in: "VM(0) 1️⃣\(comment)", [Expected("1️⃣", LanguageRules.badAllowance, message)])
    }

    @Test func coveringNothingIsAFinding() {
        expectFindings(
            in: "VM(0)\n1️⃣// topoc:allow TOPO301 r",
            [Expected("1️⃣", LanguageRules.badAllowance, "`topoc:allow` that covers nothing")])
        let file = Marked("import Topology\nAssembly(\"x\") { VM(0) }\n// topoc:allow TOPO301 r\n").file
        #expect(file.findings.map(\.code) == [LanguageRules.badAllowance.code])
        // A slip in a comment leaves nothing of the topology out.
        #expect(file.isWhole)
    }

    @Test func otherCommentsAreNone() {
        #expect(
            scopes(
                "VM(0) // see topoc:allow TOPO301 r\nVM(1) /* topoc:allow TOPO301 r */\nVM(2, name: \"// topoc:allow\")"
            ).isEmpty)
    }
}
