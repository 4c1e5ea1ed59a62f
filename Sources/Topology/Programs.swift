// SPDX-License-Identifier: BSD-2-Clause

/// Programs that every guest has: a CMake project beside the topology, built for the guest's architecture and put into
/// its root file system.
public struct Programs: Sendable, Hashable {
    /// The project's folder, relative to the `.topo` file.
    public var folder: Placed<String>
    /// The executables that the project makes, by name. A guest finds them in `/usr/bin`.
    public var names: [Placed<String>]
    public var origin: Origin

    public init(folder: Placed<String>, names: [Placed<String>], origin: Origin) {
        self.folder = folder
        self.names = names
        self.origin = origin
    }
}
