// SPDX-License-Identifier: BSD-2-Clause

import CAmkES
import CAmkESImport
import ClangSource
import Testing
import Topology
import Wiring

/// Filters that topoc has written and somebody has changed: what a topology does not say is listed, never dropped.
@Suite(.enabled(if: (try? Libclang.find()) != nil, "needs libclang"))
struct FilterImportTests {
    private static let filtered = Assembly("app") {
        VMs(0..<3)
        Partition("lan") { Link(1, 2) }
        Filter("fw", between: 1, and: 0, queueLength: 128) {
            Allow(.arp, rate: 10)
            Allow(.tcp, port: 5555, from: 0)
        }
    }
    private static let rules = "src/filter_fw_rules.c"

    private func imported(
        libclang: Libclang? = try? Libclang.find(), _ change: (EmittedFile) -> EmittedFile? = { $0 }
    ) throws -> (assembly: Assembly, findings: [String]) {
        let wiring = try #require(Wiring(Network(Self.filtered), target: .newest))
        let files = AppEmitter.files(for: wiring, form: .expanded, assemblyName: "app")
        let app = try AppOnDisk(files.compactMap(change))
        let imported = try app.imported("app.camkes", libclang: libclang)
        let findings = imported.findings.filter { $0.finding.code.hasPrefix("TOPO6") }
        return (
            try #require(imported.assembly),
            findings.map { found in
                let place = found.place.map { "\($0)".replacing("\(app.directory)/", with: "") + ": " } ?? ""
                return place + found.finding.message
            }
        )
    }

    /// The text of one file with something else in it.
    private func changing(_ path: String, _ old: String, _ new: String) -> (EmittedFile) -> EmittedFile {
        { file in
            guard file.path == path else { return file }
            let text = file.text.replacing(old, with: new)
            #expect(text != file.text, "\(old)")
            return EmittedFile(path: path, text: text)
        }
    }

    @Test func itsRulesComeBack() throws {
        let (assembly, findings) = try imported()
        #expect(findings == [])
        let text = TopologyText(assembly).text(comments: [])
        #expect(
            text.contains(
                """
                Filter("fw", between: 1, and: 0, queueLength: 128) {
                    Allow(.arp, rate: 10)
                    Allow(.tcp, port: 5555, from: 0)
                }
                """), "\(text)")
    }

    @Test func changedCIsListed() throws {
        let changed = try imported(
            changing(Self.rules, "header->destination_port == 5555", "header->destination_port == 5556"))
        #expect(
            changed.findings
                == ["IPv4", "IPv6"].map {
                    "\(Self.rules):1: filter `fw` has rule 2 decide in its C about TCP over \($0) from vm0, not no rule"
                })
        #expect(changed.assembly.partitions.contains { $0.filter != nil })
    }

    /// Where the rules cannot be read no filter is made up, and what leads to it is left out.
    @Test func rulesThatNobodyCanReadAreListed() throws {
        for comment in ["/* The rules", "1: Allow(.arp"] {
            let changed = try imported(changing(Self.rules, comment, "x" + comment))
            #expect(!changed.assembly.partitions.contains { $0.filter != nil })
            #expect(
                changed.findings.contains { $0.contains("no comment that topoc writes says the rules of `filter_fw`") })
            #expect(changed.findings.contains { $0.contains("leads to `filter_fw`, which is no VM") })
        }
        let gone = try imported { $0.path == Self.rules ? nil : $0 }
        #expect(gone.findings.contains { $0.contains("the app has no `\(Self.rules)`") })
    }

    @Test(arguments: [
        ("filter_fw.global_endpoint_base = 0x8000000;", "filter_fw.global_endpoint_base = 0x4000000;"),
        ("uses Timer timer;", "uses Timer timer;\n    uses Timer other;"),
        ("from filter_fw.timer, to time_server", "from filter_fw.other, to time_server"),
    ])
    func whatTheAssemblySaysOtherwiseIsListed(_ change: (old: String, new: String)) throws {
        let changed = try imported(changing("app.camkes", change.old, change.new))
        #expect(changed.findings.contains { $0.contains("a topology does not say: ") }, "\(changed.findings)")
    }

    @Test func queuesOfDifferentSizesAreListed() throws {
        let changed = try imported(
            changing("app.camkes", "filter_fw_0_conn.queue_length = 128;", "filter_fw_0_conn.queue_length = 64;"))
        #expect(changed.findings.contains { $0.contains("have queues of different lengths") }, "\(changed.findings)")
    }

    @Test func withoutLibclangTheCIsNotCompared() throws {
        let findings = try imported(libclang: nil).findings
        #expect(findings.contains { $0.contains("without libclang the C of filter `fw` is not compared") })
    }
}
