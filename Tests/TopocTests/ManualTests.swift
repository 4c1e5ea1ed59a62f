// SPDX-License-Identifier: BSD-2-Clause

import Foundation
import Testing

@Suite struct ManualTests {
    /// `make docs` writes it again.
    @Test func theManPageSaysWhatTheCommandsSay() throws {
        let dump = try Executable.topoc("--experimental-dump-help")
        let version = try Executable.topoc("--version").output.trimmingCharacters(in: .newlines)
        let page = try Manual(dump: dump.output, version: version).page
        let file = Executable.package.appending(path: "docs/man/topoc.1")
        if ProcessInfo.processInfo.environment["TOPOC_UPDATE"] != nil {
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(page.utf8).write(to: file)
        }
        #expect(try String(decoding: Data(contentsOf: file), as: UTF8.self) == page)
        let commands = [
            "build", "lint", "format", "diff", "import", "explain", "targets", "init", "lab up", "lab down",
        ]
        for command in commands {
            #expect(page.contains("\n.SS topoc \(command)\n"))
        }
        #expect(!page.contains("experimental"))
    }
}
