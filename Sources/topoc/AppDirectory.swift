// SPDX-License-Identifier: BSD-2-Clause

import ArgumentParser
import CAmkES
import CAmkESImport
import ClangSource
import Diagnostics
import Files
import SystemPackage
import TopologyRules

/// What a command that reads an app of a tree takes beside it.
struct AppOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "For a .camkes: the checkout whose headers it includes. Without it the one that the file lies in, or "
                + "topoc's own headers.", valueName: "directory"),
        completion: .directory)
    var tree: String?

    @Option(
        name: .customLong("define"),
        help: ArgumentHelp(
            "For a .camkes: a macro that is defined, as NAME or NAME=value. May be given several times.",
            valueName: "macro"))
    var defines: [String] = []
}

/// An app of a tree, on disk.
struct AppDirectory {
    /// The `.camkes` file.
    let file: FilePath
    private let directory: FilePath
    private let options: AppOptions

    static func isAssembly(_ path: String) -> Bool { FilePath(path).extension == "camkes" }

    /// - Parameter path: of a `.camkes` file, or of a directory with one.
    init(_ path: String, _ options: AppOptions) throws(FileError) {
        self.options = options
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
    var hasBuildFile: Bool { (try? Disk().kind(of: directory.appending("CMakeLists.txt"))) != nil }

    func read(_ rules: RuleOptions) throws(FileError) -> ImportedApp {
        // A file that is not there is no app with a missing header.
        _ = try FileReader.read(file)
        guard let preprocessor = Preprocessor.find() else {
            throw FileError("there is no C preprocessor", notes: ["apt-get install cpp"])
        }
        var libclang: Libclang?
        do throws(ClangUnavailable) {
            libclang = try Libclang.find()
        } catch {
            Console.note(
                "note: directives and macros are \(error.message): findings stand where macros are used\n")
        }
        let here = directory.isEmpty ? FilePath(".") : directory
        let source = AppSource(
            file: file.string, directories: [here.string] + headers(of: here).map(\.string), defines: options.defines,
            target: rules.target)
        return ImportedApp(
            source, name: file.stem ?? "", files: try guestFiles(), code: try code(), preprocessor: preprocessor,
            libclang: libclang)
    }

    /// Some of the findings, as reports on the app's files.
    func reports(of findings: (ImportedApp) -> [PlacedFinding], _ rules: RuleOptions) throws(FileError) -> [Report] {
        reports(of: findings(try read(rules)), rules)
    }

    func reports(of findings: [PlacedFinding], _ rules: RuleOptions) -> [Report] {
        let reports = findings.reports(of: file.string) { path in (try? FileReader.read(FilePath(path))) ?? [] }
        return reports.map { $0.allowing(rules.allowed) }
    }

    /// The directories of headers of the checkout.
    private func headers(of directory: FilePath) -> [FilePath] {
        let place = FilePath("projects/vm/components/VM")
        if let tree = options.tree { return [FilePath(tree).pushing(place)] }
        guard var root = try? Disk().resolve(directory) else { return [] }
        while root.removeLastComponent() {
            let headers = root.pushing(place)
            if (try? Disk().kind(of: headers)) == .directory { return [headers] }
        }
        return []
    }

    /// The C of topoc's device, and the folders of programs.
    private func code() throws(FileError) -> [EmittedFile] {
        let here = directory.isEmpty ? FilePath(".") : directory
        let names = try FileReader.names(below: here, depth: 4).filter(ImportedApp.isCode)
        return try names.map { (name) throws(FileError) in
            EmittedFile(
                path: name,
                text: String(decoding: try FileReader.read(directory.pushing(FilePath(name))), as: UTF8.self))
        }
    }

    /// The files of guests, wherever the app has them.
    private func guestFiles() throws(FileError) -> [GuestFile] {
        let here = directory.isEmpty ? FilePath(".") : directory
        return try FileReader.names(below: here, depth: 4).filter(GuestFile.isNamedSo).map { (name) throws(FileError) in
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
