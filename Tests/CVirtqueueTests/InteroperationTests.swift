// SPDX-License-Identifier: BSD-2-Clause

import CCompilers
import Foundation
import Testing

/// A link of libvirtqueue's layout with upstream's own code at the other end, compiled from a checkout.
@Suite(
    "A link to an unmodified VM of the tree", .serialized,
    .enabled(if: Upstream.tree != nil, "TOPOC_CAMKES_TREE names no checkout"),
    .enabled(if: Program.find("gcc") != nil, "needs gcc"))
struct InteroperationTests {
    @Test(
        "100,000 frames of all lengths arrive whole, in order and once, whichever end is ours",
        arguments: [
            "upstream-to-ours", "ours-to-upstream", "upstream-to-ours-threads", "ours-to-upstream-threads",
        ])
    func frames(scenario: String) throws { try expectSuccess(scenario) }

    @Test("255 frames under way are not lost, as 256 would be")
    func fullRings() throws { try expectSuccess("full-rings") }

    @Test("A frame that upstream is still at is waited for, as far as its header tells its end")
    func unfinished() throws {
        try expectSuccess("unfinished")
        try expectSuccess("untold")
    }

    @Test("A frame that upstream cut short for want of blocks stops nothing")
    func exhausted() throws { try expectSuccess("exhausted") }

    private func expectSuccess(_ scenario: String) throws {
        let (status, output) = try Program.run(try Upstream.program.get(), [scenario])
        #expect(status == 0, "\(scenario): \(output)")
    }
}

private enum Upstream {
    static let tree = ProcessInfo.processInfo.environment["TOPOC_CAMKES_TREE"]

    struct DoesNotCompile: Error {
        let output: String
    }

    /// The scenarios over the tree's sources, and headers of ours where those want seL4's.
    static let program = Result<String, any Error>(catching: {
        let here = URL(filePath: #filePath).deletingLastPathComponent()
        let root = here.deletingLastPathComponent().deletingLastPathComponent()
        let tree = URL(filePath: Self.tree ?? "")
        let libraries = (
            virtqueue: tree.appending(path: "projects/projects_libs/libvirtqueue"),
            camkes: tree.appending(path: "tools/camkes/libsel4camkes")
        )
        let includes = [
            root.appending(path: "Sources/CVirtqueue/include"),
            root.appending(path: "Benchmarks/DataPath/upstream/stubs"),
            libraries.virtqueue.appending(path: "include"),
            libraries.camkes.appending(path: "include"), libraries.camkes.appending(path: "src"),
        ]
        let scenarios = ["interoperation.c", "ends.c", "one_thread.c", "unfinished.c", "threads.c"]
        let sources =
            scenarios.map { here.appending(path: "Interoperation/\($0)") } + [
                libraries.virtqueue.appending(path: "src/virtqueue.c"),
                libraries.camkes.appending(path: "src/virtqueue.c"),
                libraries.camkes.appending(path: "src/virtqueue_common.c"),
            ]
        let program = root.appending(path: ".build/interoperation").path
        let arguments =
            ["-std=gnu11", "-O2", "-pthread"] + includes.flatMap { ["-I", $0.path] } + sources.map(\.path)
            + ["-o", program]
        let (status, output) = try Program.run(try #require(Program.find("gcc")), arguments)
        guard status == 0 else { throw DoesNotCompile(output: output) }
        return program
    })
}
