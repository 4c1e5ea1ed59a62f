// SPDX-License-Identifier: BSD-2-Clause

import Foundation
import Lab
import Processes
import Testing

@testable import Wiring

/// The programs of a topology's folders, as the lab builds them.
@Suite(.enabled(if: Command.find("cmake") != nil, "there is no cmake"), .timeLimit(.minutes(5)))
struct GuestProgramsTests {
    /// A folder with a program that says a word.
    private func folder(_ path: URL, saying word: String) throws {
        try FileManager.default.createDirectory(at: path, withIntermediateDirectories: true)
        let lists = """
            cmake_minimum_required(VERSION 3.16)
            project(speech C)
            add_executable(speak speak.c)

            """
        let program = "#include <stdio.h>\nint main(void)\n{\n    puts(\"\(word)\");\n    return 0;\n}\n"
        try Data(lists.utf8).write(to: path.appending(path: "CMakeLists.txt"))
        try Data(program.utf8).write(to: path.appending(path: "speak.c"))
    }

    /// As two checkouts have them: the cache is the user's, and outlives them.
    @Test func twoFoldersMayHaveAProgramOfOneName() async throws {
        let root = FileManager.default.temporaryDirectory.appending(path: "topoc-programs-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: root) }
        let cache = root.appending(path: "cache").path
        for (checkout, word) in [("one", "one"), ("other", "other"), ("one", "one anew")] {
            let place = root.appending(path: checkout)
            try folder(place.appending(path: "src"), saying: word)
            let paths = try await GuestPrograms.built(
                [ProgramsFolder(path: "src", names: ["speak"])], beside: place.path, wanted: nil, given: [],
                cache: cache
            ) { _ in }
            #expect(paths.count == 1)
            let done = try await ChildProcess.run(Command(try #require(paths.first)), within: .seconds(60))
            #expect(done.outputText == "\(word)\n")
        }
    }
}
