// SPDX-License-Identifier: BSD-2-Clause

import ArgumentParser
import Files
import SystemPackage

struct Init: TopocCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write a first topology, with comments that show what can be said.")

    @Argument(
        help: ArgumentHelp("The file to write, or the directory to write mesh.topo in.", valueName: "path"),
        completion: .file())
    var path = "mesh.topo"

    func perform() throws -> Outcome {
        var file = FilePath(path)
        if file.extension != "topo" { file.append("mesh.topo") }
        guard try FileWriter().changes([OutputFile(file, [])]).allSatisfy({ $0.old == nil }) else {
            throw FileError("`\(file)` is already there", notes: ["name another file; nothing was changed"])
        }
        try FileWriter().write([OutputFile(file, Array(Starter.text.utf8))])
        try Console.print("wrote \(file); next: topoc lint \(file)\n")
        return .clean
    }
}
