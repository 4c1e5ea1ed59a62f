// SPDX-License-Identifier: BSD-2-Clause

import CAmkES
import CLabHost
import FoundationEssentials
import Processes
import Wiring

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The rules of a filter, compiled for this host: of the same C that `topoc build` puts into the filter's component.
struct FilterLibrary: Sendable {
    /// The library, open to be read; its file is gone.
    let file: Descriptor

    private static let compilers = ["cc", "gcc", "clang"]
    private static let patience = Duration.seconds(60)

    init(_ filter: FilterWiring) async throws(LabError) {
        guard let compiler = Self.compilers.compactMap({ Command.find($0) }).first else {
            throw LabError(
                LabRules.compiler, "no C compiler is here, which the rules of filter `\(filter.name)` need",
                notes: ["apt-get install gcc libc6-dev"])
        }
        let directory = FileManager.default.temporaryDirectory.appending(path: "topoc-filter-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: directory) }
        do {
            for file in FilterRulesPrinter.sources(of: filter) {
                let place = directory.appending(path: file.path)
                try FileManager.default.createDirectory(
                    at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
                try Data(file.text.utf8).write(to: place)
            }
        } catch {
            throw LabError(LabRules.compiler, "the rules of filter `\(filter.name)` cannot be written: \(error)")
        }
        let library = directory.appending(path: "rules.so").path
        let command = Command(
            compiler,
            [
                "-std=c11", "-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-nostdlib", "-I", directory.path,
                directory.appending(path: FilterRulesPrinter.sourceName).path, "-o", library,
            ])
        let done: Completed
        do throws(ProcessError) {
            done = try await ChildProcess.run(command, within: Self.patience)
        } catch {
            throw LabError(LabRules.compiler, error.message)
        }
        guard done.succeeded else {
            throw LabError(
                LabRules.compiler, "\(compiler) cannot compile the rules of filter `\(filter.name)`: it \(done.ending)",
                notes: (done.outputText + done.errorText).split(separator: "\n").suffix(8).map(String.init))
        }
        let number = open(library, O_RDONLY | O_CLOEXEC)
        guard number != -1 else {
            throw LabError(LabRules.compiler, "\(library) cannot be opened: \(ErrorNumber())")
        }
        file = Descriptor(number)
    }
}
