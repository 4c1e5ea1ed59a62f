// SPDX-License-Identifier: BSD-2-Clause

import Testing
import TopologyRules
import Wiring

/// Large topologies: a fault is said once, however many VMs have it, and messages stay readable.
@Suite struct ScaleTests {
    private func lint(_ body: String, _ target: Target) -> LintResult { Marked(assembly(body)).lint(target) }

    private let largePool = "AddressPool(ip: \"10.0.0.1/8\")\n"

    @Test func aStarOfTenThousand() {
        let result = lint(
            largePool + "VMs(0..<10_000)\nPartition(\"lan\") { Star(hub: 0, 1..<10_000) }", .newest.overTree)
        let codes = result.report.findings.map(\.code)
        #expect(Set(codes) == ["TOPO309", "TOPO401", "TOPO402", "TOPO403", "TOPO404"])
        #expect(codes.count == 5)
        #expect(result.report.findings.allSatisfy { $0.message.utf8.count < 300 })
    }

    @Test func aMeshOfThreeHundred() {
        let result = lint(largePool + "VMs(0..<300)\nPartition(\"lan\") { Mesh(0..<300) }", .lab)
        #expect(result.report.findings == [])
        #expect(result.wiring?.flows.count == 300 * 299)
    }

    @Test func aMeshTwiceIsOneFault() {
        let body =
            "VMs(0..<100)\nPartition(\"lan\") { Mesh(0..<100)\nMesh(0..<100) }\nPartition(\"wan\") { Mesh(0..<100) }"
        #expect(lint(body, .lab).report.findings.map(\.code) == ["TOPO303", "TOPO305"])
    }

    @Test func everyLinkOfAMeshForbidden() {
        let body = "VMs(0..<100)\nPartition(\"lan\") { Mesh(0..<100) }\nNever(0..<50, reaches: 50..<100)"
        let findings = lint(body, .lab).report.findings
        #expect(findings.map(\.code) == ["TOPO501"])
        #expect(findings[0].labels.count <= 4)
    }

    @Test func fiveThousandPartitions() {
        let body =
            largePool + "VMs(0..<10_000)\nfor n in 0..<5_000 { Partition(\"p\\(n)\") { Link(2 * n, 2 * n + 1) } }"
        #expect(lint(body, .lab).report.findings == [])
    }

    @Test func addressesThatAllHave() {
        let body =
            "for n in 0..<2_000 { VM(n, mac: \"02:00:00:00:AA:01\", ip: \"10.0.0.1/8\", hostname: \"web\") }\n"
            + "Partition(\"lan\") { Star(hub: 0, 1..<2_000) }"
        let findings = lint(body, .lab).report.findings.filter { $0.code != "TOPO309" }
        #expect(findings.map(\.code) == ["TOPO206", "TOPO212", "TOPO224"])
        #expect(findings[0].message == "VM 0, VM 1, VM 2, VM 3 and 1996 more have the MAC address 02:00:00:00:AA:01")
    }
}
