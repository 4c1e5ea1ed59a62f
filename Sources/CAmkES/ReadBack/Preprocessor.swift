// SPDX-License-Identifier: BSD-2-Clause

import Files

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Why the C preprocessor gave no text.
public struct PreprocessorError: Error, Sendable, Hashable {
    /// What failed, and what the preprocessor said.
    public let message: String
}

/// The C preprocessor of this machine.
public struct Preprocessor: Sendable, Hashable {
    /// The path of the program: `/usr/bin/cc`.
    public let command: String

    public init(command: String) {
        self.command = command
    }

    /// The first of `cc`, `gcc`, `clang` and `cpp` that the directories of `PATH` have; `nil` where there is none.
    public static func find() -> Preprocessor? {
        guard let path = getenv("PATH").map({ String(cString: $0) }) else { return nil }
        let directories = path.split(separator: ":").filter { $0.hasPrefix("/") }
        for name in ["cc", "gcc", "clang", "cpp"] {
            for directory in directories where access("\(directory)/\(name)", X_OK) == 0 {
                return Preprocessor(command: "\(directory)/\(name)")
            }
        }
        return nil
    }

    /// Expands the first file, an assembly, over the others. The tree's `vm.h` is empty here, so its macros stay.
    public func expand(_ files: [EmittedFile]) throws(PreprocessorError) -> [UInt8] {
        guard let assembly = files.first else { throw PreprocessorError(message: "there is no assembly") }
        return try Self.withDirectory { (scratch) throws(PreprocessorError) in
            let sources = [assembly] + files.filter { $0.path == ConnectionsHeader.path }
            // A line marker makes the preprocessor call the file by its own name, wherever it lies.
            try scratch.put(sources.map { ("app/\($0.path)", "# 1 \"\($0.path)\"\n\($0.text)") })
            try scratch.put([("tree/configurations/vm.h", "")])
            return try expand(
                "\(scratch.path)/app/\(assembly.path)", over: ["\(scratch.path)/app", "\(scratch.path)/tree"],
                in: scratch)
        }
    }

    /// Expands a file where it stands. Headers in memory are found `before` the directories, or `after` them.
    ///
    /// - Parameter defines: `NAME` or `NAME=value`.
    public func expand(
        _ file: String, over directories: [String], before: [EmittedFile], after: [EmittedFile],
        defining defines: [String]
    ) throws(PreprocessorError) -> [UInt8] {
        try Self.withDirectory { (scratch) throws(PreprocessorError) in
            for (name, headers) in [("before", before), ("after", after)] {
                try scratch.put(headers.map { ("\(name)/\($0.path)", $0.text) })
            }
            return try expand(
                file, over: ["\(scratch.path)/before"] + directories + ["\(scratch.path)/after"], defining: defines,
                in: scratch)
        }
    }

    private static func withDirectory(
        _ body: (TemporaryDirectory) throws(PreprocessorError) -> [UInt8]
    ) throws(PreprocessorError) -> [UInt8] {
        let scratch: TemporaryDirectory
        do throws(FileError) {
            scratch = try TemporaryDirectory()
        } catch {
            throw PreprocessorError(message: error.message)
        }
        defer { scratch.remove() }
        return try body(scratch)
    }

    private func expand(
        _ file: String, over directories: [String], defining defines: [String] = [], in scratch: TemporaryDirectory
    ) throws(PreprocessorError) -> [UInt8] {
        let path = scratch.path
        let arguments =
            ["-E", "-x", "c", "-nostdinc"] + directories.map { "-I\($0)" } + defines.map { "-D\($0)" }
            + ["-o", "\(path)/expanded", file]
        // GCC takes most of its time to remember through which macros a token came, for messages. Others do not, and
        // refuse the option.
        var status = try run(["-ftrack-macro-expansion=0"] + arguments, errors: "\(path)/errors")
        if status != 0 { status = try run(arguments, errors: "\(path)/errors") }
        guard status == 0 else {
            var said = (try? scratch.file("errors")) ?? []
            while said.last == UInt8(ascii: "\n") { said.removeLast() }
            throw PreprocessorError(
                message: "\(command) ended with status \(status): \(String(decoding: said.prefix(2000), as: UTF8.self))"
            )
        }
        do throws(FileError) {
            return try scratch.file("expanded")
        } catch {
            throw PreprocessorError(message: error.message)
        }
    }

    /// Runs the preprocessor with `errors` as its standard error, and waits for it.
    private func run(_ arguments: [String], errors: String) throws(PreprocessorError) -> Int32 {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 2, errors, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        let words = ([command] + arguments).map { strdup($0) }
        defer { for word in words { free(word) } }
        var process: pid_t = 0
        let failure = posix_spawn(&process, command, &actions, nil, words + [nil], environ)
        guard failure == 0 else {
            throw PreprocessorError(message: "\(command) cannot be run: \(String(cString: strerror(failure)))")
        }
        var status: Int32 = 0
        while waitpid(process, &status, 0) == -1 {
            guard errno == EINTR else {
                throw PreprocessorError(message: "\(command) was lost: \(String(cString: strerror(errno)))")
            }
        }
        // The exit status stands in the second byte, the signal that ended the process in the first.
        return status & 0x7f == 0 ? status >> 8 & 0xff : -(status & 0x7f)
    }
}

extension TemporaryDirectory {
    /// Writes files with these names and texts.
    fileprivate func put(_ files: [(name: String, text: String)]) throws(PreprocessorError) {
        do throws(FileError) {
            for file in files { try write(Array(file.text.utf8), to: file.name) }
        } catch {
            throw PreprocessorError(message: error.message)
        }
    }
}
