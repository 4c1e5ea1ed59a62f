// SPDX-License-Identifier: BSD-2-Clause

import SystemPackage

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The machine's own file system.
public struct Disk: FileSystem {
    public init() {}

    public func kind(of path: FilePath) throws(Errno) -> FileKind? {
        var status = stat()
        guard path.withPlatformString({ stat($0, &status) }) == 0 else {
            let error = Errno(rawValue: errno)
            if error == .noSuchFileOrDirectory || error == .notDirectory { return nil }
            throw error
        }
        switch status.st_mode & S_IFMT {
        case S_IFREG: return .file(FilePermissions(rawValue: status.st_mode & 0o7777))
        case S_IFDIR: return .directory
        default: return .other
        }
    }

    /// Whether the path itself is a symbolic link, wherever that leads.
    public func isLink(_ path: FilePath) -> Bool {
        var status = stat()
        return path.withPlatformString({ lstat($0, &status) }) == 0 && status.st_mode & S_IFMT == S_IFLNK
    }

    public func resolve(_ path: FilePath) throws(Errno) -> FilePath {
        guard let resolved = path.withPlatformString({ realpath($0, nil) }) else { throw Errno(rawValue: errno) }
        defer { free(resolved) }
        return FilePath(platformString: resolved)
    }

    public func checkWritable(_ path: FilePath) throws(Errno) {
        try check(path.withPlatformString { access($0, W_OK) })
    }

    public func read(_ path: FilePath, limit: Int) throws(Errno) -> [UInt8] {
        try typed {
            let file = try FileDescriptor.open(path, .readOnly, options: .closeOnExec)
            return try file.closeAfter { try file.contents(limit: limit) }
        }
    }

    /// What comes on standard input, to its end.
    public func readStandardInput(limit: Int) throws(Errno) -> [UInt8] {
        try typed { try FileDescriptor.standardInput.contents(limit: limit) }
    }

    /// The names in a directory, without `.` and `..`, in no order.
    func entries(of directory: FilePath) throws(Errno) -> [String] {
        guard let stream = directory.withPlatformString({ opendir($0) }) else { throw Errno(rawValue: errno) }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names
    }

    public func create(_ path: FilePath, _ bytes: [UInt8], permissions: FilePermissions?) throws(Errno) {
        try typed {
            let file = try FileDescriptor.open(
                path, .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec],
                permissions: [.ownerReadWrite, .groupReadWrite, .otherReadWrite])
            do {
                try file.closeAfter {
                    if let permissions { try check(fchmod(file.rawValue, permissions.rawValue)) }
                    try file.writeAll(bytes)
                }
            } catch {
                try? remove(path)
                throw error
            }
        }
    }

    public func makeDirectory(_ path: FilePath) throws(Errno) {
        try check(path.withPlatformString { mkdir($0, 0o777) })
    }

    public func removeDirectory(_ path: FilePath) throws(Errno) {
        try check(path.withPlatformString { rmdir($0) })
    }

    public func remove(_ path: FilePath) throws(Errno) {
        try check(path.withPlatformString { unlink($0) })
    }

    public func rename(_ path: FilePath, to destination: FilePath) throws(Errno) {
        try check(
            path.withPlatformString { from in destination.withPlatformString { systemRename(from, $0) } })
    }

    public func link(_ path: FilePath, as name: FilePath) throws(Errno) {
        try check(path.withPlatformString { from in name.withPlatformString { systemLink(from, $0) } })
    }
}

// The names of the C functions, which those of the methods would hide.
private let systemRename: @Sendable (UnsafePointer<CChar>, UnsafePointer<CChar>) -> CInt = { rename($0, $1) }
private let systemLink: @Sendable (UnsafePointer<CChar>, UnsafePointer<CChar>) -> CInt = { link($0, $1) }

private func check(_ result: CInt) throws(Errno) {
    if result != 0 { throw Errno(rawValue: errno) }
}

/// The errors of `FileDescriptor`, which are all of type `Errno` but not declared so.
private func typed<Value>(_ body: () throws -> Value) throws(Errno) -> Value {
    do {
        return try body()
    } catch let error as Errno {
        throw error
    } catch {
        throw .ioError
    }
}

extension FileDescriptor {
    fileprivate func contents(limit: Int) throws -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = try buffer.withUnsafeMutableBytes { try read(into: $0) }
            if count == 0 { return bytes }
            bytes += buffer[..<count]
            if bytes.count > limit { throw Errno.fileTooLarge }
        }
    }
}
