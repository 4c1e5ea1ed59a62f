// SPDX-License-Identifier: BSD-2-Clause

import Testing
import Wiring

@Suite struct NameRuleTests {
    private let lan = "Partition(\"lan\") { Link(0, 1) }"

    @Test func aNumberThatTwoVMsHaveShowsBothPlaces() {
        expectFindings(
            "VM(1️⃣0)\nVM(1)\nVM(2️⃣0)\n\(lan)",
            [Expected("2️⃣", "TOPO221", "VM 0 and VM 0 have the same number, 0", labels: "1️⃣")])
    }

    @Test func aVMByNameHasItsPositionAsNumber() {
        expectFindings(
            "VM(1️⃣1)\nVM(2️⃣\"web\")\n\(lan)",
            [
                Expected("2️⃣", "TOPO221", "VM 1 and VM 1 (\"web\") have the same number, 1", labels: "1️⃣")
            ], ignoring: ["TOPO301"])
    }

    @Test func gapsAndNumbersOutOfRangeAreOneFinding() {
        expectFindings(
            "VM(0)\nVM(1️⃣3)\nVM(2️⃣7)\nPartition(\"lan\") { Mesh(0, 3, 7) }",
            [
                Expected(
                    "1️⃣", "TOPO223", "VM 3 is out of range: 3 VMs must be numbered 0 to 2, and 1 and 2 are missing",
                    labels: "2️⃣")
            ])
    }

    @Test func negativeNumbersAreOutOfRange() {
        expectFindings(
            "VM(0)\nVM(1️⃣-1)\nPartition(\"lan\") { Link(0, -1) }",
            [Expected("1️⃣", "TOPO223", "VM -1 is out of range: 2 VMs must be numbered 0 to 1, and 1 is missing")])
    }

    @Test func namesAndHostNamesAreUnique() {
        expectFindings(
            """
            VM(0, name: 1️⃣"web", hostname: "a")
            VM(1, name: 2️⃣"web", hostname: "b")
            VM(2, hostname: 3️⃣"c")
            VM(3, name: 4️⃣"C")
            Partition("lan") { Mesh(0..<4) }
            """,
            [
                Expected("2️⃣", "TOPO222", "VM 0 (\"web\") and VM 1 (\"web\") have the same name", labels: "1️⃣"),
                Expected("4️⃣", "TOPO224", "VM 2 and VM 3 (\"C\") have the host name \"c\"", labels: "3️⃣"),
            ])
    }

    @Test func anInstanceIsTheNameOfItsVM() {
        expectFindings(
            "VM(1️⃣0, hostname: \"a\")\nVM(1, hostname: 2️⃣\"VM0\")\n\(lan)",
            [
                Expected(
                    "2️⃣", "TOPO224", "VM 1 has the host name \"VM0\", which is the instance of another VM", labels: "1️⃣")
            ])
    }

    @Test func oneNameForTwoIsNotSaidTwice() {
        expectFindings(
            "VM(0, name: 1️⃣\"web\")\nVM(1, name: 2️⃣\"web\")\n\(lan)",
            [Expected("2️⃣", "TOPO222", "VM 0 (\"web\") and VM 1 (\"web\") have the same name", labels: "1️⃣")])
    }

    @Test(arguments: [
        "", "-web", "web-", "we b", "web#", "web\\n10.0.0.9 evil", "a..b", "wéb", String(repeating: "a", count: 65),
    ])
    func hostNamesByRFC1123(_ name: String) {
        let marked = Marked(assembly("VM(0, hostname: 1️⃣\"\(name)\")\nVM(1)\n\(lan)"))
        let findings = marked.lint().report.findings
        #expect(findings.map(\.code) == ["TOPO225"])
        #expect(marked.mark(at: findings.first?.span?.lowerBound) == "1️⃣")
        #expect(findings.first?.message.contains("\n") == false)
    }

    @Test func aNameIsAHostNameWithHyphens() {
        expectFindings("VM(0, name: \"web_server\")\nVM(1, hostname: \"db.example.org\")\n\(lan)", [])
        expectFindings(
            "VM(0, name: 1️⃣\"_web\")\nVM(1)\n\(lan)",
            [Expected("1️⃣", "TOPO225", "VM 0 (\"_web\") has the host name \"-web\", which is none")])
    }

    @Test func namesAreIdentifiers() {
        let text = """
            import Topology

            Assembly(1️⃣"my app") {
                VM(0, name: 2️⃣"web-server")
                VM(1)
                Partition(3️⃣"2nd") { Link(0, 1) }
            }
            """
        let marked = Marked(text)
        let found = marked.lint().report.findings.map {
            "\(marked.mark(at: $0.span?.lowerBound)) \($0.code) \($0.message)"
        }
        #expect(
            found == [
                "1️⃣ TOPO231 the assembly is named \"my app\", which is no C identifier",
                "2️⃣ TOPO231 VM 0 is named \"web-server\", which is no C identifier",
                "3️⃣ TOPO231 a partition is named \"2nd\", which is no C identifier",
            ])
    }

    @Test(arguments: ["component", "Buf", "int", "typeof", "linux", "us", "template"])
    func keywordsAreNoPartitions(_ name: String) {
        expectFindings(
            "VMs(0..<2)\nPartition(1️⃣\"\(name)\") { Link(0, 1) }",
            [Expected("1️⃣", "TOPO231", "a partition is named \"\(name)\", which is a keyword")])
    }

    @Test(arguments: [
        ("serial", "an instance"), ("fserv", "an instance"), ("init", "an instance"), ("vm12", "an instance"),
        ("fs0", "a connection"), ("serial_guest_vm31", "a connection"), ("pit3_timer", "a connection"),
        ("serial_rtc", "a connection"), ("Init7", "a component type"), ("VirtQueueInit", "a component type"),
        ("VirtQueueDrv", "an interface type"), ("CAT", "a macro"), ("VM_INIT_DEF", "a macro"),
        ("VM0_lan", "a macro"), ("__CALL1", "a macro"),
    ])
    func namesThatTheTreeUses(_ name: String, _ use: String) {
        expectFindings(
            "VMs(0..<2)\nPartition(1️⃣\"\(name)\") { Link(0, 1) }",
            [Expected("1️⃣", "TOPO232", "a partition is named \"\(name)\", which is \(use) of camkes-vm")])
    }

    @Test func namesThatTheHeaderUses() {
        expectFindings(
            "VMs(0..<2)\nPartition(1️⃣\"TOPOC_EACH\") { Link(0, 1) }",
            [
                Expected(
                    "1️⃣", "TOPO232",
                    "a partition is named \"TOPOC_EACH\", which is kept for the macros of topoc's own header")
            ])
    }

    @Test(arguments: ["topology_def", "lan", "vm", "serial0", "vmlan", "VMs", "fsx", "initial"])
    func namesThatAreFree(_ name: String) {
        expectFindings("VMs(0..<2)\nPartition(\"\(name)\") { Link(0, 1) }", [])
    }

    @Test func partitionsHaveNamesOfTheirOwn() {
        expectFindings(
            "VMs(0..<4)\nPartition(1️⃣\"lan\") { Link(0, 1) }\nPartition(2️⃣\"lan\") { Link(2, 3) }",
            [Expected("2️⃣", "TOPO233", "two partitions are named \"lan\"", labels: "1️⃣")])
    }

    @Test func whatIsMadeOfTheNamesIsUniqueToo() {
        expectFindings(
            """
            VMs(0..<6)
            Partition(1️⃣"lan") {
                Link(0, 1)
                Link(2, 3, queueLength: 128)
            }
            Partition(2️⃣"lan_q128_s32768") { Link(4, 5) }
            """,
            [
                Expected(
                    "2️⃣", "TOPO234",
                    "partitions \"lan\" and \"lan_q128_s32768\" both lead to the name \"lan_q128_s32768\"",
                    labels: "1️⃣")
            ])
    }

    @Test func anInstanceAndAConnectionAreOneScope() {
        expectFindings(
            "VMs(0..<4)\nPartition(1️⃣\"init_lan\") { Link(0, 1) }\nPartition(2️⃣\"lan_conn\") { Link(2, 3) }",
            [
                Expected(
                    "2️⃣", "TOPO234",
                    "partitions \"init_lan\" and \"lan_conn\" both lead to the name \"init_lan_conn\"", labels: "1️⃣")
            ])
    }
}
