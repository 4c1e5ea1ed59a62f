// SPDX-License-Identifier: BSD-2-Clause

import Foundation
import SystemPackage

/// A directory of a test's own, removed with it.
final class Scratch: Sendable {
    let path: FilePath

    init() throws {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("topoc-files-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = FilePath(url.path)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path.string)
    }

    func put(_ name: String, _ text: String, permissions: Int = 0o644) throws {
        let file = path.appending(name).string
        try FileManager.default.createDirectory(
            atPath: path.appending(name).removingLastComponent().string, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: URL(fileURLWithPath: file))
        try FileManager.default.setAttributes([.posixPermissions: permissions], ofItemAtPath: file)
    }

    /// Everything below the directory: of files, permissions and text.
    var snapshot: [String: String] {
        var result: [String: String] = [:]
        for case let name as String in FileManager.default.enumerator(atPath: path.string) ?? .init() {
            let file = path.appending(name).string
            let attributes = try? FileManager.default.attributesOfItem(atPath: file)
            let mode = (attributes?[.posixPermissions] as? Int).map { String($0, radix: 8) } ?? "?"
            let text = FileManager.default.contents(atPath: file).map { String(decoding: $0, as: UTF8.self) }
            result[name] = mode + " " + (text ?? "directory")
        }
        return result
    }
}
