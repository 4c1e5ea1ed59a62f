// SPDX-License-Identifier: BSD-2-Clause

import SystemPackage

/// What reading and writing ask of the machine. A seam: tests put one behind it that fails at any step.
public protocol FileSystem: Sendable {
    /// What stands at a path, links followed; `nil` where nothing does.
    func kind(of path: FilePath) throws(Errno) -> FileKind?
    /// The path that a path with links leads to. Something must stand there.
    func resolve(_ path: FilePath) throws(Errno) -> FilePath
    /// Fails unless this process may write the file.
    func checkWritable(_ path: FilePath) throws(Errno)
    /// The file's bytes; fails with `fileTooLarge` where they are more than the limit.
    func read(_ path: FilePath, limit: Int) throws(Errno) -> [UInt8]
    /// Makes a file that was not there. Leaves nothing where it fails.
    /// Without permissions the file gets those that the user's `umask` leaves.
    func create(_ path: FilePath, _ bytes: [UInt8], permissions: FilePermissions?) throws(Errno)
    func makeDirectory(_ path: FilePath) throws(Errno)
    func removeDirectory(_ path: FilePath) throws(Errno)
    func remove(_ path: FilePath) throws(Errno)
    /// Puts a file in another's place, in one step.
    func rename(_ path: FilePath, to destination: FilePath) throws(Errno)
    /// Gives a file a second name.
    func link(_ path: FilePath, as name: FilePath) throws(Errno)
}

public enum FileKind: Sendable, Equatable {
    case file(FilePermissions)
    case directory
    /// A device, a socket or a pipe.
    case other
}
