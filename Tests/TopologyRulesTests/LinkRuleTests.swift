// SPDX-License-Identifier: BSD-2-Clause

import Testing
import Wiring

@Suite struct LinkRuleTests {
    @Test func unknownVMsAndWhatWasMeant() {
        expectFindings(
            """
            VM(0, name: "web")
            VM(1, name: "db")
            Partition("lan") {
                Link("web", 1️⃣"bd")
                Mesh(0, 1, 2️⃣7)
                Link(3️⃣"1", 0)
            }
            Never(0, reaches: 4️⃣"wbe")
            """,
            [
                Expected(
                    "1️⃣", "TOPO301", "partition \"lan\" names VM \"bd\", which is not declared; did you mean \"db\"?"),
                Expected("2️⃣", "TOPO301", "partition \"lan\" names VM 7, which is not declared; did you mean 1?"),
                Expected("3️⃣", "TOPO301", "partition \"lan\" names VM \"1\", which is not declared; did you mean 1?"),
                Expected("4️⃣", "TOPO301", "a Never names VM \"wbe\", which is not declared; did you mean \"web\"?"),
            ])
    }

    @Test func nothingNearIsNotSuggested() {
        expectFindings(
            "VM(0, name: \"web\")\nVM(1, name: \"db\")\nPartition(\"lan\") { Link(0, 1)\nLink(0, 1️⃣\"gateway\") }",
            [Expected("1️⃣", "TOPO301", "partition \"lan\" names VM \"gateway\", which is not declared")])
    }

    @Test func selfLinksInEveryShape() {
        expectFindings(
            """
            VMs(0..<3)
            Partition("lan") {
                Mesh(0..<3)
            }
            Partition("other") {
                Link(1️⃣0, 2️⃣0)
                Connect(3️⃣1, to: 4️⃣1)
                Star(hub: 5️⃣2, 6️⃣2)
                Line(7️⃣0, 8️⃣0)
            }
            """,
            [
                Expected("2️⃣", "TOPO302", "VM 0 is linked with itself", labels: "1️⃣"),
                Expected("4️⃣", "TOPO302", "VM 1 is linked with itself", labels: "3️⃣"),
                Expected("6️⃣", "TOPO302", "VM 2 is linked with itself", labels: "5️⃣"),
                Expected("8️⃣", "TOPO302", "VM 0 is linked with itself", labels: "7️⃣"),
            ])
    }

    @Test func aPeerTwiceInARow() {
        expectFindings(
            "VMs(0..<2)\nPartition(\"lan\") {\n    Connect(0, to: 1️⃣1, 2️⃣1)\n    Connect(1, to: 0)\n}",
            [Expected("2️⃣", "TOPO303", "partition \"lan\" links VMs 0 and 1 more than once", labels: "1️⃣")])
    }

    @Test func aShapeThatRepeatsAnotherIsOneFinding() {
        expectFindings(
            "VMs(0..<8)\nPartition(\"lan\") {\n    1️⃣Mesh(0..<8)\n    2️⃣Ring(0..<8)\n}",
            [
                Expected(
                    "2️⃣", "TOPO303",
                    "partition \"lan\" links 8 pairs of VMs (0–1, 1–2, 2–3, 3–4 and 4 more) more than once",
                    labels: "1️⃣")
            ], target: .lab)
    }

    @Test func aRowWithoutAnAnswer() {
        expectFindings(
            """
            VMs(0..<3)
            Partition("lan") {
                Connect(0, to: 1, 1️⃣2)
                Connect(1, to: 0)
                Link(1, 2)
            }
            """,
            [Expected("1️⃣", "TOPO304", "VM 0 connects to VM 2, which does not connect back")],
            ignoring: ["TOPO309"])
    }

    @Test func theRowThatShouldAnswerIsShown() {
        expectFindings(
            """
            VMs(0..<3)
            Partition("lan") {
                Connect(0, to: 1, 1️⃣2)
                Connect(1, to: 0, 2)
                2️⃣Connect(2, to: 1)
            }
            """,
            [Expected("1️⃣", "TOPO304", "VM 0 connects to VM 2, which does not connect back", labels: "2️⃣")])
    }

    @Test func theFixCompletesTheRow() {
        let fixed = fixing(
            assembly(
                """
                VMs(0..<4)
                Partition("lan") {
                    Connect(0, to: 1, 2, 3)
                    Connect(1, to: 2, queueLength: 256) // has no 0
                    Connect(2, to: 1, 0)
                }
                """))
        #expect(fixed.contains("Connect(1, to: 2, 0, queueLength: 256) // has no 0"))
        #expect(fixed.contains("    Connect(0, to: 1, 2, 3)\n    Connect(3, to: 0)\n"))
        #expect(!Marked(fixed).lint().report.findings.contains { $0.code == "TOPO304" })
    }

    @Test func theFixWritesTheRowOnItsOwnLine() {
        let fixed = fixing(
            assembly("VM(0, name: \"a\")\nVM(1, name: \"b\")\nPartition(\"lan\") { Connect(\"a\", to: \"b\") }"))
        #expect(fixed.contains("{ Connect(\"a\", to: \"b\")\nConnect(\"b\", to: \"a\") }"))
        #expect(Marked(fixed).lint().report.findings == [])
    }

    @Test func rowsOfALoopAreNotFixed() {
        let body = "VMs(0..<3)\nPartition(\"lan\") { for n in 1..<3 { Connect(0, to: n) } }"
        let findings = Marked(assembly(body)).lint().report.findings.filter { $0.code == "TOPO304" }
        #expect(findings.count == 2)
        #expect(findings.flatMap(\.fixIts) == [])
    }

    @Test func aPairBelongsToOnePartition() {
        expectFindings(
            """
            VMs(0..<4)
            Partition("left") { 1️⃣Mesh(0, 1, 2) }
            Partition("right") {
                2️⃣Mesh(0, 1, 3)
            }
            """,
            [
                Expected(
                    "2️⃣", "TOPO305", "VMs 0 and 1 are linked by partition \"right\" and by partition \"left\"",
                    labels: "1️⃣")
            ])
    }

    @Test func halvesOfOnePairInTwoPartitions() {
        expectFindings(
            "VMs(0..<2)\nPartition(\"a\") { Connect(0, to: 1️⃣1) }\nPartition(\"b\") { Connect(1, to: 2️⃣0) }",
            [
                Expected(
                    "2️⃣", "TOPO305", "VMs 0 and 1 are linked by partition \"b\" and by partition \"a\"", labels: "1️⃣")
            ])
    }

    @Test func aVMMayBeInSeveralPartitions() {
        expectFindings("VMs(0..<3)\nPartition(\"a\") { Link(0, 1) }\nPartition(\"b\") { Link(1, 2) }", [])
    }

    @Test func rowsOfALinkAgreeOnSizes() {
        expectFindings(
            """
            VMs(0..<2)
            Partition("lan", queueLength: 128) {
                1️⃣Connect(0, to: 1)
                2️⃣Connect(1, to: 0, sharedMemory: 65536)
            }
            """,
            [
                Expected(
                    "2️⃣", "TOPO306",
                    "the link of VMs 0 and 1 has 128 descriptors and 65536 bytes in one row and 128 descriptors and "
                        + "32768 bytes in the other", labels: "1️⃣")
            ])
    }

    @Test func sizesSaidTwiceMayAgree() {
        expectFindings(
            """
            VMs(0..<2)
            Partition("lan", queueLength: 128) {
                Connect(0, to: 1)
                Connect(1, to: 0, queueLength: 128)
            }
            """, [])
    }

    @Test func emptyPartitionsAndShapes() {
        expectFindings(
            """
            VMs(0..<2)
            Partition("lan") { Link(0, 1) }
            Partition(1️⃣"spare") {}
            Partition("odd") {
                2️⃣Mesh(0)
                3️⃣Ring(5..<5)
                4️⃣Star(hub: 1)
            }
            """,
            [
                Expected("1️⃣", "TOPO307", "partition \"spare\" declares no link"),
                Expected("2️⃣", "TOPO310", "a Mesh names only 0"),
                Expected("3️⃣", "TOPO310", "a Ring names none"),
                Expected("4️⃣", "TOPO310", "a Star names only 1"),
            ])
    }

    @Test func vmsInNoPartition() {
        expectFindings(
            "VM(0)\nVM(1)\nVM(1️⃣2)\nVM(2️⃣3, name: \"spare\")\nPartition(\"lan\") { Link(0, 1) }",
            [
                Expected("1️⃣", "TOPO308", "VM 2 is in no partition"),
                Expected("2️⃣", "TOPO308", "VM 3 (\"spare\") is in no partition"),
            ])
    }

    @Test func noPartitionAtAllIsOneFinding() {
        let marked = Marked("import Topology\n\nAssembly(1️⃣\"test\") {\n    VMs(0..<8)\n}\n")
        let findings = marked.lint().report.findings
        #expect(findings.map(\.code) == ["TOPO308"])
        #expect(marked.mark(at: findings.first?.span?.lowerBound) == "1️⃣")
    }

    @Test func aBroadcastDomainNamesTheMissingPairs() {
        expectFindings(
            """
            VMs(0..<5)
            Partition(1️⃣"lan") {
                2️⃣Ring(0..<5)
            }
            """,
            [
                Expected(
                    "1️⃣", "TOPO309",
                    "in partition \"lan\" 5 pairs of VMs are not linked and will not hear each other's broadcasts "
                        + "(ARP): 0–2, 0–3, 1–3, 1–4 and 1 more", labels: "2️⃣")
            ])
    }

    @Test func broadcastDomainsOfOnePartitionAreApart() {
        expectFindings("VMs(0..<4)\nPartition(\"lan\") {\n    Link(0, 1)\n    Link(2, 3)\n}", [])
    }

    @Test func aTopologyHasVMs() {
        let marked = Marked(
            "import Topology\n\nAssembly(1️⃣\"test\") {\n    VMs(0..<0)\n    Partition(\"lan\") { Link(0, 1) }\n}\n")
        let findings = marked.lint().report.findings
        #expect(findings.map(\.code) == ["TOPO311"])
        #expect(marked.mark(at: findings.first?.span?.lowerBound) == "1️⃣")
    }
}
