// SPDX-License-Identifier: BSD-2-Clause

import Testing
import Wiring

@Suite struct ReachabilityRuleTests {
    @Test func aLinkContradictsInEitherDirection() {
        expectFindings(
            """
            VMs(0..<2)
            Partition("lan") { 1️⃣Link(0, 1) }
            Never(0, reaches: 2️⃣1)
            Never(1, reaches: 3️⃣0)
            """,
            [
                Expected("2️⃣", "TOPO501", "VM 0 must never reach VM 1, but partition \"lan\" links them", labels: "1️⃣"),
                Expected("3️⃣", "TOPO501", "VM 1 must never reach VM 0, but partition \"lan\" links them", labels: "1️⃣"),
            ])
    }

    @Test func halfALinkContradictsToo() {
        expectFindings(
            "VMs(0..<2)\nPartition(\"lan\") { Connect(1, to: 1️⃣0) }\nNever(0, reaches: 2️⃣1)",
            [Expected("2️⃣", "TOPO501", "VM 0 must never reach VM 1, but partition \"lan\" links them", labels: "1️⃣")],
            ignoring: ["TOPO304"])
    }

    @Test func oneNeverIsOneFinding() {
        let body = "VMs(0..<5)\nPartition(\"lan\") { Mesh(0..<5) }\nNever(0..<2, reaches: 2..<5)"
        let findings = Marked(assembly(body)).lint().report.findings
        #expect(findings.map(\.code) == ["TOPO501"])
        #expect(findings[0].notes[0] == "so are the pairs 0–3, 0–4, 1–2, 1–3 and 1 more of this Never")
    }

    @Test func aWayThroughOthersIsAWarningThatNamesIt() {
        expectFindings(
            """
            VMs(0..<4)
            Partition("a") { 1️⃣Link(0, 1) }
            Partition("b") { 2️⃣Link(1, 2) }
            Partition("c") { 3️⃣Link(2, 3) }
            Never(3, reaches: 4️⃣0)
            """,
            [
                Expected(
                    "4️⃣", "TOPO502", "VM 3 must never reach VM 0, but can through other VMs: 3 → 2 → 1 → 0",
                    labels: "3️⃣2️⃣1️⃣")
            ])
    }

    @Test func aLongWayIsCut() {
        let body = "VMs(0..<20)\nPartition(\"lan\") { Line(0..<20) }\nNever(0, reaches: 19)"
        let findings = Marked(assembly(body)).lint(.lab).report.findings.filter { $0.code == "TOPO502" }
        #expect(
            findings.map(\.message) == [
                "VM 0 must never reach VM 19, but can through other VMs: "
                    + "0 → 1 → 2 → 3 → … 12 more … → 16 → 17 → 18 → 19"
            ])
    }

    @Test func disjointPartitionsAreApart() {
        expectFindings(
            "VMs(0..<4)\nPartition(\"a\") { Link(0, 1) }\nPartition(\"b\") { Link(2, 3) }\nNever(0..<2, reaches: 2..<4)",
            [])
    }

    @Test func slipsOfTheAssertionItself() {
        expectFindings(
            """
            VMs(0..<4)
            Partition("a") { Link(0, 1) }
            Partition("b") { Link(2, 3) }
            Never(1️⃣0, reaches: 2️⃣0)
            3️⃣Never(0, reaches: 2..<2)
            4️⃣Never(2..<2, reaches: 2)
            Never(0, reaches: 5️⃣9)
            """,
            [
                Expected("2️⃣", "TOPO503", "VM 0 must never reach itself", labels: "1️⃣"),
                Expected(
                    "3️⃣", "TOPO504", "a Never names no VM on one side, so that nobody is kept from being reached"),
                Expected(
                    "4️⃣", "TOPO504", "a Never names no VM on one side, so that nobody is kept from reaching others"),
                Expected("5️⃣", "TOPO301", "a Never names VM 9, which is not declared; did you mean 3?"),
            ])
    }

    @Test func pairsAreFoundTheSameWayFromRowsAndByLookingUp() {
        // Six sources and six destinations of few links each: rows are walked. Two and two: pairs are looked up.
        let ring = "VMs(0..<12)\nPartition(\"lan\") { Ring(0..<12) }\n"
        for (never, message) in [
            ("Never(0..<6, reaches: 6..<12)", "VM 0 must never reach VM 11, but partition \"lan\" links them"),
            ("Never(0, reaches: 11)", "VM 0 must never reach VM 11, but partition \"lan\" links them"),
        ] {
            let findings = Marked(assembly(ring + never)).lint(.lab).report.findings.filter { $0.code == "TOPO501" }
            #expect(findings.map(\.message) == [message])
        }
    }
}
