// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import Testing
import Topology

@testable import TopologyLanguage

/// Values, faults that only a run finds, and where values were written.
@Suite struct EvaluationTests {
    private typealias Rules = LanguageRules

    /// The hostname that an expression gives.
    private func value(_ expression: String) -> String? {
        let file = Marked("import Topology\nAssembly(\"x\") { VM(0, hostname: \"\\(\(expression))\") }\n").file
        return file.findings.isEmpty ? file.assembly?.vms.first?.hostname?.value : nil
    }

    @Test(arguments: [
        ("7 / 2", "3"), ("-7 / 2", "-3"), ("-7 % 3", "-1"), ("1 + 2 * 3", "7"), ("(1 + 2) * 3", "9"),
        ("2 * 3 << 1", "12"), ("1 << 70", "0"), ("-1 >> 200", "-1"), ("1 << -1", "0"), ("6 & 3 | 8 ^ 1", "11"),
        ("~0", "-1"), ("0xff", "255"), ("0b1_01", "5"), ("0o17", "15"), ("007", "7"), ("1 < 2 && !(3 <= 2)", "true"),
        ("\"a\" < \"b\"", "true"), ("\"é\" == \"e\\u{301}\"", "true"), ("1 == 2 || 2 == 2", "true"),
        ("true ? 1 : 2", "1"), ("-9223372036854775808", "-9223372036854775808"), ("+3", "3"), ("\"a\" + \"b\"", "ab"),
        ("1 == 1 ? \"y\" : \"n\"", "y"), ("5 - 2 - 1", "2"), ("#\"\\n\"#", "\\n"), ("\"\\t\" == \"\\u{9}\"", "true"),
    ]) func expressions(_ text: String, _ wanted: String) {
        #expect(value(text) == wanted)
    }

    @Test(arguments: [
        ("9223372036854775807 1️⃣+ 1", "the result is more than a number of 64 bits can be"),
        ("-9223372036854775808 / -1", "the result is more than a number of 64 bits can be"),
        ("-(-9223372036854775808)", "the result is more than a number of 64 bits can be"),
        ("4611686018427387904 * 2", "the result is more than a number of 64 bits can be"),
        ("1 / 0", "division by zero"), ("1 % (1 - 1)", "division by zero"),
        ("9223372036854775808", "`9223372036854775808` is more than a number of 64 bits can be"),
        ("0x1_0000_0000_0000_0000", "`0x1_0000_0000_0000_0000` is more than a number of 64 bits can be"),
    ]) func arithmeticFaults(_ text: String, _ message: String) {
        let text = Marked(text).text
        expectFindings(in: "let a = 1️⃣\(text)", [Expected("1️⃣", Rules.arithmeticFault, message)])
    }

    @Test func aFaultInALoopIsSaidOnce() {
        expectFindings(
            in: "for n in 0..<9 { VM(n, hostname: \"\\(1️⃣1 / (n / 5))\") }",
            [Expected("1️⃣", Rules.arithmeticFault, "division by zero")])
        expectFindings(
            in: "for n in 0..<3 { for m in 1️⃣n..<1 { VM(m) } }",
            [Expected("1️⃣", Rules.descendingRange, "the range goes from 2 down to 1")])
    }

    /// What depends on a fault is left out without a further word; the rest is given.
    @Test func theRestIsGiven() {
        let file = Marked(
            "import Topology\nlet a = 1 / 0\nAssembly(\"x\") { VM(0); VM(a); VM(1, hostname: b, mac: \"m\"); VM(2) }\n"
        ).file
        #expect(
            file.findings.map(\.code) == [Rules.arithmeticFault.code, Rules.unknownName.code, Rules.argumentOrder.code])
        #expect(file.assembly?.vms.map(\.number?.value) == [0, 1, 2])
        #expect(!file.isWhole)
    }

    @Test func anAssemblyWithoutANameIsNone() {
        #expect(Marked("import Topology\nAssembly(1) { VM(0) }\n").file.assembly == nil)
        #expect(Marked("import Topology\nAssembly() { VM(0) }\n").file.assembly == nil)
        #expect(Marked("import Topology\nAssembly(\"\\(1 / 0)\") { VM(0) }\n").file.assembly == nil)
        #expect(Marked("import Topology\nAssembly(\"\") { VM(0) }\n").file.assembly?.name.value == "")
    }

    // MARK: Origins

    private func written(_ span: SourceSpan?, _ file: TopologyFile) -> String? {
        span.map { String(decoding: file.source.bytes[$0], as: UTF8.self) }
    }

    @Test func valuesHaveThePlaceThatWroteThem() throws {
        let file = Marked(
            """
            import Topology
            let mac = "02:00:00:00:00:01" // é
            Assembly("näme", queueLength: 1 + 2) {
                for n in 0..<2 { VM(n, mac: mac, ip: "10.0.0.\\(n + 1)/24", guest: Guest(heap: n * 2)) }
                VMs(2..<4, [5, 4 + 2])
                Partition("p") { Mesh(0, [1, 2], 3..<5, sharedMemory: 4096) }
                Never(0, reaches: "a")
                AddressPool(ip: "10.0.0.1/8")
            }

            """
        ).file
        let assembly = try #require(file.assembly)
        #expect(file.findings.isEmpty)
        #expect(written(assembly.name.origin.span, file) == "\"näme\"")
        #expect(written(assembly.queues.length?.origin.span, file) == "1 + 2")
        let vm = assembly.vms[1]
        #expect(written(vm.number?.origin.span, file) == "n")
        #expect(written(vm.mac?.origin.span, file) == "mac")
        #expect(written(vm.ip?.origin.span, file) == "\"10.0.0.\\(n + 1)/24\"")
        #expect(written(vm.guest.heap?.origin.span, file) == "n * 2")
        #expect(written(vm.guest.origin.span, file) == "Guest(heap: n * 2)")
        #expect(written(vm.origin.span, file)?.hasPrefix("VM(n,") == true)
        #expect(assembly.vms[2...].map { written($0.number?.origin.span, file) } == ["2..<4", "2..<4", "5", "4 + 2"])
        let mesh = assembly.partitions[0].links[0]
        #expect(mesh.members.map { written($0.origin.span, file) } == ["0", "1", "2", "3..<5", "3..<5"])
        #expect(written(mesh.queues.sharedMemory?.origin.span, file) == "4096")
        #expect(written(mesh.origin.span, file) == "Mesh(0, [1, 2], 3..<5, sharedMemory: 4096)")
        #expect(written(assembly.partitions[0].name.origin.span, file) == "\"p\"")
        #expect(written(assembly.assertions[0].destinations[0].origin.span, file) == "\"a\"")
        #expect(written(assembly.addressPools[0].ip?.origin.span, file) == "\"10.0.0.1/8\"")
    }
}
