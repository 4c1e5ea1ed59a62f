// SPDX-License-Identifier: BSD-2-Clause

import Files
import SystemPackage

/// A file of an app, by its path relative to the app's directory.
public struct AppFile: Sendable, Hashable {
    public let path: String
    public let bytes: [UInt8]

    public init(path: String, bytes: [UInt8]) {
        self.path = path
        self.bytes = bytes
    }
}

/// What becomes of a file of an installed app.
public struct InstallStep: Sendable, Hashable {
    public enum Action: Sendable, Hashable {
        /// Nothing is there; of `restoring` topoc had put something there.
        case create(restoring: Bool)
        case change
        case keep
        case remove
        /// Somebody has edited it; topoc would write what it wrote before, so the edit stays.
        case keepEdit
        /// Somebody has edited it, and it is no longer of the app: it is theirs from now on.
        case leave
        /// Somebody has edited it, and what topoc would write is another text than before.
        case conflict
        /// A file of topoc's name that topoc has not written.
        case foreign
    }

    public let path: String
    public let action: Action
    let bytes: [UInt8]?

    /// It stops an installation.
    public var isObstacle: Bool { action == .conflict || action == .foreign }
    /// It is somebody's edit, which stays.
    public var isEdit: Bool { action == .keepEdit || action == .leave || action == .conflict }
}

/// An app in a checkout: its files as they are, as topoc wrote them, and as they should be.
public struct Installation: Sendable {
    public let directory: FilePath
    /// `nil` where topoc has installed nothing.
    public let manifest: Manifest?

    /// - Parameter directory: the app's.
    public init(in directory: FilePath) throws(FileError) {
        self.directory = directory
        manifest = try Manifest.read(in: directory)
        guard manifest == nil, let kind = try Self.kind(of: directory) else { return }
        guard kind == .directory else { throw FileError("cannot write `\(directory)`: it is no directory") }
        guard try FileReader.names(below: directory, depth: 8).isEmpty else {
            throw FileError(
                "`\(directory)` is an app that topoc has not installed",
                notes: [
                    "nothing was changed; choose another name with `--name`, or move that directory away"
                ])
        }
    }

    /// What an installation of these files does, in the order of their paths.
    ///
    /// - Parameter replacing: paths of files of topoc's whose edits are to go.
    public func steps(to files: [AppFile], replacing: Set<String> = []) throws(FileError) -> [InstallStep] {
        let wanted = Dictionary(files.map { ($0.path, $0.bytes) }) { first, _ in first }
        let known = manifest?.files ?? [:]
        let paths = Set(wanted.keys).union(known.keys).sorted()
        try checkLinks(paths)
        var steps: [InstallStep] = []
        for path in paths {
            let there = try contents(of: path)
            guard let action = Self.action(known[path], there, wanted[path], replacing.contains(path)) else { continue }
            steps.append(InstallStep(path: path, action: action, bytes: wanted[path]))
        }
        return steps
    }

    private static func action(
        _ known: String?, _ there: [UInt8]?, _ wanted: [UInt8]?, _ isReplaced: Bool
    ) -> InstallStep.Action? {
        guard let wanted else {
            guard let there else { return nil }
            return Manifest.hash(there) == known || isReplaced ? .remove : .leave
        }
        guard let there else { return .create(restoring: known != nil) }
        guard let known else { return .foreign }
        if there == wanted { return .keep }
        if Manifest.hash(there) == known || isReplaced { return .change }
        return Manifest.hash(wanted) == known ? .keepEdit : .conflict
    }

    /// Takes the steps, whole or not at all, and writes the manifest with them.
    public func take(_ steps: [InstallStep], manifest new: Manifest?) throws(FileError) {
        var outputs: [OutputFile] = steps.compactMap { step in
            switch step.action {
            case .create, .change: OutputFile(directory.pushing(FilePath(step.path)), step.bytes)
            case .remove: OutputFile(directory.pushing(FilePath(step.path)), nil)
            default: nil
            }
        }
        let place = directory.appending(Manifest.name)
        if new != nil || manifest != nil { outputs.append(OutputFile(place, try new?.bytes())) }
        _ = try withSignalsHeld { () throws(FileError) in try FileWriter().write(outputs) }
        FileWriter().prune(
            steps.filter { $0.action == .remove }.map { directory.pushing(FilePath($0.path)) }, upTo: directory)
    }

    /// The manifest that goes with the steps, once they are taken.
    public func manifest(of files: [AppFile], assembly: String, target: String, dataPath: String) -> Manifest {
        Manifest(
            assembly: assembly, target: target, dataPath: dataPath,
            files: Dictionary(files.map { ($0.path, Manifest.hash($0.bytes)) }) { first, _ in first })
    }

    /// The manifest of what stays when all is removed: the files that somebody has edited; `nil` where none is.
    public func manifest(leaving steps: [InstallStep]) -> Manifest? {
        let kept = Set(steps.filter { $0.action == .leave }.map(\.path))
        guard !kept.isEmpty, var manifest else { return nil }
        manifest.files = manifest.files.filter { kept.contains($0.key) }
        return manifest
    }

    private func contents(of path: String) throws(FileError) -> [UInt8]? {
        let place = directory.pushing(FilePath(path))
        switch try Self.kind(of: place) {
        case nil: return nil
        case .file: return try FileReader.read(place)
        case .directory, .other:
            throw FileError(
                "cannot write `\(place)`: it is no regular file", notes: ["nothing was changed; move it away"])
        }
    }

    private static func kind(of path: FilePath) throws(FileError) -> FileKind? {
        do throws(Errno) {
            return try Disk().kind(of: path)
        } catch {
            throw FileError("cannot read `\(path)`: \(error)", notes: ["nothing was changed"])
        }
    }

    /// Through a link in the app's directory topoc would write somewhere else.
    private func checkLinks(_ paths: [String]) throws(FileError) {
        guard let root = try? Disk().resolve(directory) else { return }
        var seen: Set<FilePath> = []
        for path in paths {
            var below = FilePath(path)
            while !below.isEmpty, seen.insert(below).inserted {
                let resolved = try? Disk().resolve(root.pushing(below))
                if Disk().isLink(root.pushing(below)) || (resolved ?? root.pushing(below)) != root.pushing(below) {
                    throw FileError(
                        "cannot write `\(directory.pushing(below))`: it is a link, which topoc has not made",
                        notes: ["nothing was changed; move it away"])
                }
                below.removeLastComponent()
            }
        }
    }
}
