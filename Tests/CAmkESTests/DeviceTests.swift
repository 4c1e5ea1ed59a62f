// SPDX-License-Identifier: BSD-2-Clause

import CAmkES
import CCompilers
import ClangSource
import Foundation
import Testing
import Topology
import Wiring

/// The C that topoc's data path adds to a VMM.
@Suite struct DeviceTests {
    private static let bridge = Assembly("bridge") {
        VM(0)
        VM(1, interfaces: .perPartition)
        VM(2, ip: "192.168.2.3/24")
        Partition("left") { Link(0, 1) }
        Partition("right", queueLength: 128) { Link(1, 2) }
    }

    private static let releases = [Target.newest, .camkes3_10, .camkes3_9, .arm]

    private static let checkers: [String: SourceChecker] = Dictionary(
        uniqueKeysWithValues: releases.compactMap { target in
            guard let release = SourceHeaders.Release(rawValue: target.name),
                let checker = try? SourceChecker(.stubs(release))
            else { return nil }
            return (target.name, checker)
        })

    private static func emitted(_ assembly: Topology.Assembly, _ target: Target = .newest) throws -> [EmittedFile] {
        AppEmitter.files(for: try Topologies.wiring(assembly, target: target), form: .expanded, assemblyName: "app")
    }

    /// Byte for byte: what is emitted is what is tested, proved and measured.
    @Test func theCoreIsEmittedAsItStands() throws {
        let sources = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Sources")
        var emitted: [String: String] = [:]
        for file in try Self.emitted(Topologies.zmqSamples) {
            if let name = file.path.wholeMatch(of: /include\/topoc\/(.*)/)?.1 { emitted[String(name)] = file.text }
        }
        #expect(emitted["switch.h"] != nil && emitted["vq_packed.h"] != nil)
        for (name, text) in emitted {
            let places = ["CVirtqueue", "CVSwitch", "CFilter"].map {
                sources.appending(path: "\($0)/include/topoc/\(name)")
            }
            #expect(places.compactMap { try? String(contentsOf: $0, encoding: .utf8) } == [text], "\(name)")
            for included in text.matches(of: /#include <topoc\/(.*)>/).map({ String($0.1) }) {
                #expect(emitted[included] != nil, "\(name) includes \(included): add it to Templates/Core.swift")
            }
        }
    }

    @Test(arguments: CCompiler.available) func compiles(_ compiler: CCompiler) throws {
        for assembly in [Self.bridge, Topologies.mixed] {
            let files = try Self.emitted(assembly).filter { !$0.path.contains(".template.") && $0.path.contains("/") }
            #expect(
                try compiler.complaints(
                    about: files.map { ($0.path, $0.text) }, including: CCompiler.device3_11.directories,
                    searching: ["include"], options: CCompiler.device3_11.options) == "")
        }
    }

    @Test(.enabled(if: !checkers.isEmpty, "needs libclang"), arguments: releases)
    func agreesWithTheHeadersOfARelease(_ target: Target) throws {
        let checker = try #require(Self.checkers[target.name])
        for assembly in target.dataPaths.contains(.tree) ? [Self.bridge, Topologies.mixed] : [Self.bridge] {
            let reports = DeviceCheck.reports(of: try Self.emitted(assembly, target), checker: checker)
            #expect(reports.flatMap(\.findings).map(\.message) == [])
        }
    }

    @Test(.enabled(if: !checkers.isEmpty, "needs libclang")) func anotherReleasesDeviceIsAFinding() throws {
        let checker = try #require(Self.checkers["3.11"])
        let reports = DeviceCheck.reports(of: try Self.emitted(Self.bridge, .camkes3_10), checker: checker)
        #expect(reports.flatMap(\.findings).map(\.code) == ["TOPO702"])
    }

    @Test(arguments: [Target.newest, .arm]) func whatIsEmittedIsOwn(_ target: Target) throws {
        for (_, assembly) in Topologies.all {
            for file in try Self.emitted(assembly, target)
            where AppEmitter.directories.contains(where: { file.path.hasPrefix("\($0)/") }) {
                #expect(AppEmitter.isOwn(file.path), "\(file.path)")
            }
        }
        for path in ["src/main.c", "src/vm_interfaces.c", "src/vm1_interfaces.h", "include/topoc/other.h"] {
            #expect(!AppEmitter.isOwn(path))
        }
    }

    @Test func aVMWithoutALinkHasNoDevice() throws {
        let files = try Self.emitted(Topologies.sizes)
        #expect(files.contains { $0.path == "src/vm2_interfaces.c" })
        #expect(!files.contains { $0.path == "src/vm3_interfaces.c" })
        let cmake = try #require(files.first { $0.path == "CMakeLists.txt" }?.text)
        #expect(cmake.contains("list(APPEND vms_of_the_tree 3)\nforeach(vm IN LISTS vms_of_the_tree)\n"))
    }

    // MARK: - Read back

    private func read(_ files: [EmittedFile], _ wiring: Wiring, form: AssemblyForm = .expanded) throws -> ReadBack {
        let checker = try #require(Self.checkers[wiring.target.name])
        return ReadBack.verify(files, wiring: wiring, form: form, preprocessor: .find(), checker: checker)
    }

    @Test(.enabled(if: !checkers.isEmpty, "needs libclang"), arguments: releases, AssemblyForm.allCases)
    func theTablesAreReadBack(_ target: Target, _ form: AssemblyForm) throws {
        for (name, assembly) in Topologies.all + [("interfaces", Self.bridge)] {
            let wiring = try Topologies.wiring(assembly, target: target)
            // The target for Arm has no device of the tree's.
            guard target.dataPaths.contains(.tree) || wiring.vms.allSatisfy({ $0.dataPath == .topoc }) else { continue }
            let files = AppEmitter.files(for: wiring, form: form, assemblyName: name)
            let read = try read(files, wiring, form: form)
            #expect(read.findings.map(\.message) == [], "\(name)")
            #expect(read.hasAddresses)
            #expect(read.flows.allSatisfy { $0.destinationMAC != nil && $0.sourceMAC != nil })
        }
    }

    @Test func withoutACheckerNoAddressIsClaimed() throws {
        let wiring = try Topologies.wiring(Self.bridge, target: .newest)
        let files = AppEmitter.files(for: wiring, form: .expanded, assemblyName: "app")
        let read = ReadBack.verify(files, wiring: wiring, form: .expanded, preprocessor: nil)
        #expect(read.agrees && !read.hasAddresses)
        #expect(read.flows.allSatisfy { $0.destinationMAC == nil })
    }

    /// Each way in which the tables of VM 1, or its part of the assembly, could be wrong.
    @Test(
        .enabled(if: !checkers.isEmpty, "needs libclang"),
        arguments: [
            (".send_id = 0,", ".send_id = 2,", ["TOPO612", "TOPO613", "TOPO614"]),
            (".receive_id = 1,", ".receive_id = 3,", ["TOPO612", "TOPO613", "TOPO614"]),
            (".peer = 0x000001aa00000002ull", ".peer = 0x000003aa00000002ull", ["TOPO612", "TOPO613", "TOPO614"]),
            (".address = 0x000002aa00000002ull", ".address = 0x000009aa00000002ull", ["TOPO612"]),
            (".queue_length = 256,", ".queue_length = 128,", ["TOPO613", "TOPO614"]),
            (".interrupt = 6,", ".interrupt = 5,", ["TOPO612"]),
            (
                ".sources = TOPOC_SOURCES_PINNED,\n        .send_id", ".sources = TOPOC_SOURCES_ANY,\n        .send_id",
                ["TOPO613", "TOPO614"]
            ),
            (
                ".sources = TOPOC_SOURCES_PINNED,\n        .table", ".sources = TOPOC_SOURCES_ANY,\n        .table",
                ["TOPO612"]
            ),
            (
                ".link_count = 1,", ".link_count = 1,\n        .learned = eth0_entries,\n        .learned_count = 8,",
                ["TOPO612"]
            ),
            ("topoc_interface_layout = TOPOC_LINK_LAYOUT", "topoc_interface_layout = 3", ["TOPO612"]),
            ("0x01aa000000020000ull,", "0x03aa000000020000ull,", ["TOPO612"]),
            ("0x01aa000000020000ull,", "0x01aa000000020001ull,", ["TOPO612", "TOPO613"]),
            ("0x01aa000000020000ull,", "0x000000000000ffffull,", ["TOPO612"]),
            ("topoc_interface_count = 2", "topoc_interface_count = 1", ["TOPO612", "TOPO614"]),
            ("topoc_wake)(void) = ether_0_send", "topoc_wake)(void) = ether_2_send", ["TOPO614"]),
            (".ends = eth0_ends_0", ".ends = eth1_ends_2", ["TOPO612", "TOPO614"]),
            (".entry_mask = 0", ".entry_mask = 1", ["TOPO612", "TOPO614"]),
            (".links = eth0_links", ".links = eth1_links", ["TOPO612", "TOPO614"]),
        ])
    func aWrongTableIsFound(old: String, new: String, codes: [String]) throws {
        let wiring = try Topologies.wiring(Self.bridge, target: .newest)
        var files = AppEmitter.files(for: wiring, form: .expanded, assemblyName: "app")
        let place = try #require(files.firstIndex { $0.path == "src/vm1_interfaces.c" })
        let changed = files[place].text.replacing(old, with: new, maxReplacements: 1)
        try #require(changed != files[place].text, "\(files[place].text)")
        files[place] = EmittedFile(path: files[place].path, text: changed)
        let read = try read(files, wiring)
        #expect(Set(read.findings.map(\.code)) == Set(codes), "\(read.findings.map(\.message))")
    }

    @Test(arguments: [
        ("            \"badge\": \"ether_1_send_notification_badge()\",\n", "", ["TOPO613", "TOPO614"]),
        ("topoc_virtio_net_vswitch_notify", "virtio_net_notify_vswitch", ["TOPO613", "TOPO614"]),
        ("connection topocVirtQueues", "connection seL4VirtQueues", ["TOPO614"]),
        ("vm0.ether_1_send_id = 0;", "vm0.ether_1_send_id = 0;\n        vm0.vswitch_layout = [];", ["TOPO613"]),
    ])
    func aWrongAssemblyIsFound(old: String, new: String, codes: [String]) throws {
        let wiring = try Topologies.wiring(Self.bridge, target: .newest)
        var files = AppEmitter.files(for: wiring, form: .expanded, assemblyName: "app")
        let changed = files[0].text.replacing(old, with: new, maxReplacements: 1)
        try #require(changed != files[0].text)
        files[0] = EmittedFile(path: files[0].path, text: changed)
        let read = ReadBack.verify(files, wiring: wiring, form: .expanded, preprocessor: nil)
        #expect(Set(read.findings.map(\.code)) == Set(codes), "\(read.findings.map(\.message))")
    }
}
