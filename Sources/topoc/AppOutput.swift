// SPDX-License-Identifier: BSD-2-Clause

import CAmkES
import Files
import SystemPackage
import Wiring

/// An app, in the place where it is to be.
struct AppOutput {
    private let emitted: [EmittedFile]
    private let directory: FilePath

    init(_ wiring: Wiring, form: AssemblyForm, path: FilePath?) {
        emitted = AppEmitter.files(for: wiring, form: form, assemblyName: path?.stem ?? wiring.name)
        directory = path?.removingLastComponent() ?? ""
    }

    /// The text of the `.camkes` file.
    var assembly: String { emitted.first?.text ?? "" }

    /// The files as they should be; those of earlier builds that are no longer in the app should go.
    func files() throws(FileError) -> [OutputFile] {
        var files = emitted.map { OutputFile(directory.appending($0.path), Array($0.text.utf8)) }
        let present = Set(emitted.map(\.path))
        for name in AppEmitter.directories {
            for path in try FileReader.names(below: directory.appending(name), depth: 1).map({ "\(name)/\($0)" })
            where AppEmitter.isOwn(path) && !present.contains(path) {
                files.append(OutputFile(directory.appending(path), nil))
            }
        }
        return files
    }
}
