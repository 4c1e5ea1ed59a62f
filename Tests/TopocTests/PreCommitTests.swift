// SPDX-License-Identifier: BSD-2-Clause

import Foundation
import Testing

/// The real pre-commit: the one of `TOPOC_PRE_COMMIT`, or that of PATH.
private let preCommit =
    ProcessInfo.processInfo.environment["TOPOC_PRE_COMMIT"] ?? Executable.find("pre-commit")

@Suite(.enabled(if: preCommit != nil, "needs pre-commit; `make test` installs it"))
struct PreCommitTests {
    private let scratch: Scratch

    /// A repository that uses the hooks of this package as a user's does.
    init() throws {
        scratch = try Scratch()
        let hooks = Executable.package.appending(path: ".pre-commit-hooks.yaml")
        try scratch.put("hooks/.pre-commit-hooks.yaml", try Data(contentsOf: hooks))
        let revision = try shell(
            "cd hooks && git init -q . && git add . && git commit -qm hooks && git rev-parse HEAD")
        try #require(revision.status == 0, "\(revision.errors)")
        try scratch.put(
            "user/.pre-commit-config.yaml",
            """
            repos:
              - repo: \(scratch / "hooks")
                rev: \(revision.output.trimmingCharacters(in: .newlines))
                hooks:
                  - id: topoc-lint
                  - id: topoc-format

            """)
        let installed = try shell(
            "cd user && git init -q . && git add . && \(try #require(preCommit)) install")
        try #require(installed.status == 0, "\(installed.errors)")
    }

    private func shell(_ line: String) throws -> Ended {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        let directory = URL(filePath: Executable.topoc).deletingLastPathComponent().path
        return try Executable.shell(
            line, in: scratch,
            environment: [
                "PATH": "\(directory):\(path)", "HOME": scratch.path, "PRE_COMMIT_HOME": scratch / "cache",
                "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b", "GIT_COMMITTER_NAME": "a",
                "GIT_COMMITTER_EMAIL": "a@b",
            ])
    }

    private func commit(_ text: String) throws -> Ended {
        try scratch.put("user/mesh.topo", text)
        return try shell("cd user && git add mesh.topo && git commit -m topology 2>&1")
    }

    @Test func aBadFileBlocksTheCommitAndAGoodOnePasses() throws {
        let bad = try commit(Sample.bad)
        #expect(bad.status == 1)
        #expect(bad.output.contains("error[TOPO2"), "\(bad.output)")
        let untidy = try commit(Sample.good.replacing("VMs(0..<2)", with: "VMs( 0..<2 )"))
        #expect(untidy.status == 1)
        #expect(untidy.output.contains("files were modified by this hook"), "\(untidy.output)")
        #expect(try scratch.text("user/mesh.topo") == Sample.good)
        let good = try commit(Sample.good)
        #expect(good.status == 0, "\(good.output)")
        #expect(good.output.contains("Passed"))
        #expect(try shell("cd user && git log --oneline").output.contains("topology"))
    }
}
