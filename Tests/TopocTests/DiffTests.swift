// SPDX-License-Identifier: BSD-2-Clause

import Foundation
import Testing

@Suite struct DiffTests {
    private static let before = """
        import Topology

        Assembly("a") {
            VMs(0..<3)
            Partition("lan") { Link(0, 1) }
        }

        """
    private static let wider = before.replacing("Link(0, 1)", with: "Line(0, 1, 2)")

    @Test func wideningIsMarkedAndBreakingExitsWithOne() throws {
        let scratch = try Scratch()
        try scratch.put("old.topo", Self.before)
        try scratch.put("new.topo", Self.wider)
        let ended = try Executable.topoc("diff", "old.topo", "new.topo", in: scratch)
        #expect(ended.status == 0)
        #expect(
            ended.output == """
                + VM 1 → VM 2 in "lan", 256 descriptors, 32768 bytes
                + VM 2 → VM 1 in "lan", 256 descriptors, 32768 bytes
                widening: partition "lan" links VM 1 and VM 2
                widening: other VMs can join the VMs {0, 1}, {2}: 1 pair, as 0 → 1 → 2

                VMs: 0 added, 0 removed, 0 changed; flows: 2 added, 0 removed, 0 changed; \
                widening: 1 pair linked, 1 pair joined through other VMs

                """)
        #expect(ended.errors == "")
        let breaking = try Executable.topoc("diff", "--breaking", "old.topo", "new.topo", in: scratch)
        #expect(breaking.status == 1)
        #expect(breaking.output == ended.output)
        let narrower = try Executable.topoc("diff", "--breaking", "new.topo", "old.topo", in: scratch)
        #expect(narrower.status == 0)
        #expect(narrower.output.contains("- VM 1 → VM 2"))
        let json = try Executable.topoc("diff", "--breaking", "--json", "old.topo", "-", input: Self.wider, in: scratch)
        #expect(json.status == 1)
        let document = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any]
        #expect(document?["old"] as? String == "old.topo")
        #expect(document?["new"] as? String == "<stdin>")
    }

    @Test func revisionsAreReadFromTheRepository() throws {
        try #require(Executable.find("git") != nil, "git is not here")
        let scratch = try Scratch()
        try scratch.put("apps/mesh.topo", Self.before)
        func git(_ line: String) throws {
            let ended = try Executable.shell(
                line, in: scratch,
                environment: ["GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null", "HOME": scratch.path])
            try #require(ended.status == 0, "\(ended.errors)")
        }
        let commit = "git -c user.name=a -c user.email=a@example.org commit -qm message"
        try git("git init -q . && git add . && \(commit)")
        try scratch.put("apps/mesh.topo", Self.wider)
        try git("git add . && \(commit)")
        try scratch.put("apps/mesh.topo", Sample.good)

        let revisions = try Executable.topoc(
            "diff", "--breaking", "HEAD~1:apps/mesh.topo", "HEAD:apps/mesh.topo", in: scratch)
        #expect(revisions.status == 1)
        #expect(revisions.output.contains("widening: partition \"lan\" links VM 1 and VM 2\n"))
        let same = try Executable.topoc("diff", "HEAD:apps/mesh.topo", "HEAD:./apps/mesh.topo", in: scratch)
        #expect(same.output == "no difference\n")
        // A revision and a file.
        let mixed = try Executable.topoc("diff", "HEAD:apps/mesh.topo", "apps/mesh.topo", in: scratch)
        #expect(mixed.output.contains("~ assembly: name a → pair\n- VM 2\n"))
        // What is to be committed.
        let index = try Executable.topoc("diff", "HEAD~1:apps/mesh.topo", ":apps/mesh.topo", in: scratch)
        #expect(index.output == revisions.output)

        for wrong in ["HEAD:none.topo", "nowhere:apps/mesh.topo", "HEAD:apps", "--:x"] {
            let ended = try Executable.topoc("diff", "--", wrong, "apps/mesh.topo", in: scratch)
            #expect(ended.status == 74)
            #expect(ended.errors.hasPrefix("error: cannot read `\(wrong)`: "), "\(ended.errors)")
            #expect(ended.output == "")
        }
    }

    @Test func errorsOfEitherFileAreFindings() throws {
        let scratch = try Scratch()
        try scratch.put("good.topo", Sample.good)
        try scratch.put("bad.topo", Sample.bad)
        let lint = try Executable.topoc("lint", "bad.topo", in: scratch)
        for arguments in [["good.topo", "bad.topo"], ["bad.topo", "good.topo"]] {
            let ended = try Executable.run(Executable.topoc, ["diff"] + arguments, in: scratch.path)
            #expect(ended.status == 1)
            #expect(ended.output == "")
            #expect(ended.errors == lint.output)
        }
        let allowed = try Executable.topoc("diff", "--allow", "TOPO206", "good.topo", "bad.topo", in: scratch)
        #expect(allowed.status == 0)
        #expect(allowed.output.contains("~ VM 1: mac 02:00:00:00:AA:02 → 02:00:00:00:AA:01"))
    }

    @Test func aFileWithAColonIsAFile() throws {
        let scratch = try Scratch()
        try scratch.put("a:b.topo", Sample.good)
        #expect(try Executable.topoc("diff", "a:b.topo", "a:b.topo", in: scratch).output == "no difference\n")
    }
}
