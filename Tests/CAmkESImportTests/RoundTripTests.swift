// SPDX-License-Identifier: BSD-2-Clause

import CAmkES
import CAmkESImport
import ClangSource
import Diagnostics
import Foundation
import Testing
import Topology
import TopologyLanguage
import Wiring

/// An app on disk, removed with its object.
final class AppOnDisk: Sendable {
    let directory: String

    init(_ files: [EmittedFile]) throws {
        let url = FileManager.default.temporaryDirectory.appending(path: "topoc-import-\(UUID().uuidString)")
        directory = url.path
        for file in files {
            let place = url.appending(path: file.path)
            try FileManager.default.createDirectory(
                at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(file.text.utf8).write(to: place)
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: directory) }

    func imported(
        _ assembly: String, target: Target = .newest, defines: [String] = [], headers: [String] = [],
        libclang: Libclang? = try? Libclang.find()
    ) throws -> ImportedApp {
        let names = (FileManager.default.enumerator(atPath: directory) ?? .init()).compactMap { $0 as? String }
        let files = names.filter(GuestFile.isNamedSo).map { name in
            GuestFile(
                path: "\(directory)/\(name)",
                text: (try? String(contentsOfFile: "\(directory)/\(name)", encoding: .utf8)) ?? "")
        }
        let code = names.filter(ImportedApp.isCode).map { name in
            EmittedFile(
                path: name, text: (try? String(contentsOfFile: "\(directory)/\(name)", encoding: .utf8)) ?? "")
        }
        return ImportedApp(
            AppSource(
                file: "\(directory)/\(assembly)", directories: [directory] + headers, defines: defines, target: target),
            name: assembly.replacing(".camkes", with: ""), files: files, code: code,
            platforms: names.filter(ImportedApp.isPlatform).map { "\(directory)/\($0)" },
            preprocessor: try #require(Preprocessor.find()), libclang: libclang)
    }
}

/// What is imported says what was emitted: its own wiring agrees with the text that was read.
@Suite struct RoundTripTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let target: Target
        let form: AssemblyForm
        var testDescription: String { "\(name), \(target.name), \(form.rawValue)" }
    }

    private static let goldens = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Golden")

    static let cases = ["bridge", "cakeml", "disjoint", "guests", "sizes", "star", "zmq_samples"].flatMap { name in
        [Target.newest, .camkes3_10, .camkes3_9, .camkes3_8].compactMap { $0.with(.tree) }
            // The rings of 3.8 have one length, and it has no filters.
            .filter { !["cakeml", "sizes"].contains(name) || $0.name != "3.8" }
            .flatMap { target in AssemblyForm.allCases.map { Case(name: name, target: target, form: $0) } }
    }

    static func network(of name: String) throws -> Network {
        let path = goldens.appending(path: "\(name)/input.topo")
        let source = SourceText(name: path.path, bytes: Array(try Data(contentsOf: path)))
        return Network(try #require(TopologyFile(reading: source).assembly))
    }

    static func wiring(of name: String, _ target: Target) throws -> Wiring {
        try #require(Wiring(try network(of: name), target: target))
    }

    @Test(arguments: cases) func whatWasBuiltIsReadAsItWas(_ one: Case) throws {
        let wiring = try Self.wiring(of: one.name, one.target)
        let files = AppEmitter.files(for: wiring, form: one.form, assemblyName: wiring.name)
        let app = try AppOnDisk(files)
        let imported = try app.imported("\(wiring.name).camkes", target: one.target)
        let left = imported.findings.filter { $0.finding.code.hasPrefix("TOPO6") }
        #expect(left.map { "\($0.place.map { "\($0)" } ?? ""): \($0.finding.message)" } == [])
        #expect(imported.target == one.target)

        let text = TopologyText(try #require(imported.assembly)).text(comments: [])
        let file = TopologyFile(reading: SourceText(name: "mesh.topo", text: text))
        #expect(file.findings == [])
        let assembly = try #require(file.assembly)
        let again = try #require(Wiring(Network(assembly), target: one.target))
        #expect(again.vms.map(\.hostname) == wiring.vms.map(\.hostname))
        #expect(again.vms.map(\.ip) == wiring.vms.map(\.ip))
        #expect(again.vms.map(\.ipv6) == wiring.vms.map(\.ipv6))
        // The original text, compared with what the imported topology is wired as: every flow with its addresses, ids
        // and sizes, every setting, and nothing else.
        let readBack = ReadBack.verify(files, wiring: again, form: one.form, preprocessor: Preprocessor.find())
        #expect(readBack.findings.map(\.message) == [])
    }

    static let ownCases =
        [
            "bridge", "disjoint", "filter", "guests", "interfaces", "mixed", "programs", "star", "zmq_samples",
        ]
        .flatMap { name in
            [Target.newest, .camkes3_10, .camkes3_9].flatMap { target in
                AssemblyForm.allCases.map { Case(name: name, target: target, form: $0) }
            }
        }
        + ["bridge", "disjoint", "guests", "interfaces", "programs", "star", "zmq_samples"].map { name in
            Case(name: name, target: .arm, form: .expanded)
        }

    /// With topoc's data path the addresses stand in C, as do sources and interfaces; what is built of the imported
    /// topology is what was imported, but for comments with the VMs' names.
    @Test(arguments: ownCases) func whatTopocBuiltComesBackAsItWas(_ one: Case) throws {
        let libclang = try #require(try? Libclang.find(), "needs libclang")
        let wiring = try Self.wiring(of: one.name, one.target)
        let files = AppEmitter.files(for: wiring, form: one.form, assemblyName: wiring.name)
        let app = try AppOnDisk(files)
        let imported = try app.imported("\(wiring.name).camkes", target: one.target, libclang: libclang)
        let left = imported.findings.filter { $0.finding.code.hasPrefix("TOPO6") }
        #expect(left.map { "\($0.place.map { "\($0)" } ?? ""): \($0.finding.message)" } == [])
        #expect(imported.target == one.target)
        let text = TopologyText(try #require(imported.assembly)).text(comments: [])
        let file = TopologyFile(reading: SourceText(name: "mesh.topo", text: text))
        #expect(file.findings == [])
        var assembly = try #require(file.assembly)
        // What programs there are CMake says alone, which is not read.
        assembly.programs = try Self.network(of: one.name).assembly.programs
        let again = try #require(Wiring(Network(assembly), target: one.target))
        let built = AppEmitter.files(for: again, form: one.form, assemblyName: wiring.name)
        #expect(built.map(\.path) == files.map(\.path))
        for (new, old) in zip(built, files) where lines(of: new) != lines(of: old) {
            let different = zip(lines(of: old), lines(of: new)).first { $0 != $1 }
            Issue.record("\(old.path): \(different.map { "`\($0)` became `\($1)`" } ?? "one is longer")")
        }
    }

    private func lines(of file: EmittedFile) -> [Substring] {
        file.text.split(separator: "\n").filter { line in
            let text = line.drop { $0 == " " }
            return !(text.hasPrefix("/*") && text.hasSuffix("*/"))
        }
    }

    @Test func theTextIsAsShortAsOneWouldWriteIt() throws {
        let target = try #require(Target.newest.with(.tree))
        let wiring = try Self.wiring(of: "zmq_samples", target)
        let app = try AppOnDisk(AppEmitter.files(for: wiring, form: .expanded, assemblyName: "zmq_samples"))
        let imported = try app.imported("zmq_samples.camkes")
        let assembly = try #require(imported.assembly)
        #expect(
            TopologyText(assembly).text(comments: ["From an app."]) == """
                // From an app.
                import Topology

                Assembly("zmq_samples") {
                VMs(0..<3)

                Partition("topology_def") {
                    Mesh(0...2)
                }
                }

                """)
    }
}
