// SPDX-License-Identifier: BSD-2-Clause

import Foundation

/// A compiler of this machine for one architecture, as tests of emitted C use it.
///
/// No header of the machine's C library is read: the compiler's own come first (stddef.h, stdint.h, stdatomic.h), then
/// the few that stand in `Sources/CStubHeaders/headers/libc`. So an architecture needs no library of its own.
public struct CCompiler: Sendable, Hashable, CustomStringConvertible {
    /// `gcc for i386`.
    public let description: String
    /// The program's name, looked up in `PATH`.
    public let program: String
    private let options: [String]

    private init(_ description: String, _ program: String, _ options: String...) {
        self.description = description
        self.program = program
        self.options = options
    }

    /// gcc and clang for x86-64, i386 and aarch64.
    public static let all = [
        CCompiler("gcc for x86-64", "gcc", "-m64"),
        CCompiler("gcc for i386", "gcc", "-m32"),
        CCompiler("gcc for aarch64", "aarch64-linux-gnu-gcc"),
        CCompiler("clang for x86-64", clang, "--target=x86_64-linux-gnu"),
        CCompiler("clang for i386", clang, "--target=i686-linux-gnu"),
        CCompiler("clang for aarch64", clang, "--target=aarch64-linux-gnu"),
    ]

    /// Those of this machine: the arguments of a test. Test `missing` beside it, which says what was skipped.
    public static let available = all.filter(\.isThere)
    public static let missing = all.filter { !available.contains($0) }

    /// Debian's release, or any other: Swift brings one.
    private static let clang = Program.find("clang-14") == nil ? "clang" : "clang-14"

    /// Whether it is installed, and makes code for its architecture.
    private var isThere: Bool {
        guard let path = Program.find(program) else { return false }
        return (try? Program.run(path, options + ["-x", "c", "-c", "-o", "/dev/null", "/dev/null"]))?.status == 0
    }

    /// What upstream's build refuses, and more.
    public static let warnings = ["-Wall", "-Wextra", "-Wconversion", "-Werror"]

    /// Compiles each `.c` file to an object, over the other files and the directories, and gives what the compiler says:
    /// nothing where it accepts them.
    ///
    /// `files` have paths relative to a directory of their own; `including` are directories on disk; `searching` ones of
    /// the files.
    public func complaints(
        about files: [(path: String, text: String)], including directories: [String] = [],
        searching own: [String] = [], options more: [String] = []
    ) throws -> String {
        try ScratchDirectory.with(files) { root in
            var said = ""
            for file in files where file.path.hasSuffix(".c") {
                let arguments =
                    options + ["-std=c11", "-O2"] + Self.warnings + more + ["-nostdinc"]
                    + (own.map { "\(root)/\($0)" } + directories).flatMap { ["-I", $0] }
                    + ["-isystem", try ownHeaders(), "-isystem", Self.stubs("libc")]
                    + ["-c", "\(root)/\(file.path)", "-o", "/dev/null"]
                let result = try Program.run(Program.find(program) ?? program, arguments)
                // gcc and clang are silent where all is right.
                if result.status != 0 || !result.output.isEmpty {
                    said += "\(description): status \(result.status)\n\(result.output)"
                }
            }
            return said
        }
    }

    /// Makes a library of this machine of `sources`, over the other files, the same directories, and its own C library.
    public static func library(
        of sources: [String], in files: [(path: String, text: String)], including directories: [String],
        searching own: [String],
        options: [String], at path: String
    ) throws {
        try ScratchDirectory.with(files) { root in
            let arguments =
                ["-shared", "-fPIC", "-O2", "-g"] + warnings + options
                + (own.map { "\(root)/\($0)" } + directories).flatMap { ["-I", $0] }
                + sources.map { "\(root)/\($0)" } + ["-o", path]
            let result = try Program.run(Program.find("cc") ?? "cc", arguments)
            if result.status != 0 { throw NotCompiled(message: result.output) }
        }
    }

    public struct NotCompiled: Error {
        public let message: String
    }

    /// The directory of the headers that belong to the compiler.
    private func ownHeaders() throws -> String {
        let path = Program.find(program) ?? program
        let said = try Program.run(path, options + ["-print-file-name=include"]).output
        return said.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// A directory of topoc's headers in place of a tree's: `libc`, `generated`, `tree`, `tree-3.9`, `tree-3.11`.
    public static func stubs(_ name: String) -> String {
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Sources/CStubHeaders/headers/\(name)").path
    }

    /// What compiles a device of camkes-vm 3.11 or later over those headers.
    public static let device3_11 = (
        directories: ["generated", "tree", "tree-3.11"].map(stubs), options: ["-DTOPOC_RELEASE=311", "-std=gnu11"]
    )
}
