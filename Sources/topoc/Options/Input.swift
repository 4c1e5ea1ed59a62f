// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import Files
import SystemPackage

/// A `.topo` file named on the command line; `-` is standard input.
struct Input {
    let path: String
    let source: SourceText

    init(_ path: String) throws(FileError) {
        self.path = path
        source = SourceText(name: path == "-" ? "<stdin>" : path, bytes: try FileReader.read(FilePath(path)))
    }

    /// Does something with each file, also where another cannot be read or written; the worst outcome counts.
    static func forEach(_ paths: [String], _ body: (Input) throws -> Outcome) throws -> Outcome {
        var worst = Outcome.clean
        var seen: Set<String> = []
        for path in paths where seen.insert(path).inserted {
            do {
                worst = max(worst, try body(Input(path)))
            } catch let error as FileError {
                Console.complain(error)
                worst = max(worst, .inputOutput)
            }
        }
        return worst
    }
}
