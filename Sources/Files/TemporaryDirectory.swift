// SPDX-License-Identifier: BSD-2-Clause

import SystemPackage

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A directory of this process alone.
public struct TemporaryDirectory: Sendable {
    public let path: FilePath

    public init() throws(FileError) {
        let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(parent)/topoc-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw .writing(FilePath(parent), Errno(rawValue: errno)) }
        path = FilePath(platformString: template)
    }

    /// Removes it, with all that is in it.
    public func remove() { Self.remove(path) }

    private static func remove(_ path: FilePath) {
        if !Disk().isLink(path), (try? Disk().kind(of: path)) == .directory {
            for entry in (try? Disk().entries(of: path)) ?? [] { remove(path.appending(entry)) }
            try? Disk().removeDirectory(path)
        } else {
            try? Disk().remove(path)
        }
    }
}
