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

    /// Makes a file in it, and the directories above that.
    public func write(_ bytes: [UInt8], to name: String) throws(FileError) {
        let place = path.pushing(FilePath(name))
        do throws(Errno) {
            var directory = path
            for part in FilePath(name).removingLastComponent().components {
                directory.append(part)
                if try Disk().kind(of: directory) == nil { try Disk().makeDirectory(directory) }
            }
            try Disk().create(place, bytes, permissions: nil)
        } catch {
            throw .writing(place, error)
        }
    }

    /// The bytes of a file in it.
    public func file(_ name: String) throws(FileError) -> [UInt8] {
        try FileReader.read(path.pushing(FilePath(name)))
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
