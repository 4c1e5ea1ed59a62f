// SPDX-License-Identifier: BSD-2-Clause

import SystemPackage

/// A file as it should be.
public struct OutputFile: Sendable, Equatable {
    public let path: FilePath
    /// `nil` for a file that should not be there.
    public let bytes: [UInt8]?

    public init(_ path: FilePath, _ bytes: [UInt8]?) {
        self.path = path
        self.bytes = bytes
    }
}

/// A file as it should be, and what is on the disk in its place.
public struct FileChange: Sendable, Equatable {
    public let file: OutputFile
    /// `nil` where nothing is there yet.
    public let old: [UInt8]?

    public var isNeeded: Bool { old != file.bytes }
}

/// Writes files as one: all of them or, where any step fails, none, and then what was there is as it was.
///
/// Files that are as they should be are left alone. A crash of the machine itself is not covered: waiting for the disk
/// after each of thousands of small files takes minutes, and what topoc writes can be written again.
public struct FileWriter {
    private let system: any FileSystem

    public init(_ system: any FileSystem = Disk()) {
        self.system = system
    }

    /// What writing would do, in the order given.
    public func changes(_ files: [OutputFile]) throws(FileError) -> [FileChange] {
        var seen: Set<FilePath> = []
        var changes: [FileChange] = []
        for file in files {
            let path = file.path.lexicallyNormalized()
            guard seen.insert(path).inserted else { throw FileError("`\(path)` would be written twice") }
            changes.append(FileChange(file: file, old: try contents(of: file.path)))
        }
        return changes
    }

    /// Writes what differs, and says what that was.
    @discardableResult
    public func write(_ files: [OutputFile]) throws(FileError) -> [FileChange] {
        let needed = try changes(files).filter(\.isNeeded)
        var transaction = Transaction(system: system)
        do throws(FileError) {
            for change in needed { try transaction.stage(change) }
            try transaction.commit()
        } catch {
            let stranded = transaction.rollBack()
            guard stranded.isEmpty else {
                throw FileError(
                    error.message, notes: stranded.map { "what `\($0.path)` held is now in `\($0.backup)`" })
            }
            throw error
        }
        return needed
    }

    /// Removes the directories that files which are gone leave empty, up to and with the one named.
    public func prune(_ files: [FilePath], upTo top: FilePath) {
        var directories: Set<FilePath> = []
        for file in files {
            var directory = file.removingLastComponent()
            while directory.starts(with: top), directories.insert(directory).inserted {
                directory.removeLastComponent()
            }
        }
        for directory in directories.sorted(by: { $0.components.count > $1.components.count }) {
            // One that is not empty stays.
            try? system.removeDirectory(directory)
        }
    }

    private func contents(of path: FilePath) throws(FileError) -> [UInt8]? {
        do throws(Errno) {
            switch try system.kind(of: path) {
            case nil: return nil
            case .directory: throw Errno.isDirectory
            case .other: break
            case .file: return try system.read(path, limit: .max)
            }
        } catch {
            throw .writing(path, error)
        }
        throw FileError(
            "cannot write `\(path)`: it is no regular file", notes: ["name a file; --stdout prints instead"])
    }
}

/// The steps taken so far, each with the way back.
private struct Transaction {
    private struct Staged {
        let path: FilePath
        /// Where the new bytes wait; `nil` for a file that goes.
        let temporary: FilePath?
        let replaces: Bool
    }

    private struct Done {
        let path: FilePath
        /// Where the old file waits; `nil` where there was none.
        let backup: FilePath?
        let isRemoval: Bool
    }

    let system: any FileSystem
    private var directories: [FilePath] = []
    private var staged: [Staged] = []
    private var done: [Done] = []

    init(system: any FileSystem) {
        self.system = system
    }

    /// Writes the bytes beside the place where they belong.
    mutating func stage(_ change: FileChange) throws(FileError) {
        do throws(Errno) {
            var path = change.file.path
            var permissions: FilePermissions?
            if change.old != nil {
                // A link stays a link: what it leads to is written.
                path = try system.resolve(path)
                try system.checkWritable(path)
                if case .file(let old) = try system.kind(of: path) { permissions = old }
            }
            var temporary: FilePath?
            if let bytes = change.file.bytes {
                try makeDirectory(path.removingLastComponent())
                let name = Self.temporaryName(beside: path)
                try system.create(name, bytes, permissions: permissions)
                temporary = name
            }
            staged.append(Staged(path: path, temporary: temporary, replaces: change.old != nil))
        } catch {
            throw .writing(change.file.path, error)
        }
    }

    /// Puts everything staged in its place.
    mutating func commit() throws(FileError) {
        for next in staged {
            do throws(Errno) {
                let backup = next.replaces ? Self.temporaryName(beside: next.path) : nil
                if let backup { try setAside(next.path, as: backup, moving: next.temporary == nil) }
                done.append(Done(path: next.path, backup: backup, isRemoval: next.temporary == nil))
                if let temporary = next.temporary { try system.rename(temporary, to: next.path) }
            } catch {
                throw .writing(next.path, error)
            }
        }
        // From here on nothing is undone; a backup or an empty directory that cannot be removed does no harm.
        for step in done {
            if let backup = step.backup { try? system.remove(backup) }
            if step.isRemoval { try? system.removeDirectory(step.path.removingLastComponent()) }
        }
    }

    /// Undoes everything; returns the files that could not be put back, with the places where they are.
    mutating func rollBack() -> [(path: FilePath, backup: FilePath)] {
        var stranded: [(FilePath, FilePath)] = []
        for step in done.reversed() {
            do throws(Errno) {
                if let backup = step.backup {
                    try system.rename(backup, to: step.path)
                    // Of two names of one file, renaming one to the other keeps both.
                    try? system.remove(backup)
                } else {
                    try system.remove(step.path)
                }
            } catch {
                if let backup = step.backup { stranded.append((step.path, backup)) }
            }
        }
        for case let temporary? in staged.map(\.temporary) { try? system.remove(temporary) }
        for directory in directories.reversed() { try? system.removeDirectory(directory) }
        return stranded
    }

    /// Keeps the old file under a second name, or moves it there; where the file system has no links it moves too.
    private func setAside(_ path: FilePath, as backup: FilePath, moving: Bool) throws(Errno) {
        if !moving, (try? system.link(path, as: backup)) != nil { return }
        try system.rename(path, to: backup)
    }

    private mutating func makeDirectory(_ path: FilePath) throws(Errno) {
        if path.isEmpty { return }
        switch try system.kind(of: path) {
        case .directory: return
        case .file, .other: throw .notDirectory
        case nil: break
        }
        try makeDirectory(path.removingLastComponent())
        try system.makeDirectory(path)
        directories.append(path)
    }

    private static func temporaryName(beside path: FilePath) -> FilePath {
        path.removingLastComponent().appending(".topoc-\(String(UInt64.random(in: .min ... .max), radix: 36)).tmp")
    }
}
