// SPDX-License-Identifier: BSD-2-Clause

import Files
import Foundation
import Testing

@Suite struct UnifiedDiffTests {
    private func diff(_ old: String?, _ new: String?) -> String {
        UnifiedDiff(old: old.map { Array($0.utf8) }, new: new.map { Array($0.utf8) }, name: "f").lines
            .map { $0.text + "\n" }.joined()
    }

    @Test func equalTextsGiveNothing() {
        #expect(diff("a\nb\n", "a\nb\n") == "")
        #expect(diff("", "") == "")
    }

    @Test func aFileThatComesOrGoesIsWhole() {
        #expect(diff(nil, "a\nb\n") == "--- /dev/null\n+++ f\n@@ -0,0 +1,2 @@\n+a\n+b\n")
        #expect(diff("a\n", nil) == "--- f\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n")
        #expect(diff(nil, "") == "--- /dev/null\n+++ f\n")
    }

    @Test func aLineWithoutItsNewlineIsSaid() {
        #expect(
            diff("a\nb", "a\nb\n")
                == "--- f\n+++ f\n@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n+b\n")
    }

    /// `patch` makes the new text from the old one and the difference, for texts of every kind.
    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/patch"), "needs patch(1)"))
    func patchTakesIt() throws {
        var random = SystemRandomNumberGenerator()
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("topoc-diff-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let file = directory.appendingPathComponent("f")
        let patch = directory.appendingPathComponent("p")
        func text(_ length: Int) -> String {
            (0..<length).map { _ in ["a\n", "b\n", "c\n", "d\n"].randomElement(using: &random) ?? "" }.joined()
        }
        for round in 0..<40 {
            // Of the last rounds' texts too much differs to be compared line by line.
            let length = round < 36 ? round * 2 : 3000
            let old = text(length) + (round % 2 == 0 ? "end" : "")
            let new = text(length + round % 3) + (round % 4 < 2 ? "end" : "")
            if old == new { continue }
            try Data(old.utf8).write(to: file)
            try Data(diff(old, new).utf8).write(to: patch)
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/patch")
            process.arguments = ["--quiet", "--posix", file.path, patch.path]
            try process.run()
            process.waitUntilExit()
            #expect(process.terminationStatus == 0)
            #expect(try String(decoding: Data(contentsOf: file), as: UTF8.self) == new, "round \(round)")
        }
    }
}
