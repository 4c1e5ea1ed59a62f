// SPDX-License-Identifier: BSD-2-Clause

import CAmkES
import ClangSource
import Diagnostics
import Files
import SystemPackage
import Wiring

/// An app of a tree, on disk.
public struct AppDirectory {
    /// The `.camkes` file.
    public let file: FilePath
    private let directory: FilePath

    public static func isAssembly(_ path: String) -> Bool { FilePath(path).extension == "camkes" }

    /// - Parameter path: of a `.camkes` file, or of a directory with one.
    public init(_ path: String) throws(FileError) {
        if Self.isAssembly(path) {
            file = FilePath(path)
            directory = file.removingLastComponent()
            return
        }
        directory = FilePath(path)
        let names = try FileReader.names(below: directory, depth: 0).filter(Self.isAssembly)
        let own = (try? Disk().resolve(directory))?.lastComponent?.string ?? ""
        guard let name = names.first(where: { $0 == "\(own).camkes" }) ?? (names.count == 1 ? names.first : nil) else {
            throw FileError(
                "`\(path)` has \(names.isEmpty ? "no assembly" : "several assemblies: \(names.joined(separator: ", "))")",
                notes: ["name the .camkes file"])
        }
        file = directory.appending(name)
    }

    /// What is built beside the assembly is said in CMake, which is not read.
    public var hasBuildFile: Bool { (try? Disk().kind(of: here.appending("CMakeLists.txt"))) != nil }

    /// Reads it as a topology.
    ///
    /// - Parameters:
    ///   - tree: the checkout whose headers it includes; `nil`: the one that it lies in, if any.
    ///   - defines: macros that are defined, as `NAME` or `NAME=value`.
    ///   - libclang: without it, findings stand where macros are used.
    public func read(
        tree: String?, defines: [String], target: Target, libclang: Libclang?
    ) throws(FileError) -> ImportedApp {
        // A file that is not there is no app with a missing header.
        _ = try FileReader.read(file)
        guard let preprocessor = Preprocessor.find() else {
            throw FileError("there is no C preprocessor", notes: ["apt-get install cpp"])
        }
        let source = AppSource(
            file: file.string, directories: [here.string] + headers(of: tree).map(\.string), defines: defines,
            target: target)
        return ImportedApp(
            source, name: file.stem ?? "", files: try guestFiles(), code: try code(), platforms: try platforms(),
            preprocessor: preprocessor, libclang: libclang)
    }

    /// Findings as reports on the app's files; those of the codes that are allowed stand apart.
    public func reports(of findings: [PlacedFinding], allowing codes: [String]) -> [Report] {
        let reports = findings.reports(of: file.string) { path in (try? FileReader.read(FilePath(path))) ?? [] }
        return reports.map { $0.allowing(codes) }
    }

    private var here: FilePath { directory.isEmpty ? FilePath(".") : directory }

    /// The directories of headers of the checkout.
    private func headers(of tree: String?) -> [FilePath] {
        let place = FilePath("projects/vm/components/VM")
        if let tree { return [FilePath(tree).pushing(place)] }
        guard var root = try? Disk().resolve(here) else { return [] }
        while root.removeLastComponent() {
            let headers = root.pushing(place)
            if (try? Disk().kind(of: headers)) == .directory { return [headers] }
        }
        return []
    }

    /// The C of topoc's device, and the folders of programs.
    private func code() throws(FileError) -> [EmittedFile] {
        let names = try FileReader.names(below: here, depth: 4).filter(ImportedApp.isCode)
        return try names.map { (name) throws(FileError) in
            EmittedFile(
                path: name,
                text: String(decoding: try FileReader.read(directory.pushing(FilePath(name))), as: UTF8.self))
        }
    }

    /// Of an app for Arm, what its guests have on each platform.
    private func platforms() throws(FileError) -> [String] {
        try FileReader.names(below: here, depth: 1).filter(ImportedApp.isPlatform).map {
            directory.appending($0).string
        }
    }

    /// The files of guests, wherever the app has them.
    private func guestFiles() throws(FileError) -> [GuestFile] {
        try FileReader.names(below: here, depth: 4).filter(GuestFile.isNamedSo).map { (name) throws(FileError) in
            let path = directory.appending(name)
            return GuestFile(path: path.string, text: String(decoding: try FileReader.read(path), as: UTF8.self))
        }
    }
}

extension Report {
    /// With the findings of these codes set apart.
    fileprivate func allowing(_ codes: [String]) -> Report {
        var report = self
        report.allowed += findings.filter { codes.contains($0.code) }.map { AllowedFinding($0, reason: nil) }
        report.findings.removeAll { codes.contains($0.code) }
        return report
    }
}
