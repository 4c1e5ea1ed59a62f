// SPDX-License-Identifier: BSD-2-Clause

import Foundation
import Testing

/// `Examples/two_threads`, run as a user would, and shown in `docs/vswitch.md` as it is.
@Suite struct ExampleTests {
    private let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// Two threads that sleep when they have nothing to do: were a signal lost, this would not end.
    @Test(.timeLimit(.minutes(1))) func theExampleRuns() throws {
        let process = Process()
        process.executableURL = try #require(Bundle.main.executableURL).deletingLastPathComponent()
            .appending(path: "two-threads")
        process.arguments = ["100000"]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        #expect(text.hasPrefix("100000 frames arrived, each once, in "))
    }

    @Test func thePageShowsTheExample() throws {
        let page = package.appending(path: "docs/vswitch.md")
        let text = try String(contentsOf: page, encoding: .utf8)
        let source = try String(contentsOf: package.appending(path: "Examples/two_threads/main.swift"), encoding: .utf8)
        let marks = ("<!-- Examples/two_threads/main.swift -->\n```swift\n", "```\n<!-- end -->")
        let begin = try #require(text.range(of: marks.0))
        let end = try #require(text.range(of: marks.1, range: begin.upperBound..<text.endIndex))
        if ProcessInfo.processInfo.environment["TOPOC_UPDATE"] != nil {
            let updated = text.replacingCharacters(in: begin.upperBound..<end.lowerBound, with: source)
            try Data(updated.utf8).write(to: page)
        } else {
            #expect(text[begin.upperBound..<end.lowerBound] == source[...], "make docs writes it again")
        }
    }
}
