// SPDX-License-Identifier: BSD-2-Clause

import Foundation
import Processes
import Testing

/// The scenario programs over the release of libzmq that seL4's tree pins, 4.2.5: there the events by which the source
/// knows its workers are drafts, in the header and in the library.
@Suite(
    .enabled(if: Command.find("cmake") != nil && Command.find("c++") != nil, "needs cmake and c++"),
    .timeLimit(.minutes(10)))
struct PinnedLibraryTests {
    @Test func draftsAreInTheLibraryAndInTheProgram() async throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "topoc-zmq-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: directory) }
        try FileManager.default.createDirectory(
            at: directory.appending(path: "libzmq"), withIntermediateDirectories: true)
        // A stand-in: the machine's header less what 4.2.5 has as a draft, and a library without anything in it.
        for (name, text) in [
            (
                "CMakeLists.txt",
                """
                cmake_minimum_required(VERSION 3.8.2)
                project(libzmq C)
                option(ENABLE_DRAFTS "" OFF)
                file(WRITE ${CMAKE_BINARY_DIR}/drafts "${ENABLE_DRAFTS}")
                add_library(libzmq-static STATIC zmq.c)
                target_include_directories(libzmq-static PUBLIC ${CMAKE_CURRENT_SOURCE_DIR})
                """
            ),
            (
                "zmq.h",
                """
                #include_next <zmq.h>
                #ifndef ZMQ_BUILD_DRAFT_API
                #undef ZMQ_EVENT_HANDSHAKE_SUCCEEDED
                #endif
                """
            ),
            ("zmq.c", "int libzmq_stand_in;\n"),
        ] {
            try Data(text.utf8).write(to: directory.appending(path: "libzmq/\(name)"))
        }
        let source = URL(filePath: #filePath).appending(path: "../../../Examples/zmq_samples/src").standardizedFileURL
        let build = directory.appending(path: "build").path
        let library = directory.appending(path: "libzmq").path
        try await run("cmake", ["-Wno-dev", "-S", source.path, "-B", build, "-DLIBZMQ_PATH=\(library)"])
        #expect(try String(contentsOfFile: "\(build)/drafts", encoding: .utf8) == "ON")
        try await run("make", ["-C", build, "pipeline.o"])
    }

    private func run(_ program: String, _ arguments: [String]) async throws {
        let done = try await ChildProcess.run(Command(program, arguments), within: .seconds(240))
        try #require(done.succeeded, "\(program) \(arguments): \(done.outputText)\(done.errorText)")
    }
}
