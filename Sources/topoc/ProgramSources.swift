// SPDX-License-Identifier: BSD-2-Clause

import CAmkES
import Checkout
import Files
import SystemPackage
import Wiring

/// The sources of guests' programs, which an app has a copy of.
enum ProgramSources {
    /// Folders within folders, files, and bytes of all: more than that is no folder of sources.
    static let deepest = 8
    static let mostFiles = 1000
    static let mostBytes = 16 << 20

    /// The files of the wiring's programs, as an app has them.
    ///
    /// - Parameter topology: the `.topo` file beside which the folders are; `-` for the working directory.
    static func files(of wiring: Wiring, beside topology: FilePath) throws(FileError) -> [AppFile] {
        guard wiring.vms.contains(where: \.hasTreesRootFileSystem) else { return [] }
        var files: [AppFile] = []
        var bytes = 0
        for folder in wiring.programs {
            let source = topology.removingLastComponent().appending(folder.path)
            // Names that begin with a dot are an editor's and a version control's.
            let names = try FileReader.names(below: source, depth: deepest)
                .filter { !$0.split(separator: "/").contains { $0.hasPrefix(".") } }
            guard names.contains("CMakeLists.txt") else {
                throw FileError(
                    "`\(source)`: there is no CMakeLists.txt, so CMake can build no programs of it",
                    notes: ["`Programs` names a folder beside the topology, with a CMake project"])
            }
            for name in names where files.count <= mostFiles && bytes <= mostBytes {
                let content = try FileReader.read(source.appending(name))
                bytes += content.count
                files.append(AppFile(path: "\(GuestPrograms.path(of: folder))/\(name)", bytes: content))
            }
            guard files.count <= mostFiles, bytes <= mostBytes else {
                throw FileError(
                    "`\(source)`: more than \(mostFiles) files or \(mostBytes >> 20) MiB, which an app has no copy of",
                    notes: ["name the folder of the sources alone, without what was built of them"])
            }
        }
        return files
    }
}
