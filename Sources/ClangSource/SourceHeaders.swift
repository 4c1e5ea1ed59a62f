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
    /// The machines that these headers are for. Integers and pointers differ in size.
    public var machines: [Machine]

    /// A machine that C is compiled for.
    public struct Machine: Sendable, Hashable {
        /// As clang's `--target` takes it.
        public var target: String
        /// Directories of headers that are for this machine only, searched after the others.
        public var directories: [String]

        public init(_ target: String, directories: [String] = []) {
            self.target = target
            self.directories = directories
        }

        /// What an x86 VMM is compiled for.
        public static let x86_64 = Machine("x86_64-linux-gnu")
        public static let ia32 = Machine("i686-linux-gnu")
        /// What a VMM for Arm is compiled for.
        public static let aarch64 = Machine("aarch64-linux-gnu")
        public static let aarch32 = Machine("armv7-linux-gnueabihf")
    }

    public init(
        name: String, directories: [String], files: [CFile] = [], defines: [String] = [],
        machines: [Machine] = [.x86_64, .ia32]
    ) {
        self.name = name
        self.directories = directories
        self.files = files
        self.defines = defines
        self.machines = machines
    }
}
