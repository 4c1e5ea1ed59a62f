// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import Testing
import TopologyRules
import Wiring

@Suite struct AllowanceTests {
    private let star = "VMs(0..<3)\nPartition(\"lan\") { Star(hub: 0, 1, 2) }"

    @Test func aCommentLetsAFindingPassWithItsReason() {
        let body =
            "VMs(0..<3)\n// topoc:allow TOPO309 the leaves talk to the hub only\nPartition(\"lan\") { Star(hub: 0, 1, 2) }"
        let result = Marked(assembly(body)).lint()
        #expect(result.report.findings == [])
        #expect(result.report.allowed.map(\.finding.code) == ["TOPO309"])
        #expect(result.report.allowed.map(\.reason) == ["the leaves talk to the hub only"])
    }

    @Test func theCommandLineLetsACodePass() {
        let result = Marked(assembly(star)).lint(allowing: ["TOPO309", "TOPO205"])
        #expect(result.report.findings == [])
        #expect(result.report.allowed.map(\.finding.code) == ["TOPO309"])
        #expect(result.report.allowed.map(\.reason) == [nil])
    }

    @Test func anAllowedErrorIsWired() {
        let body = "VMs(0..<6)\nPartition(\"lan\") { Mesh(0..<6) }"
        #expect(Marked(assembly(body)).lint(.newest.overTree).wiring == nil)
        let result = Marked(assembly(body)).lint(.newest.overTree, allowing: ["TOPO401", "TOPO402"])
        #expect(result.report.findings == [])
        #expect(result.report.allowed.count == 2)
        #expect(result.wiring?.vms.count == 6)
    }

    @Test func anAllowanceCoversItsDeclarationOnly() {
        expectFindings(
            """
            VM(0, mac: "00:00:00:00:00:01")  // topoc:allow TOPO205 the real card's
            VM(1, mac: 1️⃣"00:00:00:00:00:02")
            Partition("lan") { Link(0, 1) }
            """,
            [Expected("1️⃣", "TOPO205", "VM 1 has the MAC address 00:00:00:00:00:02, which is not locally administered")])
    }

    @Test func eitherPlaceOfAFindingMayCarryTheAllowance() {
        for (first, second) in [
            ("// topoc:allow TOPO206 a cold spare", ""), ("", "// topoc:allow TOPO206 a cold spare"),
        ] {
            let body = """
                VM(0, mac: "02:00:00:00:AA:01") \(first)
                VM(1, mac: "02:00:00:00:AA:01") \(second)
                Partition("lan") { Link(0, 1) }
                """
            let result = Marked(assembly(body)).lint()
            #expect(result.report.findings == [])
            #expect(result.report.allowed.map(\.finding.code) == ["TOPO206"])
        }
    }

    @Test func aCommentBeforeTheImportCoversTheFile() {
        let result = Marked("// topoc:allow TOPO309 stars are meant\n" + assembly(star)).lint()
        #expect(result.report.findings == [])
        #expect(result.report.allowed.count == 1)
    }

    @Test func anAllowanceThatAllowsNothingIsAFinding() {
        expectFindings(
            """
            VM(0)  1️⃣// topoc:allow TOPO205 it was so once
            VM(1)
            Partition("lan") { Link(0, 1) }
            """,
            [Expected("1️⃣", "TOPO131", "`topoc:allow TOPO205` lets nothing pass here")])
    }

    @Test func budgetsDependOnTheTarget() {
        let body =
            "// topoc:allow TOPO404 the console is not used\nVMs(0..<10)\nPartition(\"lan\") { Mesh(0..<5) }\nPartition(\"wan\") { Mesh(5..<10) }"
        for target in Target.all {
            #expect(Marked(assembly(body)).lint(target).report.findings == [], "on \(target.name)")
        }
    }

    @Test func codesThatCannotBeAllowed() {
        expectFindings(
            """
            VM(0, mac: 1️⃣"x")  2️⃣// topoc:allow TOPO201 let it be
            VM(1)  3️⃣// topoc:allow TOPO299 whatever
            Partition("lan") { Link(0, 1) }
            """,
            [
                Expected("1️⃣", "TOPO201", "VM 0 has the MAC address \"x\", which cannot be read"),
                Expected(
                    "2️⃣", "TOPO132",
                    "`topoc:allow TOPO201` names a finding that cannot be allowed: it leaves nothing to write"),
                Expected("3️⃣", "TOPO132", "`topoc:allow TOPO299` names a code that is not there"),
            ])
    }

    @Test func theCommandLineIsCheckedAsWell() {
        let findings = Marked(assembly(star)).lint(allowing: ["TOPO309", "TOPO999", "TOPO304"]).report.findings
        #expect(
            findings.map(\.message) == [
                "`--allow TOPO304` names a finding that cannot be allowed: it leaves nothing to write",
                "`--allow TOPO999` names a code that is not there",
            ])
        #expect(findings.allSatisfy { $0.severity == .error && $0.span == nil })
    }

    /// What was not understood may have been what the rules miss.
    @Test func aTextOfWhichAPartIsNotUnderstood() {
        let body =
            "VM(0)\nVM(1, mac: nowhere)\nPartition(\"lan\") { Link(0, 1) }\nVM(2, mac: \"x\")  // topoc:allow TOPO205 unused"
        let codes = Set(Marked(assembly(body)).lint().report.findings.map(\.code))
        #expect(codes == ["TOPO108", "TOPO201"])
    }
}
