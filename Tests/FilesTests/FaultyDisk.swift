// SPDX-License-Identifier: BSD-2-Clause

import Files
import Synchronization
import SystemPackage

/// A disk on which one step fails: the one of that number, from 0. It may also be one that has no links.
final class FaultyDisk: FileSystem {
    private let failing: Int?
    private let hasLinks: Bool
    private let steps = Mutex(0)
    private let disk = Disk()

    init(failing: Int? = nil, hasLinks: Bool = true) {
        self.failing = failing
        self.hasLinks = hasLinks
    }

    /// How many steps were asked for.
    var stepCount: Int { steps.withLock { $0 } }

    private func step() throws(Errno) {
        let number = steps.withLock { count in
            count += 1
            return count - 1
        }
        if number == failing { throw .noSpace }
    }

    func kind(of path: FilePath) throws(Errno) -> FileKind? {
        try step()
        return try disk.kind(of: path)
    }
    func resolve(_ path: FilePath) throws(Errno) -> FilePath {
        try step()
        return try disk.resolve(path)
    }
    func checkWritable(_ path: FilePath) throws(Errno) {
        try step()
        try disk.checkWritable(path)
    }
    func read(_ path: FilePath, limit: Int) throws(Errno) -> [UInt8] {
        try step()
        return try disk.read(path, limit: limit)
    }
    func create(_ path: FilePath, _ bytes: [UInt8], permissions: FilePermissions?) throws(Errno) {
        try step()
        try disk.create(path, bytes, permissions: permissions)
    }
    func makeDirectory(_ path: FilePath) throws(Errno) {
        try step()
        try disk.makeDirectory(path)
    }
    func removeDirectory(_ path: FilePath) throws(Errno) {
        try step()
        try disk.removeDirectory(path)
    }
    func remove(_ path: FilePath) throws(Errno) {
        try step()
        try disk.remove(path)
    }
    func rename(_ path: FilePath, to destination: FilePath) throws(Errno) {
        try step()
        try disk.rename(path, to: destination)
    }
    func link(_ path: FilePath, as name: FilePath) throws(Errno) {
        try step()
        guard hasLinks else { throw .notPermitted }
        try disk.link(path, as: name)
    }
}
