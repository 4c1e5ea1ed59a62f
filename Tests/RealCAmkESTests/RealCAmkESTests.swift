// SPDX-License-Identifier: BSD-2-Clause

import CAmkES
import Diagnostics
import Foundation
import Testing
import Topology
import TopologyLanguage
import Wiring

/// What topoc emits, given to seL4's own CAmkES: every template of the build is rendered.
@Suite(.enabled(if: CamkesTree() != nil, "TOPOC_CAMKES_TREE names no checkout"))
struct RealCAmkESTests {
    static let topologies: [(name: String, assembly: Assembly)] = [
        ("mesh2", assembly("mesh2") { Partition("lan") { Mesh(0..<2) } }),
        ("mesh3", assembly("mesh3", vms: 3) { Partition("lan") { Mesh(0..<3) } }),
        ("mesh4", assembly("mesh4", vms: 4) { Partition("lan") { Mesh(0..<4) } }),
        ("star", assembly("star", vms: 5) { Partition("lan") { Star(hub: 0, 1...4) } }),
        (
            "two_partitions",
            assembly("two_partitions", vms: 4) {
                Partition("red") { Link(0, 1) }
                Partition("black") { Link(2, 3) }
            }
        ),
        (
            "bridge",
            assembly("bridge", vms: 3) {
                Partition("red") { Link(0, 1) }
                Partition("black") { Link(1, 2) }
            }
        ),
        (
            "sizes",
            assembly("sizes", vms: 3) {
                Partition("lan", queueLength: 128) {
                    Link(0, 1)
                    Link(1, 2, sharedMemory: 65536)
                }
            }
        ),
    ]

    /// The variant of upstream's zmq_samples.
    private static let cakeML = assembly("cakeml") {
        Filter("proxy", between: 0, and: 1, implementation: .cakeML) { Allow(.any) }
    }

    private static func assembly(
        _ name: String, vms: Int = 2, @AssemblyBuilder _ partitions: () -> [AssemblyElement]
    ) -> Assembly {
        let elements = partitions()
        return Assembly(name: Placed(name), elements: (0..<vms).map { .vm(VM($0)) } + elements)
    }

    /// What the tree's data path cannot hold.
    static let large: [(name: String, assembly: Assembly)] = [
        ("star8", assembly("star8", vms: 9) { Partition("lan") { Star(hub: 0, 1...8) } }),
        (
            "hub_of_two",
            assembly("hub_of_two", vms: 8) {
                Partition("red") { Star(hub: 0, 1...4) }
                Partition("black", queueLength: 128) { Star(hub: 0, 5...7) }
            }
        ),
        ("per_partition", perPartition),
        ("mixed", mixed),
        ("filter", filter),
    ]

    /// VM 1 behind two filters, one of them with a clock.
    static let filter = assembly("filter", vms: 3) {
        Filter("fw", between: 0, and: 1) {
            Allow(.arp, rate: 100)
            Allow(.tcp, port: 5555, from: 0)
        }
        Filter("other", between: 2, and: 1, queueLength: 128) { Allow(.any) }
    }

    /// A VM with an interface for each of its two partitions.
    static let perPartition = Assembly(
        name: Placed("per_partition"),
        elements: [
            .vm(VM(0)), .vm(VM(1, interfaces: .perPartition)), .vm(VM(2, ip: "192.168.2.3/24")),
            .partition(Partition("red") { Link(0, 1) }),
            .partition(Partition("black", queueLength: 64, sharedMemory: 65536) { Link(1, 2) }),
        ])

    /// VM 1 has the tree's device, among others with topoc's; a VM sends from any address.
    static let mixed = Assembly(
        name: Placed("mixed"),
        elements: [
            .vm(VM(0)), .vm(VM(1, dataPath: .tree)), .vm(VM(2, interfaces: .perPartition)),
            .vm(VM(3, ip: "192.168.2.4/24", sources: .any)),
            .partition(Partition("red") { Mesh(0, 1, 2) }),
            .partition(Partition("black", queueLength: 128) { Link(2, 3) }),
        ])

    /// More VMs than upstream's connector has badges for; the serial server's limit of nine stands in no template.
    static let meshOfTwelve = assembly("mesh12", vms: 12) { Partition("lan") { Mesh(0..<12) } }

    static let cases = DataPath.allCases.flatMap { dataPath in
        (dataPath == .topoc ? topologies + large : topologies + [("cakeml", cakeML)]).flatMap { topology in
            AssemblyForm.allCases.map { form in
                Case(name: topology.name, assembly: topology.assembly, form: form, dataPath: dataPath)
            }
        }
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let assembly: Assembly
        let form: AssemblyForm
        let dataPath: DataPath
        var testDescription: String { "\(name), \(dataPath.rawValue), \(form.rawValue)" }
    }

    @Test(arguments: cases) func upstreamAcceptsAndRenders(_ one: Case) throws {
        let target = try #require(Target.newest.with(one.dataPath))
        try expectToRender(one.assembly, one.form, in: try #require(CamkesTree()), target: target)
    }

    /// The VMM for Arm, which has no device of the tree's that topoc would join VMs with.
    @Test(arguments: ["mesh3", "two_partitions", "bridge", "sizes", "star8", "per_partition", "filter"])
    func upstreamAcceptsAndRendersForArm(_ name: String) throws {
        let one = try #require((Self.topologies + Self.large).first { $0.name == name })
        try expectToRender(one.assembly, .expanded, in: try #require(CamkesTree()), target: .arm)
    }

    /// The example's tree is upstream's own, but for settings that no later release reads.
    @Test(arguments: AssemblyForm.allCases) func theExampleIsUpstreams(_ form: AssemblyForm) throws {
        let tree = try #require(CamkesTree())
        try expectUpstreamsExample(in: tree, target: try #require(Target.newest.with(.tree)), form: form)
    }

    /// Where upstream's macros can say the topology, our text works over them too.
    @Test func theMacroFormWorksOverUpstreamsHeader() throws {
        let tree = try #require(CamkesTree())
        let app = try EmittedApp(exampleAssembly(), form: .macros, target: try #require(Target.newest.with(.tree)))
        defer { app.remove() }
        try FileManager.default.removeItem(at: app.directory.appending(path: "configurations"))
        let verdict = try tree.check(app.assembly, .parse)
        let theirs = try tree.check(tree.ownExample, .parse)
        #expect(verdict.exitCode == 0, "\(verdict.messages)")
        #expect(verdict.syntaxTree?.withoutEndAttributes == theirs.syntaxTree?.withoutEndAttributes)
    }

    @Test func aMeshOfTwelveRenders() throws {
        try expectToRender(Self.meshOfTwelve, .macros, in: try #require(CamkesTree()), target: .newest)
    }

    /// Our template in place of the tree's, for the tree's own connector.
    @Test func theTemplateForTheTreesConnectorRenders() throws {
        let tree = try #require(CamkesTree())
        try expectTreeTemplateRenders(in: tree, target: try #require(Target.newest.with(.tree)))
    }

    /// The check can fail: an asymmetric row, as upstream itself would take it until the templates.
    @Test func upstreamRefusesWhatTopocRefuses() throws {
        let tree = try #require(CamkesTree())
        let app = try EmittedApp(exampleAssembly(), form: .macros, target: try #require(Target.newest.with(.tree)))
        defer { app.remove() }
        let text = try String(contentsOf: app.assembly, encoding: .utf8)
        let broken = text.replacingOccurrences(of: "f(1, 0, 2)", with: "f(1, 0)")
            .replacingOccurrences(of: "f(1,0,2)", with: "f(1,0)")
        #expect(broken != text)
        try broken.write(to: app.assembly, atomically: true, encoding: .utf8)
        let verdict = try tree.check(app.assembly, .render)
        #expect(verdict.exitCode == 1)
        #expect(verdict.messages.contains("is not present in connection"))
    }
}

/// The same for the older releases, each where its variable names a checkout.
@Suite struct OlderReleasesTests {
    static func has(_ release: String) -> Bool { CamkesTree(release: release) != nil }

    @Test(.enabled(if: has("3.8"), "TOPOC_CAMKES_TREE_3_8 names no checkout"), arguments: AssemblyForm.allCases)
    func camkes3_8(_ form: AssemblyForm) throws { try check("3.8", form) }

    @Test(.enabled(if: has("3.9"), "TOPOC_CAMKES_TREE_3_9 names no checkout"), arguments: AssemblyForm.allCases)
    func camkes3_9(_ form: AssemblyForm) throws { try check("3.9", form) }

    @Test(.enabled(if: has("3.10"), "TOPOC_CAMKES_TREE_3_10 names no checkout"), arguments: AssemblyForm.allCases)
    func camkes3_10(_ form: AssemblyForm) throws { try check("3.10", form) }

    @Test(.enabled(if: has("3.11"), "TOPOC_CAMKES_TREE_3_11 names no checkout"), arguments: AssemblyForm.allCases)
    func camkes3_11(_ form: AssemblyForm) throws { try check("3.11", form) }

    private func check(_ release: String, _ form: AssemblyForm) throws {
        let tree = try #require(CamkesTree(release: release))
        let release = try #require(Target.named(release))
        try expectUpstreamsExample(in: tree, target: try #require(release.with(.tree)), form: form)
        if release.dataPaths.contains(.topoc) {
            try expectTreeTemplateRenders(in: tree, target: try #require(release.with(.tree)))
        }
        let bridge = Assembly("bridge") {
            VMs(0..<3)
            Partition("red") { Link(0, 1) }
            Partition("black") { Link(1, 2) }
        }
        let star = Assembly("star") {
            VMs(0..<7)
            Partition("lan") { Star(hub: 0, 1..<7) }
        }
        let large = [star, RealCAmkESTests.perPartition, RealCAmkESTests.mixed, RealCAmkESTests.filter]
        for dataPath in release.dataPaths {
            let target = try #require(release.with(dataPath))
            for assembly in dataPath == .topoc ? large + [bridge] : [bridge] {
                try expectToRender(assembly, form, in: tree, target: target)
            }
            guard dataPath == .topoc, form == .macros else { continue }
            try expectToRender(RealCAmkESTests.meshOfTwelve, form, in: tree, target: target)
        }
    }
}

private func expectToRender(
    _ topology: Assembly, _ form: AssemblyForm, in tree: CamkesTree, target: Target
) throws {
    let app = try EmittedApp(topology, form: form, target: target)
    defer { app.remove() }
    let verdict = try tree.check(app.assembly, .render, for: target.dialect?.machine ?? .x86)
    #expect(verdict.exitCode == 0, "\(topology.name.value), \(target.dataPath.rawValue): \(verdict.messages)")
}

private func expectTreeTemplateRenders(in tree: CamkesTree, target: Target) throws {
    let app = try EmittedApp(exampleAssembly(), form: .macros, target: target)
    defer { app.remove() }
    let template = try #require(Connector.treeTemplate(for: app.wiring))
    let directory = app.directory.appending(path: "tree")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    let place = directory.appending(path: template.path)
    try template.text.write(to: place, atomically: true, encoding: .utf8)
    let verdict = try tree.check(app.assembly, .render, templates: [directory])
    #expect(verdict.exitCode == 0, "\(verdict.messages)")
    // It is ours that was rendered: one that refuses all is refused.
    try "/*? raise(TemplateError('not this one')) ?*/\n".write(to: place, atomically: true, encoding: .utf8)
    #expect(try tree.check(app.assembly, .render, templates: [directory]).messages.contains("not this one"))
}

private func expectUpstreamsExample(in tree: CamkesTree, target: Target, form: AssemblyForm) throws {
    let app = try EmittedApp(exampleAssembly(), form: form, target: target)
    defer { app.remove() }
    let ours = try tree.check(app.assembly, .render)
    let theirs = try tree.check(tree.ownExample, .parse)
    #expect(ours.exitCode == 0, "\(ours.messages)")
    #expect(theirs.exitCode == 0, "\(theirs.messages)")
    let mine = try #require(ours.syntaxTree).withoutEndAttributes
    let upstream = try #require(theirs.syntaxTree).withoutEndAttributes
    #expect(mine.instances == upstream.instances)
    #expect(mine.connections == upstream.connections)
    #expect(mine.components == upstream.components)
    let surplus = mine.settings.filter { !upstream.settings.contains($0) }
    let missing = upstream.settings.filter { !mine.settings.contains($0) }
    #expect(surplus.isEmpty && missing.isEmpty, "surplus \(surplus), missing \(missing)")
}

private func exampleAssembly() throws -> Assembly {
    let path = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Examples/zmq_samples/mesh.topo").path
    let bytes = try Data(contentsOf: URL(filePath: path))
    return try #require(TopologyFile(reading: SourceText(name: path, bytes: Array(bytes))).assembly)
}

/// An app directory as `topoc build` writes it.
private struct EmittedApp {
    let directory: URL
    let assembly: URL
    let wiring: Wiring

    init(_ topology: Assembly, form: AssemblyForm, target: Target) throws {
        wiring = try #require(Wiring(Network(topology), target: target))
        directory = FileManager.default.temporaryDirectory.appending(path: "topoc-app-\(UUID().uuidString)")
        let files = AppEmitter.files(for: wiring, form: form, assemblyName: wiring.name)
        for file in files {
            let place = directory.appending(path: file.path)
            try FileManager.default.createDirectory(
                at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
            try file.text.write(to: place, atomically: true, encoding: .utf8)
        }
        assembly = directory.appending(path: try #require(files.first).path)
    }

    func remove() {
        try? FileManager.default.removeItem(at: directory)
    }
}
