// SPDX-License-Identifier: BSD-2-Clause

import Testing

@Suite struct InitTests {
    @Test func theFirstTopologyIsCleanAndLaidOut() throws {
        let scratch = try Scratch()
        let ended = try Executable.topoc("init", in: scratch)
        #expect(ended.status == 0)
        #expect(ended.output == "wrote mesh.topo; next: topoc lint mesh.topo\n")
        #expect(try Executable.topoc("lint", "mesh.topo", in: scratch).output == "no findings\n")
        #expect(try Executable.topoc("format", "--check", "mesh.topo", in: scratch).status == 0)
    }

    @Test func whatItsCommentsShowIsAccepted() throws {
        let scratch = try Scratch()
        _ = try Executable.topoc("init", in: scratch)
        for line in ["VM(3,", "Star(hub", "Link(0", "Never("] {
            #expect(try scratch.text("mesh.topo").contains("//   \(line)"))
        }
        let text = try scratch.text("mesh.topo").replacing("//   VM(3,", with: "VM(3,")
            .replacing(
                "Mesh(0..<3)", with: "Link(0, 1, queueLength: 256, sharedMemory: 32768); Link(0, 3)"
            )
            .replacing("//   Never(0, reaches: 2)", with: "Never(0, reaches: 2)")
        try scratch.put("mesh.topo", text)
        let ended = try Executable.topoc("lint", "mesh.topo", in: scratch)
        #expect(!ended.output.contains("error"), "\(ended.output)")
    }

    @Test func aDirectoryGetsMeshTopoAndNothingIsOverwritten() throws {
        let scratch = try Scratch()
        #expect(try Executable.topoc("init", "lab", in: scratch).status == 0)
        #expect(scratch.names == ["lab", "lab/mesh.topo"])
        try scratch.put("lab/mesh.topo", "mine")
        let again = try Executable.topoc("init", "lab", in: scratch)
        #expect(again.status == 74)
        #expect(again.errors.hasPrefix("error: `lab/mesh.topo` is already there\n"))
        #expect(try scratch.text("lab/mesh.topo") == "mine")
    }
}
