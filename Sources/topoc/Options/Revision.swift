// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import Files
import Processes
import SystemPackage

/// A file as a git revision has it: `REV:path`, where git finds the path from the root of the repository, and
/// `REV:./path` from the working directory; without a revision, `:path` is what is to be committed.
struct Revision {
    /// As the command line has it.
    let name: String

    /// `nil` for what is no revision: a path that is there, or has no colon.
    init?(_ argument: String) {
        guard argument.contains(":"), !argument.hasPrefix("-"),
            (try? Disk().kind(of: FilePath(argument))) == nil
        else { return nil }
        name = argument
    }

    func read() async throws -> SourceText {
        let git = Command("git", ["cat-file", "blob", name])
        let ended: Completed
        do throws(ProcessError) {
            ended = try await ChildProcess.run(git, within: .seconds(60))
        } catch {
            throw FileError("cannot read `\(name)`: \(error.message)", notes: ["`REV:path` is read with git"])
        }
        guard ended.succeeded else {
            let said = ended.errorText.split(separator: "\n").first.map(String.init) ?? "git \(ended.ending)"
            throw FileError(
                "cannot read `\(name)`: \(said)", notes: ["name a file, or a revision as `HEAD~1:path/to/mesh.topo`"])
        }
        return SourceText(name: name, bytes: ended.output)
    }
}
