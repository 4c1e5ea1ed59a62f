// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics

/// The check of emitted C: what its compiler would refuse over the headers of a tree, as topoc's findings.
public struct SourceChecker: Sendable {
    private let headers: SourceHeaders
    private let libclang: Libclang

    /// Takes the machine's libclang unless one is given.
    public init(_ headers: SourceHeaders, libclang: Libclang? = nil) throws(ClangUnavailable) {
        self.headers = headers
        if let libclang {
            self.libclang = libclang
        } else {
            self.libclang = try Libclang.find()
        }
    }

    /// Parses each `.c` file of an app, over the app's other files and the headers, once for each machine.
    ///
    /// Paths are relative to the app's directory. `searching` are the directories of the app that `#include` searches
    /// beside the file's own; a path with `..` is not found, since the files are in memory. Gives a report for each file
    /// in which something is wrong, in the order of the files; none where the C can be compiled.
    public func check(_ files: [CFile], searching directories: [String] = []) -> [Report] {
        let faults = files.compactMap { file in
            SourceLimits.fault(of: file.text).map {
                Report(source: SourceText(name: file.path, text: file.text), findings: [$0])
            }
        }
        guard faults.isEmpty else { return faults }
        var found = SourceFindings(files: files, headers: headers.name, machines: headers.machines.count)
        for file in files where file.path.hasSuffix(".c") {
            for machine in headers.machines {
                do throws(ClangFailure) {
                    let unit = try self.unit(of: file.path, in: files, searching: directories, machine)
                    for diagnostic in unit.diagnostics {
                        found.add(diagnostic, in: unit, of: file.path, machine.target)
                    }
                } catch {
                    found.add(error, of: file.path, machine.target)
                }
            }
        }
        return found.reports
    }

    /// The constants of a file of the app: each variable at file scope that has an initializer, by its name. A file that
    /// is not all C gives those that clang could read.
    public func constants(
        of path: String, in files: [CFile], searching directories: [String] = []
    ) throws(ClangFailure) -> [String: ConstantValue] {
        guard let machine = headers.machines.first else { return [:] }
        return try unit(of: path, in: files, searching: directories, machine).constants
    }

    /// Parses a file of the app for the first machine, and asks something of it.
    func parsed<Answer>(
        _ path: String, in files: [CFile], searching directories: [String],
        _ ask: (borrowing TranslationUnit) -> Answer
    ) throws(ClangFailure) -> Answer? {
        guard let machine = headers.machines.first else { return nil }
        return ask(try unit(of: path, in: files, searching: directories, machine))
    }

    private func unit(
        of path: String, in files: [CFile], searching directories: [String], _ machine: SourceHeaders.Machine
    ) throws(ClangFailure) -> TranslationUnit {
        try TranslationUnit(
            libclang, path: Self.place(of: path), arguments: arguments(machine, directories),
            files: headers.files + files.map { CFile(path: Self.place(of: $0.path), text: $0.text) })
    }

    /// Where clang believes that the app lies. Nothing is there: a file that the app does not have is not found.
    private static let app = "/topoc/app/"

    private static func place(of path: String) -> String { app + path }

    /// The path in the app of a file that clang names; `nil` for a header of the tree.
    static func path(at place: String) -> String? {
        place.hasPrefix(app) ? String(place.dropFirst(app.count)) : nil
    }

    private func arguments(_ machine: SourceHeaders.Machine, _ directories: [String]) -> [String] {
        // In headers of others, as `-isystem` makes them, warnings stay warnings.
        ["-x", "c", "-std=gnu11", "--target=\(machine.target)", "-nostdinc", "-ferror-limit=100"]
            + Self.refused.map { "-Werror=\($0)" } + directories.map { "-I\(Self.place(of: $0))" }
            + (headers.directories + machine.directories).flatMap { ["-isystem", $0] }
            + headers.defines.map { "-D\($0)" }
    }

    /// Warnings of clang that mean that the C is wrong.
    private static let refused = [
        "implicit-function-declaration", "implicit-int", "incompatible-pointer-types", "int-conversion", "format",
        "format-extra-args", "return-type", "null-character",
    ]
}
