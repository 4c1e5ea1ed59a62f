// SPDX-License-Identifier: BSD-2-Clause

import CAmkES
import CAmkESImport
import ClangSource
import Foundation
import Testing
import Topology
import TopologyLanguage
import Wiring

/// The apps of a checkout that join VMs, each where its release has it: `TOPOC_CAMKES_TREE` names the newest checkout,
/// `TOPOC_CAMKES_TREE_3_9` and the like older ones.
@Suite struct TreeTests {
    struct App: Sendable, CustomTestStringConvertible {
        let path: String
        let tree: String
        let target: Target
        var testDescription: String { path }
    }

    private static func trees() -> [(String, Target)] {
        let environment = ProcessInfo.processInfo.environment
        let releases: [(String, Target)] = [
            ("", .newest), ("_3_11", .newest), ("_3_10", .camkes3_10), ("_3_9", .camkes3_9), ("_3_8", .camkes3_8),
            ("_3_7", .camkes3_8), ("_3_6", .camkes3_8),
        ]
        return releases.compactMap { suffix, target in
            environment["TOPOC_CAMKES_TREE\(suffix)"].flatMap { tree in target.with(.tree).map { (tree, $0) } }
        }
    }

    static func apps(_ names: [String]) -> [App] {
        trees().flatMap { tree, target in
            ["apps/x86/zmq_samples", "zmq_samples", "apps/Arm/vm_multi"].flatMap { directory in
                names.map { "\(tree)/projects/vm-examples/\(directory)/\($0).camkes" }
            }.filter { FileManager.default.fileExists(atPath: $0) }.map { App(path: $0, tree: tree, target: target) }
        }
    }

    private func imported(_ app: App) throws -> ImportedApp {
        ImportedApp(
            AppSource(file: app.path, directories: Self.directories(app), target: app.target), name: "app", files: [],
            preprocessor: try #require(Preprocessor.find()), libclang: try Libclang.find())
    }

    private static func directories(_ app: App) -> [String] {
        [URL(filePath: app.path).deletingLastPathComponent().path, "\(app.tree)/projects/vm/components/VM"]
    }

    private func model(_ bytes: [UInt8]) -> FlowModel {
        FlowModel(SpecificationReader(bytes, file: "app.camkes").specification, trustsMacros: true)
    }

    /// Import, then build: every flow has the same ends, addresses, ids and sizes, and every VM the same settings.
    @Test(
        .enabled(if: !apps(["zmq_samples"]).isEmpty, "no checkout with zmq_samples is named"),
        arguments: apps(["zmq_samples"]))
    func theZeroMQExampleComesBack(_ app: App) throws {
        let preprocessor = try #require(Preprocessor.find())
        let imported = try imported(app)
        #expect(imported.findings.filter { $0.finding.code == "TOPO621" }.map(\.finding.message) == [])
        let assembly = try #require(imported.assembly)
        let again = TopologyFile(
            reading: .init(name: "mesh.topo", text: TopologyText(assembly).text(comments: [])))
        let network = Network(try #require(again.assembly))
        let wiring = try #require(Wiring(network, target: app.target))
        let files = AppEmitter.files(for: wiring, form: .macros, assemblyName: "app")
        let built = model(try preprocessor.expand(files))
        let original = model(
            try preprocessor.expand(
                app.path, over: Self.directories(app), before: [HeadersForReading.vm], after: [], defining: []))
        #expect(original.faults.isEmpty && original.queues.count == 6)
        #expect(
            Set(original.queues.map { "\($0.driver) \($0.device)" })
                == Set(built.queues.map { "\($0.driver) \($0.device)" }))
        // Ends of which the original says no size have the connector's.
        let unsaid = app.target.name == "3.8" ? 4096 : 8192
        func flows(_ model: FlowModel) -> Set<String> {
            Set(
                model.flows.map { flow in
                    "\(flow.source)→\(flow.destination) \(flow.destinationMAC.map { "\($0)" } ?? "?") "
                        + "\(flow.sourceMAC.map { "\($0)" } ?? "?") \(flow.sendID ?? -1) \(flow.receiveID ?? -1) "
                        + "\(flow.queueLength ?? 0) \(flow.sendMemory ?? unsaid) \(flow.receiveMemory ?? unsaid)"
                })
        }
        #expect(flows(original) == flows(built))
        // Keys that no release reads, or that are a name for what the ends' names say.
        let ignored = ["_attributes", "_shmem_size"]
        for vm in original.settings.keys where vm.hasPrefix("vm") {
            for (attribute, setting) in original.settings[vm] ?? [:]
            where !ignored.contains(where: attribute.hasSuffix) {
                #expect(built.value(vm, attribute) == setting.value, "\(vm).\(attribute)")
            }
        }
    }

    static let wired = apps(["zmq_samples", "zmq_cakeml", "vm_multi"])

    /// Import, then build, of each app that wires VMs together: every flow between two VMs has its addresses and sizes,
    /// there is no other, and what a topology cannot say is listed with a line of the app.
    @Test(.enabled(if: !wired.isEmpty, "no checkout with such apps is named"), arguments: wired)
    func theFlowsBetweenVMsComeBack(_ app: App) throws {
        let imported = try imported(app)
        let assembly = try #require(imported.assembly)
        let text = TopologyText(assembly).text(comments: [])
        let again = try #require(TopologyFile(reading: .init(name: "mesh.topo", text: text)).assembly)
        let wiring = try #require(Wiring(Network(again), target: app.target))
        let original = model(
            try Preprocessor.find()?.expand(
                app.path, over: Self.directories(app), before: [HeadersForReading.vm], after: [], defining: []) ?? [])
        // In the CakeML variant `vm2` is the filter: what leads to it is left out, and listed.
        let vms = Set(assembly.vms.compactMap { $0.number?.value })
        let flows = original.flows.filter { vms.contains($0.source) && vms.contains($0.destination) }
        let isListed = imported.findings.contains { $0.finding.message.contains("`vm2`, which is no VM") }
        #expect(isListed == (flows.count < original.flows.count))
        #expect(flows.count == (app.path.contains("zmq_samples.camkes") ? 6 : app.path.contains("vm_multi") ? 4 : 0))
        let unsaid = app.target.name == "3.8" ? 4096 : 8192
        let before = Set(
            flows.map { flow in
                "\(flow.source)→\(flow.destination) \(flow.queueLength ?? 256) \(flow.sendMemory ?? unsaid) "
                    + "\(flow.receiveMemory ?? unsaid)"
            })
        let after = wiring.flows.map { flow in
            "\(flow.source)→\(flow.destination) \(flow.queueLength) \(flow.sharedMemory) \(flow.sharedMemory)"
        }
        #expect(before == Set(after) && after.count == before.count)
        for flow in flows {
            let built = wiring.flows.first { $0.source == flow.source && $0.destination == flow.destination }
            #expect(flow.destinationMAC == nil || flow.destinationMAC == built?.destinationMAC)
        }
        for finding in imported.findings {
            let place = try #require(finding.place, "\(finding.finding.message)")
            let lines = try String(contentsOfFile: place.file, encoding: .utf8).split(
                separator: "\n", omittingEmptySubsequences: false)
            #expect(lines.indices.contains(place.line - 1))
        }
    }

    /// Rings of 8192 bytes carry no full frame, and 4096 not even the rings: in `vm_multi` they are set, in `zmq_cakeml` nothing is said.
    @Test(
        .enabled(if: !apps(["vm_multi", "zmq_cakeml"]).isEmpty, "no checkout with vm_multi is named"),
        arguments: apps(["vm_multi", "zmq_cakeml"]))
    func theirRingsAreTooSmall(_ app: App) throws {
        let lines = try String(contentsOfFile: app.path, encoding: .utf8).split(
            separator: "\n", omittingEmptySubsequences: false)
        let faults = try imported(app).faults.filter { ["TOPO408", "TOPO409"].contains($0.finding.code) }
        #expect(faults.count >= 2)
        for fault in faults {
            let line = lines[try #require(fault.place).line - 1]
            #expect(line.contains("_shmem_size = 8192;") || line.contains("VM_CONNECTION_CONNECT_VMS("), "\(line)")
        }
    }
}
