// SPDX-License-Identifier: BSD-2-Clause

import CAmkES
import Processes
import Wiring

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The rules of a filter, compiled for this host: of the same C that `topoc build` puts into the filter's component.
///
/// Compiler and linker write into memory, so that nothing is left behind, whoever is killed meanwhile.
struct FilterLibrary: Sendable {
    /// The library, open to be read.
    let file: Descriptor

    private static let compilers = ["cc", "gcc", "clang"]
    private static let linker = "ld"
    private static let patience = Duration.seconds(60)

    init(_ filter: FilterWiring) async throws(LabError) {
        guard let compiler = Self.compilers.compactMap({ Command.find($0) }).first, Command.find(Self.linker) != nil
        else {
            throw LabError(
                LabRules.compiler,
                "no C compiler is here, or no linker, which the rules of filter `\(filter.name)` need",
                notes: ["apt-get install gcc libc6-dev"])
        }
        let object: MemoryFile
        let library: MemoryFile
        do throws(ProcessError) {
            object = try MemoryFile("topoc-rules.o", [])
            library = try MemoryFile("topoc-rules.so", [])
        } catch {
            throw LabError(LabRules.compiler, error.message)
        }
        let source = Array(FilterRulesPrinter.unit(of: filter).utf8)
        try await Self.run(
            Command(
                compiler,
                [
                    "-std=c11", "-O2", "-Wall", "-Wextra", "-Werror", "-fPIC",
                    // Without files of its own between its steps.
                    "-pipe", "-c", "-x", "c", "-o", MemoryFile.path(at: 0), "-",
                ]), of: filter, input: source, files: [object.file])
        // The compilers' own way to the linker is over files in a directory.
        try await Self.run(
            Command(Self.linker, ["-shared", "-o", MemoryFile.path(at: 1), MemoryFile.path(at: 0)]), of: filter,
            files: [object.file, library.file])
        // The filter's process is to read it and not to write it.
        let number = open("/proc/self/fd/\(library.file.number)", O_RDONLY | O_CLOEXEC)
        guard number != -1 else {
            throw LabError(
                LabRules.compiler, "the rules of filter `\(filter.name)` cannot be opened: \(ErrorNumber())")
        }
        file = Descriptor(number)
    }

    private static func run(
        _ command: Command, of filter: FilterWiring, input: [UInt8]? = nil, files: [Descriptor]
    ) async throws(LabError) {
        let done: Completed
        do throws(ProcessError) {
            done = try await ChildProcess.run(command, within: patience, input: input, files: files)
        } catch {
            throw LabError(LabRules.compiler, error.message)
        }
        guard done.succeeded else {
            throw LabError(
                LabRules.compiler,
                "\(command.program) cannot compile the rules of filter `\(filter.name)`: it \(done.ending)",
                notes: (done.outputText + done.errorText).split(separator: "\n").suffix(8).map(String.init))
        }
    }
}
