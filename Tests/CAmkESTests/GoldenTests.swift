// SPDX-License-Identifier: BSD-2-Clause

import CAmkES
import Diagnostics
import Foundation
import Testing
import Topology
import TopologyLanguage
import Wiring

/// What is emitted of `Tests/Golden/NAME/input.topo`, against what stands beside it and, once for all topologies, in
/// `Tests/Golden/fixed`. The headers of the data path's core stand in Sources; another test compares them.
///
/// `TOPOC_UPDATE=1 swift test --filter GoldenTests` writes the expectations anew.
@Suite(.serialized) struct GoldenTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let target: Target
        let form: AssemblyForm

        /// The release, and what moves its frames unless that is the tree.
        var variant: String { target.dataPath == .tree ? target.name : "\(target.name)-topoc" }
        var testDescription: String { "\(name) for \(variant)-\(form.rawValue)" }

        /// Where the expectation of a file stands: of one that says nothing of the topology but its name, in one place
        /// for all; of one that both forms of the assembly share, in one for both.
        func place(of path: String) -> String {
            if GoldenTests.fixed.contains(path) { return "fixed/\(variant)/\(path)" }
            let isOfForm = path.hasSuffix(".camkes") || path == "CMakeLists.txt" || path.hasPrefix("configurations/")
            return "\(name)/expected/\(variant)\(isOfForm ? "-\(form.rawValue)" : "")/\(path)"
        }

        /// The text as its expectation has it: a fixed file with another's name in its first comment.
        func expected(_ file: EmittedFile) -> String {
            guard GoldenTests.fixed.contains(file.path) else { return file.text }
            return file.text.replacing("from the topology \(name),", with: "from the topology NAME,")
        }
    }

    /// What topoc's data path adds to every app.
    private static let fixed: Set = [
        "connectors/topocVirtQueues.camkes", "connectors/templates/topocVirtQueues-from.template.c",
        "connectors/templates/topocVirtQueues-from.template.h", "src/virtio_net_vswitch.c",
        "src/virtio_net_vswitch.h", "src/virtio_net_vswitch_libvirtqueue.c", "src/virtio_net_vswitch_arm.c",
        "src/virtio_net_vswitch_arm.h", "src/filter_component.h", "src/timer_frequency.h",
    ]

    static let cases: [Case] =
        ["zmq_samples", "disjoint", "bridge", "sizes", "guests", "programs", "star", "cakeml"].flatMap { name in
            AssemblyForm.allCases.map { Case(name: name, target: .newest.overTree, form: $0) }
        }
        + [Target.camkes3_8, .camkes3_9, .camkes3_10].flatMap { target in
            AssemblyForm.allCases.map { Case(name: "zmq_samples", target: target.overTree, form: $0) }
        }
        + ["zmq_samples", "bridge", "interfaces", "mixed", "star", "filter"].flatMap { name in
            AssemblyForm.allCases.map { Case(name: name, target: .newest, form: $0) }
        } + [
            Case(name: "zmq_samples", target: .camkes3_9, form: .macros),
            Case(name: "programs", target: .camkes3_8.overTree, form: .macros),
            Case(name: "interfaces", target: .arm, form: .expanded),
            Case(name: "programs", target: .arm, form: .expanded),
            Case(name: "filter", target: .arm, form: .expanded),
        ]

    private static let golden = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Golden")

    private static func emitted(_ example: Case) throws -> [EmittedFile] {
        let text = try String(contentsOf: golden.appending(path: "\(example.name)/input.topo"), encoding: .utf8)
        let file = TopologyFile(reading: SourceText(name: "input.topo", text: text))
        #expect(file.findings.map(\.message) == [])
        let wiring = try Topologies.wiring(try #require(file.assembly), target: example.target)
        return AppEmitter.files(for: wiring, form: example.form, assemblyName: example.name)
            .filter { !$0.path.hasPrefix("include/topoc/") }
    }

    @Test(arguments: cases) func emitsWhatIsExpected(_ example: Case) throws {
        for file in try Self.emitted(example) {
            let place = Self.golden.appending(path: example.place(of: file.path))
            if ProcessInfo.processInfo.environment["TOPOC_UPDATE"] == "1" {
                try FileManager.default.createDirectory(
                    at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
                try Data(example.expected(file).utf8).write(to: place, options: .atomic)
            }
            let expected = try String(contentsOf: place, encoding: .utf8)
            #expect(example.expected(file) == expected, "\(file.path)")
        }
    }

    /// What is expected is emitted: of no file that an app no longer has an expectation is left.
    @Test func nothingElseIsExpected() throws {
        let emitted = try Set(
            Self.cases.flatMap { example in try Self.emitted(example).map { example.place(of: $0.path) } })
        let root = Self.golden.path
        let found = try FileManager.default.subpathsOfDirectory(atPath: root).filter { path in
            // A directory has paths of its own.
            (try? FileManager.default.contentsOfDirectory(atPath: "\(root)/\(path)")) == nil
        }
        for path in found where !path.hasSuffix("/input.topo") && !emitted.contains(path) {
            if ProcessInfo.processInfo.environment["TOPOC_UPDATE"] == "1" {
                try FileManager.default.removeItem(atPath: "\(root)/\(path)")
            } else {
                Issue.record("no app has \(path)")
            }
        }
    }
}
