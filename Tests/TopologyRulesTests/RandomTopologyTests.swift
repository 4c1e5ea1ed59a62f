// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import Testing
import TopologyLanguage
import TopologyRules
import Wiring

/// What holds for any topology, checked on many that a seed makes.
@Suite struct RandomTopologyTests {
    @Test(arguments: 0..<12) func whatHasNoErrorIsWired(_ seed: Int) {
        var random = Seeded(seed: UInt64(seed))
        let allowable = Set(Catalogue.descriptions.filter(\.isAllowable).map(\.code))
        for _ in 0..<10 {
            let text = RandomTopology.text(&random)
            for target in [Target.newest, .camkes3_8, .lab] {
                let result = Marked(text).lint(target, allowing: allowable)
                #expect(result.report.hasErrors || result.wiring != nil, "\(text)")
            }
            let findings = Marked(text).lint().report.findings
            #expect(Marked(text).lint().report.findings == findings)
            #expect(Set(findings).count == findings.count)
            #expect(findings.filter { $0.message.utf8.count > 400 } == [])
        }
    }

    @Test(arguments: 0..<8) func fixesMendAndBreakNothing(_ seed: Int) {
        var random = Seeded(seed: UInt64(1000 + seed))
        for _ in 0..<6 {
            let text = RandomTopology.text(&random)
            let before = Set(Marked(text).lint().report.findings.map(\.code))
            let after = Marked(fixing(text)).lint().report.findings
            #expect(after.filter { !$0.fixIts.isEmpty } == [], "\(text)")
            // A row that answers may show what the missing one hid.
            let mayAppear: Set = ["TOPO215", "TOPO306", "TOPO401", "TOPO402", "TOPO408", "TOPO409", "TOPO410"]
            #expect(Set(after.map(\.code)).subtracting(before).subtracting(mayAppear) == [], "\(text)")
        }
    }
}

/// A generator of numbers that a seed decides (SplitMix64).
struct Seeded: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
        return z ^ z >> 31
    }
}

/// Topologies with few VMs and many faults.
private enum RandomTopology {
    static func text(_ random: inout Seeded) -> String {
        var lines: [String] = []
        if Int.random(in: 0..<3, using: &random) == 0 {
            lines.append("AddressPool(mac: \"\(mac(&random))\", ip: \"\(ip(&random))\")")
        }
        if Int.random(in: 0..<4, using: &random) == 0 {
            lines.append("Guest(memoryMiB: \(pick([64, 128, 0, 4096], &random)), heap: \(pick([65536, 5], &random)))")
        }
        let count = Int.random(in: 0..<7, using: &random)
        for n in 0..<count { lines.append(vm(n, &random)) }
        for n in 0..<Int.random(in: 0..<4, using: &random) {
            let name = pick(["a", "b", "lan\(n)", "lan\(n)", "serial", "int"], &random)
            let links = (0..<Int.random(in: 0..<4, using: &random)).map { _ in "        " + link(&random) }
            lines.append("Partition(\"\(name)\"\(queues(&random))) {\n" + (links + ["    }"]).joined(separator: "\n"))
        }
        if Bool.random(using: &random) { lines.append("Never(\(member(&random)), reaches: \(member(&random)))") }
        return "import Topology\n\nAssembly(\"test\") {\n" + lines.map { "    \($0)\n" }.joined() + "}\n"
    }

    private static func vm(_ n: Int, _ random: inout Seeded) -> String {
        var arguments = ["\(Int.random(in: 0..<8, using: &random) == 0 ? Int.random(in: -1..<9, using: &random) : n)"]
        if Int.random(in: 0..<4, using: &random) == 0 {
            arguments.append("name: \"\(pick(["x\(n)", "x", "a-b", "y_\(n)"], &random))\"")
        }
        if Int.random(in: 0..<4, using: &random) == 0 { arguments.append("mac: \"\(mac(&random))\"") }
        if Int.random(in: 0..<4, using: &random) == 0 { arguments.append("ip: \"\(ip(&random))\"") }
        return "VM(\(arguments.joined(separator: ", ")))"
    }

    private static func link(_ random: inout Seeded) -> String {
        let first = member(&random)
        let others = (0..<Int.random(in: 1..<4, using: &random)).map { _ in member(&random) }.joined(separator: ", ")
        return switch Int.random(in: 0..<6, using: &random) {
        case 0: "Mesh(\(first), \(others)\(queues(&random)))"
        case 1: "Star(hub: \(first), \(others)\(queues(&random)))"
        case 2: "Ring(\(first), \(others)\(queues(&random)))"
        case 3: "Link(\(first), \(member(&random))\(queues(&random)))"
        default: "Connect(\(first), to: \(others)\(queues(&random)))"
        }
    }

    private static func member(_ random: inout Seeded) -> String { "\(Int.random(in: 0..<7, using: &random))" }

    private static func queues(_ random: inout Seeded) -> String {
        var settings = ""
        if Int.random(in: 0..<6, using: &random) == 0 {
            settings += ", queueLength: \(pick([256, 200, 16, 1], &random))"
        }
        if Int.random(in: 0..<6, using: &random) == 0 {
            settings += ", sharedMemory: \(pick([32768, 4096, 5000, -1], &random))"
        }
        return settings
    }

    private static func mac(_ random: inout Seeded) -> String {
        pick(
            [
                "02:00:00:00:AA:01", "00:00:00:00:00:00", "FF:FF:FF:FF:FF:FF", "33:33:00:00:00:01", "00:1B:21:00:00:07",
                "02:00:00:FF:FF:FF", "nonsense",
            ], &random)
    }

    private static func ip(_ random: inout Seeded) -> String {
        pick(
            [
                "192.168.1.1/24", "192.168.1.9/24", "192.168.1.255/24", "10.0.0.0/8", "127.0.0.1/8", "10.0.0.1/32",
                "10.0.0",
            ],
            &random)
    }

    private static func pick<Value>(_ values: [Value], _ random: inout Seeded) -> Value {
        values[Int.random(in: values.indices, using: &random)]
    }
}
