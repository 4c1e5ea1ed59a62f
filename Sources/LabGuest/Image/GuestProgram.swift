// SPDX-License-Identifier: BSD-2-Clause

import Processes

/// A program of this host that guests have too, with the libraries that it needs.
public struct GuestProgram: Sendable, Hashable {
    /// Its name in the guest's `/usr/bin`.
    public let name: String
    /// On this host.
    public let path: String

    /// - Parameter path: a program of this host.
    public init(path: String) {
        self.path = path
        name = path.split(separator: "/").last.map(String.init) ?? path
    }

    /// Builds a directory with a CMakeLists.txt, whose target of the name is the program.
    /// - Parameter directory: takes what is built, and makes the next time short.
    public static func built(
        _ name: String, from source: String, in directory: String
    ) async throws(GuestError) -> GuestProgram {
        for arguments in [["-S", source, "-B", directory], ["--build", directory, "--target", name]] {
            let done = try await run(Command("cmake", arguments), within: .seconds(300))
            guard done.succeeded else {
                throw GuestError(
                    "cmake cannot build `\(source)`: it \(done.ending)",
                    notes: (done.outputText + done.errorText).split(separator: "\n").suffix(12).map(String.init))
            }
        }
        return GuestProgram(path: "\(directory)/\(name)")
    }

    /// The paths of the libraries, and of the one that loads them; none where it needs none.
    func libraries() async throws(GuestError) -> [String] {
        let done = try await run(Command("ldd", [path], environment: ["LC_ALL": "C"]), within: .seconds(30))
        let said = done.outputText + done.errorText
        if said.contains("not a dynamic executable") || said.contains("statically linked") { return [] }
        guard done.succeeded else { throw GuestError("ldd cannot read `\(path)`: \(done.lastWords)") }
        var paths: [String] = []
        // `NAME => PATH (ADDRESS)`; a path without a name is the loader; a name without a path is the kernel's.
        for line in done.outputText.split(separator: "\n") {
            let words = line.split(whereSeparator: { $0 == " " || $0 == "\t" })
            if line.hasSuffix("not found") {
                throw GuestError("`\(path)` needs \(words.first ?? "a library"), which this host does not have")
            }
            if let found = words.first(where: { $0.hasPrefix("/") }) { paths.append(String(found)) }
        }
        return paths
    }
}
