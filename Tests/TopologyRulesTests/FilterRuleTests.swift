// SPDX-License-Identifier: BSD-2-Clause

import Testing
import TopologyRules
import Wiring

@Suite struct FilterRuleTests {
    private static func filtered(_ rules: String, _ more: String = "") -> String {
        "VM(\"a\")\nVM(\"b\")\n\(more)Filter(1️⃣\"fw\", between: \"a\", and: \"b\") {\n\(rules)\n}"
    }

    @Test func aFilterBetweenVMsThatAreNotThere() {
        expectFindings(
            "VM(\"a\")\nVM(\"b\")\nPartition(\"lan\") { Link(0, 1) }\nFilter(\"fw\", between: \"a\", and: 1️⃣\"c\") { Allow(.any) }",
            [
                Expected(
                    "1️⃣", "TOPO301", "filter \"fw\" names VM \"c\", which is not declared; did you mean \"a\"?")
            ])
    }

    @Test func aLinkBesideAFilterIsAFault() {
        expectFindings(
            Self.filtered("Allow(.any)", "Partition(\"lan\") { 2️⃣Link(0, 1) }\n").replacing(
                "Filter(1️⃣", with: "1️⃣Filter("),
            [
                Expected(
                    "1️⃣", "TOPO305",
                    "VMs 0 and 1 are linked by partition \"fw\" and by partition \"lan\"", labels: "2️⃣")
            ])
    }

    @Test func rulesTogetherHideOne() {
        expectFindings(
            Self.filtered(
                """
                2️⃣Allow(.tcp, port: 0...1000)
                3️⃣Allow(.tcp, port: 1001...65535)
                4️⃣Deny(.tcp, from: "a", source: "10.0.0.1/32")
                """),
            [
                Expected(
                    "4️⃣", "TOPO324", "no frame comes to Deny(.tcp, from: \"a\", source: \"10.0.0.1/32\")",
                    labels: "2️⃣3️⃣")
            ])
        // Of an open range one port is left.
        expectFindings(
            Self.filtered("Allow(.tcp, port: 0...1000)\nAllow(.tcp, port: 1002...65535)\nDeny(.tcp, port: 1001)"), [])
    }

    @Test func fragmentsAndMalformedFramesAreNotAny() {
        expectFindings(Self.filtered("Deny(.any)\nAllow(.fragments)\nAllow(.malformed, from: \"a\")"), [])
    }

    @Test func whatIsAllowedAndDeniedIsAConflict() {
        expectFindings(
            Self.filtered("2️⃣Allow(.icmp, from: \"a\")\n3️⃣Deny(.icmp, from: \"a\")"),
            [
                Expected(
                    "3️⃣", "TOPO325",
                    "Deny(.icmp, from: \"a\") contradicts Allow(.icmp, from: \"a\"), which decides first", labels: "2️⃣")
            ])
    }

    @Test(arguments: [
        ("Allow(.icmp, port: 2️⃣5555)", "TOPO322"), ("Allow(.ip, port: 2️⃣53)", "TOPO322"),
        ("Allow(.ipv4, answers: 2️⃣false)", "TOPO322"), ("Allow(.udp, answers: 2️⃣true)", "TOPO322"),
        ("Allow(.arp, source: 2️⃣\"10.0.0.0/8\")", "TOPO322"), ("Allow(.tcp, etherType: 2️⃣0x800)", "TOPO322"),
        ("Allow(.tcp, ipProtocol: 2️⃣6)", "TOPO322"), ("Allow(.any, burst: 2️⃣5)", "TOPO322"),
        ("Allow(.tcp, port: 2️⃣65536)", "TOPO323"), ("Allow(.tcp, port: 2️⃣-1)", "TOPO323"),
        ("Allow(.tcp, port: 2️⃣7..<7)", "TOPO323"), ("Allow(.any, etherType: 2️⃣0x10000)", "TOPO323"),
        ("Allow(.ip, ipProtocol: 2️⃣256)", "TOPO323"), ("Allow(.ip, rate: 2️⃣0)", "TOPO323"),
        ("Allow(.ip, rate: 1, burst: 2️⃣0)", "TOPO323"), ("Allow(.ip, source: 2️⃣\"10.0.0.1\")", "TOPO323"),
        ("Allow(.ip, sourceMAC: 2️⃣\"02\")", "TOPO323"), ("Allow(.ip, from: 2️⃣\"c\")", "TOPO321"),
    ])
    func whatHasNoMeaning(_ rule: String, _ code: String) {
        let marked = Marked(assembly(Self.filtered(rule + "\nAllow(.any)")))
        let findings = marked.lint().report.findings
        #expect(findings.map(\.code) == [code])
        #expect(marked.mark(at: findings.first?.span?.lowerBound) == "2️⃣")
    }

    // MARK: - Never

    @Test func aFilterThatLetsNothingPassKeepsApart() {
        let rules = "Allow(.udp, port: 514, from: \"a\", answers: false)"
        expectFindings(Self.filtered(rules) + "\nNever(\"b\", reaches: \"a\")", [])
        expectFindings(
            Self.filtered("2️⃣" + rules) + "\nNever(\"a\", reaches: 3️⃣\"b\")",
            [
                Expected(
                    "3️⃣", "TOPO501",
                    "VM 0 (\"a\") must never reach VM 1 (\"b\"), but filter \"fw\" lets pass UDP over IPv4 to port 514",
                    labels: "2️⃣")
            ])
    }

    @Test func answersReachToo() {
        expectFindings(
            Self.filtered("2️⃣Allow(.tcp, port: 80, from: \"a\")") + "\nNever(\"b\", reaches: 3️⃣\"a\")",
            [
                Expected(
                    "3️⃣", "TOPO501",
                    "VM 1 (\"b\") must never reach VM 0 (\"a\"), but filter \"fw\" lets pass TCP over IPv4 from port 80, "
                        + "answers", labels: "2️⃣")
            ])
    }

    @Test func aRelayGoesOnlyWhereFramesPass() {
        let more = "VM(\"c\")\nPartition(\"lan\") { 4️⃣Link(\"b\", \"c\") }\n"
        let rules = "Allow(.udp, port: 514, from: \"a\", answers: false)"
        expectFindings(Self.filtered(rules, more) + "\nNever(\"c\", reaches: \"a\")", [])
        let there = Marked(assembly(Self.filtered(rules, more) + "\nNever(\"a\", reaches: \"c\")"))
        #expect(there.lint().report.findings.map(\.code) == ["TOPO502"])
    }

    @Test func thePathNamesTheRule() throws {
        let text = assembly(Self.filtered("Allow(.arp)\nAllow(.tcp, port: 5555, from: \"a\")\nDeny(.any)"))
        let network = try #require(Marked(text).lint().network)
        #expect(
            PathExplanation.text(of: network, from: 1, to: 0) == """
                From VM 1 ("b") to VM 0 ("a"): through filter "fw", which lets pass
                  rule 1, Allow(.arp): ARP
                  rule 2, Allow(.tcp, port: 5555, from: "a"): TCP over IPv4 from port 5555, answers; TCP over IPv6 from \
                port 5555, answers
                  and drops everything else.

                """)
    }

    // MARK: - Data paths

    @Test func eachImplementationHasItsDataPath() throws {
        let native = Marked(assembly(Self.filtered("Allow(.any)")))
        #expect(native.lint(.newest).report.findings.isEmpty)
        #expect(native.lint(.lab).report.findings.isEmpty)
        #expect(native.lint(.newest.overTree).report.findings.map(\.code) == ["TOPO329"])
        #expect(native.lint(.camkes3_8).report.findings.map(\.code) == ["TOPO329"])
        let cakeML = Marked(
            assembly(
                "VMs(0..<2)\nFilter(\"fw\", between: 0, and: 1, implementation: .cakeML) { Allow(.any) }"))
        #expect(cakeML.lint(.newest.overTree).report.findings.isEmpty)
        #expect(cakeML.lint(.lab).report.findings.isEmpty)
        #expect(cakeML.lint(.newest).report.findings.map(\.code) == ["TOPO329"])
        #expect(cakeML.lint(.camkes3_8).report.findings.map(\.code) == ["TOPO329"])
    }
}
