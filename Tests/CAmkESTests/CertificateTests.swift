// SPDX-License-Identifier: BSD-2-Clause

import CAmkES
import CCompilers
import Diagnostics
import Foundation
import Testing
import Topology
import Wiring

@Suite struct CertificateTests {
    private static let z3 = Program.find("z3")

    /// A certificate of files that `change` may have damaged.
    private func certificate(
        _ assembly: Topology.Assembly, form: AssemblyForm = .macros, preprocessor: Preprocessor? = .find(),
        change: (String) -> String = { $0 }
    ) throws -> Certificate {
        let network = Network(assembly)
        let wiring = try #require(Wiring(network, target: .newest.overTree))
        let files = AppEmitter.files(for: wiring, form: form, assemblyName: "app").map {
            EmittedFile(path: $0.path, text: change($0.text))
        }
        let finding = Finding(code: "TOPO213", severity: .warning, message: "so it is", span: nil)
        return Certificate(
            wiring: wiring, form: form,
            readBack: ReadBack.verify(files, wiring: wiring, form: form, preprocessor: preprocessor),
            input: Array("abc".utf8), files: files, budgets: Budget.all(of: network, target: .newest.overTree),
            allowed: [AllowedFinding(finding, reason: "measured")])
    }

    private func answers(to text: String) throws -> [String] {
        let z3 = try #require(Self.z3)
        let file = FileManager.default.temporaryDirectory.appending(path: "topoc-\(UUID().uuidString).smt2")
        try Data(text.utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: z3)
        process.arguments = [file.path]
        process.standardOutput = output
        try process.run()
        let bytes = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    /// Where an address does not say who has sent, both certificates say so, in words.
    @Test func whatIsNotClaimedIsSaid() throws {
        func notes(_ target: Target) throws -> [String] {
            let wiring = try Topologies.wiring(Topologies.mixed, target: target)
            let files = AppEmitter.files(for: wiring, form: .expanded, assemblyName: "app")
            let certificate = Certificate(
                wiring: wiring, form: .expanded,
                readBack: ReadBack.verify(files, wiring: wiring, form: .expanded, preprocessor: nil),
                input: [], files: files, budgets: [], allowed: [])
            let json = try JSONSerialization.jsonObject(with: Data(try certificate.json().utf8)) as? [String: Any]
            let vms = try #require(json?["vms"] as? [[String: Any]])
            let tree = target.dataPath == .tree
            #expect(
                vms.compactMap { $0["sources"] as? String }
                    == (tree
                        ? Array(repeating: "unchecked", count: 6)
                        : ["pinned", "unchecked", "pinned", "pinned", "any", "pinned"]))
            let notes = try #require(json?["notes"] as? [String])
            for note in notes { #expect(certificate.smtLIB.contains("\n; \(note).\n")) }
            return notes
        }
        #expect(
            try notes(.newest) == [
                "vm1 has the tree's device, which checks no source address: all but its own are dropped by vm0, vm2",
                "vm4 may send from any MAC address but those of its peers' other peers, and takes frames for any: "
                    + "learned by vm5",
            ])
        #expect(try notes(.newest.overTree) == ["the tree's device checks no source address"])
        #expect(!(try certificate(Topologies.zmqSamples).json()).contains("\"pinned\""))
    }

    @Test func theJSONSaysWhatWasBuilt() throws {
        let text = try certificate(Topologies.zmqSamples).json()
        #expect(text == (try certificate(Topologies.zmqSamples).json()))
        let json = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        #expect(json["target"] as? String == "3.11")
        #expect(json["form"] as? String == "macros")
        let flows = try #require(json["flows"] as? [[String: Any]])
        #expect(flows.count == 6)
        #expect(flows[1]["destinationMAC"] as? String == "02:00:00:00:AA:03")
        #expect(flows[1]["connection"] as? String == "topology_def_conn")
        let input = try #require(json["input"] as? [String: Any])
        #expect(input["sha256"] as? String == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        let files = try #require(json["files"] as? [[String: Any]])
        #expect(files.first?["path"] as? String == "app.camkes")
        #expect((json["allowed"] as? [[String: Any]])?.first?["reason"] as? String == "measured")
        #expect((json["budgets"] as? [[String: Any]])?.isEmpty == false)
        let read = try #require(json["readBack"] as? [String: Any])
        #expect(read["agrees"] as? Bool == true)
        #expect(read["note"] == nil)
        #expect((read["preprocessor"] as? String)?.contains("/") == false)
    }

    @Test func withoutAPreprocessorTheCertificateSaysSo() throws {
        let text = try certificate(Topologies.zmqSamples, preprocessor: nil).json()
        #expect(text.contains("only the expanded form was read back"))
        #expect(!text.contains("\"preprocessor\""))
    }

    @Test(.enabled(if: z3 != nil, "needs z3"), arguments: Topologies.all.map(\.name))
    func aSolverFindsNoFlowMissingAndNoneAdded(_ name: String) throws {
        let assembly = try #require(Topologies.all.first { $0.name == name }?.assembly)
        for form in AssemblyForm.allCases {
            #expect(try answers(to: certificate(assembly, form: form).smtLIB) == ["unsat", "unsat"])
        }
    }

    /// A text in which one flow is not as declared, so that it is missing and another was added; and texts in which one
    /// is only missing.
    @Test(
        .enabled(if: z3 != nil, "needs z3"),
        arguments: [
            ("vm0.ether_1_send_id = 0;", "vm0.ether_1_send_id = 7;", ["sat", "sat"]),
            ("\"02:00:00:00:AA:02\", \"send_id\": 0", "\"02:00:00:00:AA:03\", \"send_id\": 0", ["sat", "sat"]),
            ("vm0.ether_1_send_shmem_size = 32768;", "vm0.ether_1_send_shmem_size = 4096;", ["sat", "sat"]),
            ("            {\"drv\": \"vm0.ether_1_send\", \"dev\": \"vm1.ether_0_recv\"},\n", "", ["sat", "unsat"]),
        ])
    func aSolverFindsAFault(old: String, new: String, expected: [String]) throws {
        let damaged = try certificate(Topologies.zmqSamples, form: .expanded) { $0.replacing(old, with: new) }
        #expect(try answers(to: damaged.smtLIB) == expected)
    }

    @Test(.enabled(if: z3 != nil, "needs z3")) func aSolverFindsAnAddedFlow() throws {
        let entry = "{\"drv\": \"vm0.ether_1_send\", \"dev\": \"vm1.ether_0_recv\"},"
        let damaged = try certificate(Topologies.bridge, form: .expanded) {
            $0.replacing(entry, with: entry + "{\"drv\": \"vm0.ether_2_send\", \"dev\": \"vm2.ether_0_recv\"},")
        }
        #expect(try answers(to: damaged.smtLIB) == ["unsat", "sat"])
    }
}
