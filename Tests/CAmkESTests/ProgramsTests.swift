// SPDX-License-Identifier: BSD-2-Clause

import CAmkES
import Foundation
import Processes
import Testing
import Topology
import Wiring

/// The part of an app that builds the guests' programs, configured and built by CMake over stand-ins for the tree's
/// functions (`TreeStandIns`): what each guest's root file system then has.
@Suite(
    .enabled(if: Command.find("cmake") != nil && Command.find("cpio") != nil, "needs cmake and cpio"),
    .timeLimit(.minutes(2)))
struct ProgramsTests {
    private static let assembly = Assembly("pair") {
        Programs("src", "hello")
        Programs("more/src", "ask", "answer")
        VM(0, guest: Guest(start: "hello \"$1\""))
        VM(1)
        VM(2, guest: Guest(initrd: "mine.cpio"))
        Partition("lan") { Mesh(0, 1, 2) }
    }

    @Test func eachGuestHasThemAndWhatItStarts() async throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "topoc-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: directory) }
        func put(_ path: String, _ text: String) throws {
            let url = directory.appending(path: path)
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: url)
        }
        let wiring = try Topologies.wiring(Self.assembly)
        for file in AppEmitter.files(for: wiring, form: .macros, assemblyName: "pair") {
            try put("app/\(file.path)", file.text)
        }
        try put("app/images/mine.cpio", "")
        for folder in wiring.programs {
            let programs = folder.names.map { "add_executable(\($0) main.c)\n" }.joined()
            let text = "cmake_minimum_required(VERSION 3.16)\nproject(programs C)\n\(programs)"
            try put("app/\(GuestPrograms.path(of: folder))/CMakeLists.txt", text)
            try put(
                "app/\(GuestPrograms.path(of: folder))/main.c",
                "#include <stdio.h>\nint main(void) { return puts(\"of \(folder.path)\") < 0; }\n")
        }
        let standIns = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "TreeStandIns").path
        let build = directory.appending(path: "build").path
        let app = directory.appending(path: "app").path
        try await Self.run("cmake", ["-Wno-dev", "-S", standIns, "-B", build, "-DAPP=\(app)"])
        try await Self.run("cmake", ["--build", build])

        let common = ["etc/hostname", "etc/hosts", "etc/network/interfaces"]
        let programs = ["usr/bin/answer", "usr/bin/ask", "usr/bin/hello"]
        let first = try await Self.unpacked("\(build)/app/rootfs_target_vm0.cpio", in: directory.appending(path: "0"))
        #expect(first == (common + ["etc/init.d/S91start.sh"] + programs).sorted())
        let second = try await Self.unpacked("\(build)/app/rootfs_target_vm1.cpio", in: directory.appending(path: "1"))
        #expect(second == (common + programs).sorted())
        #expect(!FileManager.default.fileExists(atPath: "\(build)/app/rootfs_target_vm2.cpio"))

        let root = directory.appending(path: "0").path
        #expect(try await Self.run("\(root)/usr/bin/ask", []) == "of more/src\n")
        // As the guest's init reads it: with its PATH, and `start` as its argument.
        let words = ["-c", "PATH=\(root)/usr/bin; set start; . \(root)/etc/init.d/S91start.sh"]
        #expect(try await Self.run("sh", words) == "of src\n")

        // A program that has changed is in the guests with the next build.
        try put("app/programs/src/main.c", "#include <stdio.h>\nint main(void) { return puts(\"changed\") < 0; }\n")
        try await Self.run("cmake", ["--build", build])
        _ = try await Self.unpacked("\(build)/app/rootfs_target_vm1.cpio", in: directory.appending(path: "2"))
        #expect(try await Self.run(directory.appending(path: "2/usr/bin/hello").path, []) == "changed\n")
    }

    /// The paths of the files of an archive, sorted.
    private static func unpacked(_ archive: String, in directory: URL) async throws -> [String] {
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        try await run("sh", ["-c", "cd \(directory.path) && cpio --quiet -id < \(archive)"])
        return try await run("sh", ["-c", "cd \(directory.path) && find . -type f | sed 's|^./||' | LC_ALL=C sort"])
            .split(separator: "\n").map(String.init)
    }

    @discardableResult
    private static func run(_ program: String, _ arguments: [String]) async throws -> String {
        let done = try await ChildProcess.run(Command(program, arguments), within: .seconds(60))
        try #require(done.succeeded, "\(program) \(arguments): \(done.outputText)\(done.errorText)")
        return done.outputText
    }
}
