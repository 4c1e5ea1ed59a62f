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
}
