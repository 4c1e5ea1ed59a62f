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
}
