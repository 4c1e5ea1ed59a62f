// SPDX-License-Identifier: BSD-2-Clause

import ArgumentParser
import CAmkESImport
import ClangSource
import Files

/// What a command that reads an app of a tree takes beside it.
struct AppOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "For a .camkes: the checkout whose headers it includes. Without it the one that the file lies in, or "
                + "topoc's own headers.", valueName: "directory"),
        completion: .directory)
    var tree: String?

    @Option(
        name: .customLong("define"),
        help: ArgumentHelp(
            "For a .camkes: a macro that is defined, as NAME or NAME=value. May be given several times.",
            valueName: "macro"))
    var defines: [String] = []

    /// Reads an app with them; says where it is read without libclang.
    func read(_ app: AppDirectory, _ rules: RuleOptions) throws(FileError) -> ImportedApp {
        var libclang: Libclang?
        do throws(ClangUnavailable) {
            libclang = try Libclang.find()
        } catch {
            Console.note(
                "note: directives and macros are \(error.message): findings stand where macros are used\n")
        }
        return try app.read(tree: tree, defines: defines, target: rules.target, libclang: libclang)
    }
}
