// SPDX-License-Identifier: BSD-2-Clause

/// A root file system as Linux unpacks it at boot: cpio's "new ASCII" form, without a checksum.
///
/// Linux: Documentation/driver-api/early-userspace/buffer-format.rst. Several archives, one behind the other, are one.
public struct CpioArchive: Sendable, Hashable {
    /// What stands at a path.
    public enum Entry: Sendable, Hashable {
        case directory
        case file([UInt8], executable: Bool)
        /// Leads to the path that it holds.
        case link(String)
    }

    private var entries: [String: Entry] = [:]

    public init() {}

    /// The paths, sorted: a directory stands before what it holds.
    public var paths: [String] { entries.keys.sorted() }

    public subscript(path: String) -> Entry? { entries[path] }

    /// Puts an entry at a path without a leading `/`, in place of what is there, and the directories above it.
    public mutating func add(_ path: String, _ entry: Entry) {
        let parts = path.split(separator: "/")
        var above = ""
        for part in parts.dropLast() {
            above += above.isEmpty ? "\(part)" : "/\(part)"
            if entries[above] == nil { entries[above] = .directory }
        }
        entries[parts.joined(separator: "/")] = entry
    }

    public mutating func add(_ path: String, text: String, executable: Bool = false) {
        add(path, .file(Array(text.utf8), executable: executable))
    }

    /// The archive. The same entries give the same bytes: all is root's, and of no time.
    public var bytes: [UInt8] {
        var bytes: [UInt8] = []
        for (index, path) in paths.enumerated() {
            switch entries[path] {
            case .directory: Self.append(path, 0o040755, [], number: index + 1, to: &bytes)
            case .file(let content, let executable):
                Self.append(path, executable ? 0o100755 : 0o100644, content, number: index + 1, to: &bytes)
            case .link(let target): Self.append(path, 0o120777, Array(target.utf8), number: index + 1, to: &bytes)
            case nil: break
            }
        }
        Self.append("TRAILER!!!", 0, [], number: 0, to: &bytes)
        return bytes
    }

    private static func append(_ path: String, _ mode: Int, _ content: [UInt8], number: Int, to bytes: inout [UInt8]) {
        let name = Array(path.utf8) + [0]
        // Inode, mode, owner, group, links, time, size, device (2), device that it stands for (2), name's size, checksum.
        let fields = [number, mode, 0, 0, 1, 0, content.count, 0, 0, 0, 0, name.count, 0]
        bytes += Array("070701".utf8)
        for field in fields {
            let digits = String(field, radix: 16, uppercase: true)
            bytes += Array(String(repeating: "0", count: 8 - digits.utf8.count).utf8) + Array(digits.utf8)
        }
        bytes += name
        pad(&bytes)
        bytes += content
        pad(&bytes)
    }

    /// Names and contents each end at a multiple of four bytes, counted from where the archive begins.
    private static func pad(_ bytes: inout [UInt8]) {
        bytes += [UInt8](repeating: 0, count: (4 - bytes.count % 4) % 4)
    }
}
