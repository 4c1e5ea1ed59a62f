// SPDX-License-Identifier: BSD-2-Clause

import Crypto
import Diagnostics
import Files
import FoundationEssentials
import SystemPackage

/// What topoc has put into an app's directory: by it topoc knows its own files from everyone else's.
public struct Manifest: Sendable, Hashable, Codable {
    /// Grows when a field changes its meaning or goes.
    var formatVersion = 1
    public var assembly: String
    public var target: String
    public var dataPath: String
    /// SHA-256 by path relative to the app's directory: of each file as topoc wrote it.
    public var files: [String: String]

    /// The name of its file in the app's directory.
    public static let name = "topoc-manifest.json"

    public init(assembly: String, target: String, dataPath: String, files: [String: String]) {
        self.assembly = assembly
        self.target = target
        self.dataPath = dataPath
        self.files = files
    }

    static func hash(_ bytes: [UInt8]) -> String {
        SHA256.hash(data: bytes).map { byte in
            let digits = String(byte, radix: 16)
            return digits.utf8.count == 1 ? "0" + digits : digits
        }.joined()
    }

    /// That of an app's directory; `nil` where there is none.
    static func read(in directory: FilePath) throws(FileError) -> Manifest? {
        let path = directory.appending(name)
        guard (try? Disk().kind(of: path)) ?? nil != nil else { return nil }
        let bytes = try FileReader.read(path)
        let wayOut = "put the manifest back, or move the app's directory away and install anew"
        guard let manifest = try? JSONDecoder().decode(Manifest.self, from: Data(bytes)), manifest.formatVersion == 1
        else { throw FileError("cannot read `\(path)`: it is no manifest of this topoc's", notes: [wayOut]) }
        // By its manifest files are changed and removed: it may have been written by anyone.
        if let odd = manifest.files.keys.sorted().first(where: { !isInside($0) }) {
            throw FileError("cannot use `\(path)`: it names `\(odd)`, which is not in the app", notes: [wayOut])
        }
        return manifest
    }

    private static func isInside(_ path: String) -> Bool {
        path != name
            && path.split(separator: "/", omittingEmptySubsequences: false).allSatisfy {
                !["", ".", ".."].contains($0) && !$0.utf8.contains(0)
            }
    }

    func bytes() throws(FileError) -> [UInt8] {
        do {
            return Array(try JSONRenderer.encoded(self).utf8)
        } catch {
            throw FileError("cannot write `\(Self.name)`: \(error)")
        }
    }
}
