// SPDX-License-Identifier: BSD-2-Clause

import Testing

@Suite struct FormatTests {
    private static let untidy = Sample.good.replacing("    VMs(0..<2)", with: "  VMs( 0..<2 ) // two")

    @Test func aFileIsLaidOutInPlaceAndThenStays() throws {
        let scratch = try Scratch()
        try scratch.put("mesh.topo", Self.untidy)
        let check = try Executable.topoc("format", "--check", "mesh.topo", in: scratch)
        #expect(check.status == 1)
        #expect(check.output.contains("-  VMs( 0..<2 ) // two\n+    VMs(0..<2)"))
        #expect(try scratch.text("mesh.topo") == Self.untidy)
        let ended = try Executable.topoc("format", "mesh.topo", in: scratch)
        #expect(ended.status == 0)
        #expect(ended.output == "")
        #expect(try scratch.text("mesh.topo").contains("    VMs(0..<2)"))
        #expect(try scratch.text("mesh.topo").contains("// two"))
        #expect(try Executable.topoc("format", "--check", "mesh.topo", in: scratch).status == 0)
        #expect(scratch.names == ["mesh.topo"])
    }

    @Test func standardInputGoesToStandardOutput() throws {
        let ended = try Executable.topoc("format", "-", input: Self.untidy)
        #expect(ended.status == 0)
        #expect(ended.output.contains("    VMs(0..<2)"))
        #expect(try Executable.topoc("format", "-", input: ended.output).output == ended.output)
    }

    @Test func whatIsNoSwiftIsLeftAlone() throws {
        let scratch = try Scratch()
        try scratch.put("mesh.topo", "Assembly(\"a\" {\n")
        let ended = try Executable.topoc("format", "mesh.topo", in: scratch)
        #expect(ended.status == 1)
        #expect(ended.errors.contains("TOPO1"))
        #expect(try scratch.text("mesh.topo") == "Assembly(\"a\" {\n")
    }
}
