// SPDX-License-Identifier: BSD-2-Clause

import CAmkES
import Diagnostics
import Foundation
import Testing
import Topology
import TopologyLanguage
import Wiring

/// What is emitted of `Tests/Golden/NAME/input.topo`, against `expected/TARGET-FORM` beside it, or for topoc's own data
/// path `expected/TARGET-topoc-FORM`; the headers of its core stand in Sources, and another test compares them. `TOPOC_UPDATE=1 swift test --filter GoldenTests` writes
/// the expectations anew.
@Suite struct GoldenTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let target: Target
        let form: AssemblyForm
        var directory: String {
            target.dataPath == .tree ? "\(target.name)-\(form.rawValue)" : "\(target.name)-topoc-\(form.rawValue)"
        }
        var testDescription: String { "\(name) for \(directory)" }
    }

    static let cases: [Case] =
        ["zmq_samples", "disjoint", "bridge", "sizes", "guests", "programs", "star"].flatMap { name in
            AssemblyForm.allCases.map { Case(name: name, target: .newest.overTree, form: $0) }
        }
        + [Target.camkes3_8, .camkes3_9, .camkes3_10].flatMap { target in
            AssemblyForm.allCases.map { Case(name: "zmq_samples", target: target.overTree, form: $0) }
        }
        + ["zmq_samples", "bridge", "interfaces", "star"].flatMap { name in
            AssemblyForm.allCases.map { Case(name: name, target: .newest, form: $0) }
        } + [
            Case(name: "zmq_samples", target: .camkes3_9, form: .macros),
            Case(name: "programs", target: .camkes3_8.overTree, form: .macros),
        ]

    @Test(arguments: cases) func emitsWhatIsExpected(_ example: Case) throws {
        let golden = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Golden/\(example.name)")
        let text = try String(contentsOf: golden.appending(path: "input.topo"), encoding: .utf8)
        let file = TopologyFile(reading: SourceText(name: "input.topo", text: text))
        #expect(file.findings.map(\.message) == [])
        let wiring = try Topologies.wiring(try #require(file.assembly), target: example.target)
        let files = AppEmitter.files(for: wiring, form: example.form, assemblyName: example.name)
            .filter { !$0.path.hasPrefix("include/topoc/") }
        let directory = golden.appending(path: "expected/\(example.directory)")
        let manager = FileManager.default
        if ProcessInfo.processInfo.environment["TOPOC_UPDATE"] == "1" {
            try? manager.removeItem(at: directory)
            for file in files {
                let url = directory.appending(path: file.path)
                try manager.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
                try Data(file.text.utf8).write(to: url)
            }
        }
        for file in files {
            let expected = try String(contentsOf: directory.appending(path: file.path), encoding: .utf8)
            #expect(file.text == expected, "\(file.path)")
        }
        let found =
            manager.enumerator(at: directory, includingPropertiesForKeys: [.isRegularFileKey])?
            .compactMap { $0 as? URL }.filter { !$0.hasDirectoryPath } ?? []
        #expect(found.count == files.count)
    }
}
