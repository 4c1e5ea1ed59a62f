// SPDX-License-Identifier: BSD-2-Clause

/// A file of the app directory.
public struct EmittedFile: Sendable, Hashable {
    /// Relative to the output directory, with `/` between its parts.
    public let path: String
    public let text: String

    public init(path: String, text: String) {
        self.path = path
        self.text = text
    }
}

/// How the assembly is written.
public enum AssemblyForm: String, Sendable, Hashable, CaseIterable {
    /// With a topology macro for each connection, over a connections header of our own.
    case macros
    /// With every interface, end and setting written out, and no macro but those of the tree's `vm.h`.
    case expanded
}
