// SPDX-License-Identifier: BSD-2-Clause

import Foundation
import Testing

@Suite struct ImportTests {
    /// An app that topoc wrote, for the tree's device unless said.
    private func app(
        _ body: String = "VMs(0..<3)\n    Partition(\"lan\") { Mesh(0..<3) }", dataPath: String = "tree"
    ) throws -> Scratch {
        let scratch = try Scratch()
        try scratch.put("mesh.topo", "import Topology\n\nAssembly(\"mesh\") {\n    \(body)\n}\n")
        let built = try Executable.topoc(
            "build", "mesh.topo", "-o", "mesh/mesh.camkes", "--data-path", dataPath, in: scratch)
        try #require(built.status == 0, "\(built.errors)")
        return scratch
    }

    @Test func anAppBecomesTheTopologyThatItWasBuiltFrom() throws {
        let scratch = try app()
        let ended = try Executable.topoc("import", "mesh", "-o", "again.topo", in: scratch)
        #expect(ended.status == 0, "\(ended.errors)")
        #expect(ended.output == "create again.topo\n")
        // Of what is built beside the assembly it says that it was not read.
        #expect(ended.errors.hasPrefix("note: CMakeLists.txt ") && ended.errors.split(separator: "\n").count == 1)
        #expect(try Executable.topoc("diff", "mesh.topo", "again.topo", in: scratch).output == "no difference\n")
        #expect(try Executable.topoc("format", "--check", "again.topo", in: scratch).status == 0)
        let printed = try Executable.topoc("import", "mesh/mesh.camkes", "--stdout", in: scratch)
        #expect(try printed.output == scratch.text("again.topo"))
        #expect(try Executable.topoc("lint", "mesh/mesh.camkes", in: scratch).output == "no findings\n")
    }

    private static let own = """
        VM(0, guest: Guest(start: "echo \\"here\\" > /dev/console"))
            VM(1, interfaces: .perPartition)
            VM(2, mac: "02:00:00:00:CC:07", ip: "192.168.2.3/24", hostname: "gate", sources: .any)
            Partition("left") { Link(0, 1) }
            Partition("right", queueLength: 128) { Link(1, 2) }
        """

    /// The addresses, sources and interfaces of topoc's device stand in C.
    @Test func anAppOfTopocsDataPathComesBackWhole() throws {
        let scratch = try app(Self.own, dataPath: "topoc")
        let ended = try Executable.topoc("import", "mesh", "-o", "again.topo", "--allow", "TOPO505", in: scratch)
        #expect(ended.status == 0, "\(ended.errors)")
        #expect(try Executable.topoc("diff", "mesh.topo", "again.topo", in: scratch).output == "no difference\n")
        #expect(
            try Executable.topoc("build", "again.topo", "-o", "mesh/mesh.camkes", "--check", in: scratch).output == "")
        // Without libclang the C is not read, and what it says is missed.
        let without = try Executable.topoc(
            "import", "mesh", "--stdout", in: scratch, environment: ["TOPOC_LIBCLANG": "/nonexistent/libclang.so"])
        #expect(without.status == 1)
        #expect(without.errors.contains("warning[TOPO624]: vm2 has no MAC address in the assembly"))
    }

    /// Which programs there are CMake says alone.
    @Test func aFolderOfProgramsIsAFinding() throws {
        let scratch = try app(dataPath: "topoc")
        try scratch.put("mesh/programs/more/src/CMakeLists.txt", "")
        try scratch.put("mesh/programs/more/src/part/CMakeLists.txt", "")
        let ended = try Executable.topoc("import", "mesh", "--stdout", in: scratch)
        #expect(ended.status == 1)
        #expect(ended.errors.contains("put it beside the topology as `more/src`, and name its programs"))
        #expect(ended.errors.contains("\n1 warning\n"))
    }

    @Test(arguments: [
        (".send_id = 0,", ".send_id = 2,"), ("TOPOC_SOURCES_PINNED", "TOPOC_SOURCES_ANY"),
        (".interrupt = 6,", ".interrupt = 5,"), ("0x000001aa", "0x000009aa"),
    ])
    func whatTheCSaysOtherwiseIsNamed(old: String, new: String) throws {
        let scratch = try app(dataPath: "topoc")
        let text = try scratch.text("mesh/src/vm0_interfaces.c")
        let edited =
            old.hasPrefix("0x") ? Self.withAnotherPeer(text) : text.replacing(old, with: new, maxReplacements: 1)
        #expect(edited != text)
        try scratch.put("mesh/src/vm0_interfaces.c", edited)
        let ended = try Executable.topoc("import", "mesh", "--stdout", in: scratch)
        #expect(ended.status == 1)
        #expect(
            ended.errors.contains("warning[TOPO621]: the C of the device says what a topology does not: "),
            "\(ended.errors)")
    }

    /// The address of a peer, in its link, with another last octet.
    private static func withAnotherPeer(_ text: String) -> String {
        guard let peer = text.firstMatch(of: /\.peer = 0x0000(..)/) else { return text }
        return text.replacing(".peer = 0x0000\(peer.1)", with: ".peer = 0x000077", maxReplacements: 1)
    }

    @Test func whatIsLeftIsListedTwiceAndTheTopologyWrittenAllTheSame() throws {
        let scratch = try app()
        let text = try scratch.text("mesh/mesh.camkes")
        try scratch.put(
            "mesh/mesh.camkes",
            text.replacing(
                "vm0.guest_ram_mb = 128;", with: "vm0.guest_ram_mb = 128;\n        vm0.cnode_size_bits = 23;"))
        let ended = try Executable.topoc("import", "mesh", "-o", "again.topo", in: scratch)
        #expect(ended.status == 1)
        #expect(
            ended.errors.hasPrefix(
                "warning[TOPO621]: a topology does not say the setting `vm0.cnode_size_bits`\n  --> mesh/mesh.camkes:"))
        let written = try scratch.text("again.topo")
        #expect(written.contains("// Not in it: mesh/mesh.camkes:"))
        let allowed = try Executable.topoc("import", "mesh", "--stdout", "--allow", "not-expressed", in: scratch)
        #expect(allowed.status == 0)
        #expect(allowed.errors.contains("allowed[TOPO621]"))
        // It is no fault of the app's.
        #expect(try Executable.topoc("lint", "mesh/mesh.camkes", in: scratch).status == 0)
    }

    @Test func aFaultOfTheAppIsFoundAtItsLine() throws {
        let scratch = try app()
        let text = try scratch.text("mesh/mesh.camkes").replacing("AA:03\"", with: "AA:01\"")
        try scratch.put("mesh/mesh.camkes", text)
        let ended = try Executable.topoc("lint", "mesh/mesh.camkes", in: scratch)
        #expect(ended.status == 1)
        #expect(ended.output.contains("error[TOPO206]: VM 0 and VM 2 have the MAC address 02:00:00:00:AA:01\n"))
        #expect(ended.output.contains("#define VM2_MACADDRESS \"02:00:00:00:AA:01\"\n"))
        let sarif = try Executable.topoc("lint", "--format", "sarif", "mesh/mesh.camkes", in: scratch)
        #expect(sarif.output.contains("\"TOPO206\""))
        let both = try Executable.topoc("lint", "mesh.topo", "mesh/mesh.camkes", in: scratch)
        #expect(both.status == 1)
    }

    @Test func whatCannotBeReadWritesNothing() throws {
        let scratch = try app()
        try scratch.put("mesh/mesh.camkes", "assembly {")
        let broken = try Executable.topoc("import", "mesh", "-o", "again.topo", in: scratch)
        #expect(broken.status == 1)
        #expect(broken.errors.contains("error[TOPO601]"))
        #expect(broken.errors.hasSuffix("nothing was written\n"))
        #expect(!scratch.names.contains("again.topo"))
        #expect(try Executable.topoc("import", "none.camkes", "--stdout", in: scratch).status == 74)
        try scratch.put("mesh/other.camkes", "")
        try scratch.put("two/a.camkes", "")
        try scratch.put("two/b.camkes", "")
        let several = try Executable.topoc("import", "two", "--stdout", in: scratch)
        #expect(several.status == 74)
        #expect(several.errors.hasPrefix("error: `two` has several assemblies: a.camkes, b.camkes\n"))
        // That of the directory's own name is the app.
        #expect(try Executable.topoc("import", "mesh", "--stdout", in: scratch).status == 1)
    }

    @Test(arguments: [
        (["import", "a"], "-o PATH.topo"), (["import", "a", "-o", "a.camkes"], "ends in .topo"),
        (["import", "a", "-o", "a.topo", "--stdout"], "exclude each other"),
        (["lint", "--fix", "a.camkes"], "--fix changes topologies"),
    ])
    func wrongUseExitsWith64(arguments: [String], message: String) throws {
        let ended = try Executable.run(Executable.topoc, arguments)
        #expect(ended.status == 64)
        #expect(ended.errors.contains(message))
    }
}
