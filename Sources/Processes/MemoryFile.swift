// SPDX-License-Identifier: BSD-2-Clause

import CProcesses

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A file in memory that a child finds by its number. It is in no directory, so nothing of it is left behind.
public final class MemoryFile: Sendable {
    public let file: Descriptor

    /// - Parameter name: what `/proc` shows for it.
    public init(_ name: String, _ bytes: [UInt8]) throws(ProcessError) {
        let number = topoc_memory_file(name)
        guard number >= 0 else {
            throw ProcessError(message: "no memory for `\(name)`: \(ErrorNumber())")
        }
        file = Descriptor(number)
        guard file.write(all: bytes) else {
            throw ProcessError(message: "no memory for `\(name)`, \(bytes.count) bytes: \(ErrorNumber())")
        }
    }

    /// The path at which a child opens the file that it was given at this place, from 0.
    public static func path(at place: Int) -> String { "/proc/self/fd/\(ChildProcess.channelNumber + 1 + place)" }
}
