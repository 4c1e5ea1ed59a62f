// SPDX-License-Identifier: BSD-2-Clause

import SystemPackage

/// A file that could not be read or written: which, why, and what to do.
public struct FileError: Error, Sendable, Equatable {
    /// One sentence without a full stop: "cannot write `out/a.camkes`: no space left on device".
    public let message: String
    /// The way out, where there is one to name.
    public let notes: [String]

    public init(_ message: String, notes: [String] = []) {
        self.message = message
        self.notes = notes
    }

    static func reading(_ path: FilePath, _ error: Errno) -> FileError {
        let notes: [String] =
            switch error {
            case .isDirectory: ["name the file in it"]
            case .permissionDenied: ["make it readable for this user"]
            case .fileTooLarge: ["topoc reads files of up to \(FileReader.limit >> 20) MiB"]
            default: []
            }
        return FileError("cannot read `\(path)`: \(reason(error))", notes: notes)
    }

    static func writing(_ path: FilePath, _ error: Errno, _ more: [String] = []) -> FileError {
        let notes: [String] =
            switch error {
            case .noSpace, .diskQuotaExceeded: ["nothing was changed; free some space and run it again"]
            case .permissionDenied, .readOnlyFileSystem: ["nothing was changed; choose a place that is writable"]
            default: ["nothing was changed"]
            }
        return FileError("cannot write `\(path)`: \(reason(error))", notes: more.isEmpty ? notes : more)
    }

    private static func reason(_ error: Errno) -> String {
        let text = error.description
        return (text.first?.lowercased() ?? "") + text.dropFirst()
    }
}
