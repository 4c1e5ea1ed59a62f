// SPDX-License-Identifier: BSD-2-Clause

import CAmkES
import ClangSource
import Testing
import Topology
import Wiring

/// An assembly with a filter is read back as flows between the two VMs, and what is wrong with it is seen.
@Suite struct FilterEmissionTests {
    private static let filtered = Assembly("filtered") {
        VMs(0..<3)
        Partition("lan") { Link(1, 2) }
        Filter("fw", between: 0, and: 1, queueLength: 128) {
            Allow(.arp, rate: 10)
            Allow(.tcp, port: 5555, from: 0)
        }
    }
    private static let proxied = Assembly("proxied") {
        VMs(0..<2)
        Filter("proxy", between: 0, and: 1, implementation: .cakeML) { Allow(.any) }
    }

    private static func read(
        _ assembly: Topology.Assembly, _ target: Target, _ form: AssemblyForm, _ change: (String) -> String = { $0 }
    ) throws -> ReadBack {
        let wiring = try Topologies.wiring(assembly, target: target)
        var files = AppEmitter.files(for: wiring, form: form, assemblyName: "app")
        files[0] = EmittedFile(path: files[0].path, text: change(files[0].text))
        return ReadBack.verify(files, wiring: wiring, form: form, preprocessor: Preprocessor.find())
    }

    @Test(arguments: [Target.newest, .camkes3_10, .camkes3_9, .arm], AssemblyForm.allCases)
    func whatIsWrittenIsWhatWasDecided(_ target: Target, _ form: AssemblyForm) throws {
        let native = try Self.read(Self.filtered, target, form)
        #expect(native.findings.map(\.message) == [])
        #expect(
            native.flows.map { "\($0.source)\($0.destination) \($0.connection)" }.sorted() == [
                "01 fw_conn", "10 fw_conn", "12 lan_conn", "21 lan_conn",
            ])
        // CakeML's filter stands between the tree's devices, of which the target for Arm has none.
        guard target.dataPaths.contains(.tree) else { return }
        let proxy = try Self.read(Self.proxied, target.overTree, form)
        #expect(proxy.findings.map(\.message) == [])
        #expect(proxy.flows.count == 2)
    }

    @Test(arguments: [
        // The filter is bypassed.
        (
            "{\"drv\": \"vm0.ether_1_send\", \"dev\": \"filter_fw.ether_0_recv\"}",
            "{\"drv\": \"vm0.ether_1_send\", \"dev\": \"vm1.ether_0_recv\"}"
        ),
        // What comes from VM 0 goes back there.
        (
            "{\"drv\": \"filter_fw.ether_0_send\", \"dev\": \"vm0.ether_1_recv\"}",
            "{\"drv\": \"filter_fw.ether_1_send\", \"dev\": \"vm0.ether_1_recv\"}"
        ),
        ("filter_fw.ether_0_recv_id = 1;", "filter_fw.ether_0_recv_id = 3;"),
        ("filter_fw.ether_1_send_shmem_size = 32768;", "filter_fw.ether_1_send_shmem_size = 4096;"),
        ("filter_fw_1_conn.queue_length = 128;", "filter_fw_1_conn.queue_length = 64;"),
        ("filter_fw_1_conn.queue_length = 128;", ""),
        ("uses Timer timer;", ""),
        ("(from filter_fw.timer, to time_server.the_timer)", "(from vm0.timer, to time_server.the_timer)"),
        ("component Filter_fw filter_fw;", "component Init0 filter_fw;"),
        ("global_endpoint_base = 0x8000000;", "global_endpoint_base = 0x4000000;"),
        ("uses Timer timer;", "uses Timer timer;\n    uses VirtQueueDrv ether_2_send;"),
    ])
    func whatIsWrongIsSeen(_ mutation: (old: String, new: String)) throws {
        for form in AssemblyForm.allCases {
            let read = try Self.read(Self.filtered, .newest, form) { text in
                let changed = text.replacing(mutation.old, with: mutation.new)
                #expect(changed != text, "\(mutation.old)")
                return changed
            }
            #expect(!read.agrees, "\(mutation.old) → \(mutation.new)")
        }
    }

    /// What libclang sees of the component: nothing to say, for each release.
    @Test(arguments: [SourceHeaders.Release.camkes3_9, .camkes3_10, .camkes3_11, .arm])
    func theComponentIsSound(_ release: SourceHeaders.Release) throws {
        guard let checker = try? SourceChecker(.stubs(release)), let target = Target.named(release.rawValue) else {
            return
        }
        let files = AppEmitter.files(
            for: try Topologies.wiring(Self.filtered, target: target), form: .expanded, assemblyName: "app")
        let reports = DeviceCheck.reports(of: files, checker: checker)
        #expect(reports.flatMap(\.findings).map(\.message) == [])
    }

    private static let judged = Assembly("judged") {
        VMs(0..<2)
        Filter("fw", between: 0, and: 1) {
            Allow(.arp, rate: 10)
            Allow(.tcp, port: 5000...5555, from: 0, source: "10.1.0.0/16")
            Deny(.udp, sourceMAC: "02:00:00:00:AA:01")
            Allow(.ipv6, destination: "fd00::/64")
            Allow(.any, etherType: 0x88b5)
        }
    }

    /// What is changed in the C of the rules, each a change of what some frame meets or a text that nobody understands.
    private static let changes: [(old: String, new: String)] = [
        ("header->destination_port >= 5000", "header->destination_port >= 5001"),
        ("header->destination_port <= 5555", "header->destination_port <= 5554"),
        ("header->destination_port <= 5555", "header->destination_port < 5555"),
        (" && header->destination_port >= 5000", ""),
        ("header->answer\n            && ", ""), ("if (header->answer", "if (!header->answer"),
        (
            "(header->source[1] & 0xffffffffffff0000ull) == 0xa010000ull",
            "(header->source[1] & 0xffffffffffff0000ull) == 0xa020000ull"
        ),
        ("& 0xffffffffffff0000ull", "& 0xffffffffffff8000ull"), ("& 0xffffffffffff0000ull", "& 0xffffffffffff0001ull"),
        ("header->source[1]", "header->destination[1]"),
        ("header->source_mac == 0x1aa00000002ull", "header->source_mac == 0x2aa00000002ull"),
        ("header->ether_type == 34997", "header->ether_type == 34998"),
        ("return 2;", "return 4;"), ("return 0;", "return 1;"), ("return 1;", "return 0;"),
        ("case TOPOC_FILTER_ARP:", "case TOPOC_FILTER_FRAGMENT4:"),
        ("case TOPOC_FILTER_ARP:", "case TOPOC_FILTER_ARP:\n    case TOPOC_FILTER_MALFORMED:"),
        ("header->from == 0 ?", "header->from == 1 ?"),
        ("judge_0(header) : judge_1(header)", "judge_0(header) : judge_0(header)"),
        (".judge = judge,", ".judge = judge_0,"), (".count = 5,", ".count = 4,"),
        ("{ .allow = false }", "{ .allow = true }"), (".interval = 100000000ull", ".interval = 10000000ull"),
        (".tolerance = 900000000ull", ".tolerance = 0"),
        ("static uint32_t judge(", "static uint32_t judge_2("),
        (
            "switch (header->kind) {",
            "if (header->source_port == 7) {\n        return 2;\n    }\n    switch (header->kind) {"
        ),
        ("switch (header->kind) {", "switch (header->kind + 0) {"),
    ]

    @Test(.enabled(if: (try? SourceChecker(.stubs(.camkes3_11))) != nil, "needs libclang"), arguments: changes)
    func whatIsWrongInTheRulesIsSeen(_ change: (old: String, new: String)) throws {
        let wiring = try Topologies.wiring(Self.judged, target: .newest)
        let checker = try SourceChecker(.stubs(.camkes3_11))
        func read(_ edit: (String) -> String) -> ReadBack {
            let files = AppEmitter.files(for: wiring, form: .expanded, assemblyName: "app").map { file in
                file.path == "src/filter_fw_rules.c" ? EmittedFile(path: file.path, text: edit(file.text)) : file
            }
            return ReadBack.verify(files, wiring: wiring, form: .expanded, preprocessor: nil, checker: checker)
        }
        #expect(read { $0 }.findings.map(\.message) == [])
        let changed = read { text in
            let edited = text.replacing(change.old, with: change.new, maxReplacements: 1)
            #expect(edited != text, "\(change.old)")
            return edited
        }
        #expect(!changed.agrees, "\(change.old) → \(change.new)")
    }
}
