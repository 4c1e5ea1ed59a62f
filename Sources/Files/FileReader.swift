// SPDX-License-Identifier: BSD-2-Clause

import SystemPackage

/// Reads whole files.
public enum FileReader {
    /// More bytes than this are refused, so that a device that never ends is not read for ever.
    static let limit = 64 << 20

    /// The bytes of a file; those of standard input for `-`.
    public static func read(_ path: FilePath) throws(FileError) -> [UInt8] {
        do throws(Errno) {
            if path == "-" { return try Disk().readStandardInput(limit: limit) }
            return try Disk().read(path, limit: limit)
        } catch {
            throw .reading(path == "-" ? "standard input" : path, error)
        }
    }

    /// The paths of the files below a directory, relative to it, sorted; none where no directory is there.
    /// - Parameter depth: the levels of directories below it that are looked into.
    public static func names(below directory: FilePath, depth: Int) throws(FileError) -> [String] {
        do throws(Errno) {
            return try files(below: directory, depth: depth).sorted()
        } catch {
            throw .reading(directory, error)
        }
    }

    private static func files(below directory: FilePath, depth: Int) throws(Errno) -> [String] {
        guard try Disk().kind(of: directory) == .directory else { return [] }
        var names: [String] = []
        for entry in try Disk().entries(of: directory) {
            if try Disk().kind(of: directory.appending(entry)) != .directory {
                names.append(entry)
            } else if depth > 0 {
                names += try files(below: directory.appending(entry), depth: depth - 1).map { "\(entry)/\($0)" }
            }
        }
        return names
    }
}
