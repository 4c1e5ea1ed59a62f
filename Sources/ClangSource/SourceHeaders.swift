// SPDX-License-Identifier: BSD-2-Clause

/// The headers over which C is checked: a tree's, or topoc's own.
public struct SourceHeaders: Sendable, Hashable {
    /// What they are called in a finding: `topoc's headers for camkes-vm 3.11`.
    public var name: String
    /// Directories of headers, in the order in which they are searched.
    public var directories: [String]
    /// Headers that are in memory only. They stand in `directories`.
    public var files: [CFile]
    /// `NAME=value` for the preprocessor.
    public var defines: [String]

    public init(name: String, directories: [String], files: [CFile] = [], defines: [String] = []) {
        self.name = name
        self.directories = directories
        self.files = files
        self.defines = defines
    }
}
