// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import Foundation
import Testing
import Topology

@testable import TopologyLanguage

/// The same text is evaluated by topoc, and compiled by Swift's compiler against the module `Topology` and run: both
/// must give the same model.
@Suite struct CompiledModelTests {
    /// The compiled module, once for all tests.
    private static let module = Result { try CompiledModule() }

    static let texts: [URL] = {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let examples = root.appending(path: "Examples")
        let folders =
            (try? FileManager.default.contentsOfDirectory(at: examples, includingPropertiesForKeys: nil)) ?? []
        let fixtures = root.appending(path: "Tests/TopologyLanguageTests/Fixtures")
        return folders.map { $0.appending(path: "mesh.topo") }
            .filter { FileManager.default.fileExists(atPath: $0.path) }
            .sorted { $0.path < $1.path } + [fixtures.appending(path: "kitchen_sink.topo")]
    }()

    @Test func examplesAreFound() { #expect(Self.texts.count >= 7) }

    @Test(arguments: texts) func evaluatedEqualsCompiled(_ url: URL) throws {
        let bytes = Array(try Data(contentsOf: url))
        let file = TopologyFile(reading: SourceText(name: url.path, bytes: bytes))
        #expect(file.findings.isEmpty)
        let assembly = try #require(file.assembly)
        let compiled = try Self.module.get().dump(of: String(decoding: bytes, as: UTF8.self))
        #expect(Self.dump(assembly) == compiled)
    }

    /// The comparison sees a difference of one number.
    @Test func aDifferenceIsSeen() throws {
        let text = "import Topology\nAssembly(\"x\") { VM(0, guest: Guest(heap: 1)) }\n"
        let other = text.replacingOccurrences(of: "heap: 1", with: "heap: 2")
        let assembly = try #require(TopologyFile(reading: SourceText(name: "x", text: text)).assembly)
        let compiled = try Self.module.get()
        #expect(Self.dump(assembly) == (try compiled.dump(of: text)))
        #expect(Self.dump(assembly) != (try compiled.dump(of: other)))
    }

    private static func dump(_ assembly: Assembly) -> String {
        var text = ""
        Swift.dump([assembly], to: &text)
        return text
    }
}

/// The module `Topology`, compiled into a folder of its own.
private struct CompiledModule {
    private let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "topoc-compiled-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let sources = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Sources/Topology")
        let files = try FileManager.default.contentsOfDirectory(at: sources, includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "swift" }.map(\.path).sorted()
        _ = try Self.run(
            ["swiftc", "-swift-version", "6", "-parse-as-library", "-emit-library", "-static", "-emit-module"]
                + ["-module-name", "Topology", "-o", folder.appending(path: "libTopology.a").path] + files,
            in: folder)
    }

    /// Compiles a topology as the main file of a program, runs it, and returns the dump of what it declared.
    func dump(of text: String) throws -> String {
        let program = folder.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: program, withIntermediateDirectories: true)
        let main = program.appending(path: "main.swift")
        try Data((text + "\ndump(Assembly.declared)\n").utf8).write(to: main)
        _ = try Self.run(
            ["swiftc", "-swift-version", "6", "-I", folder.path, "-L", folder.path, main.path, "-lTopology"]
                + ["-o", program.appending(path: "program").path],
            in: program)
        return try Self.run([program.appending(path: "program").path], in: program)
    }

    private struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// Runs a command and returns what it printed.
    private static func run(_ command: [String], in folder: URL) throws -> String {
        let output = folder.appending(path: "output")
        try Data().write(to: output)
        let handle = try FileHandle(forWritingTo: output)
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = command
        process.currentDirectoryURL = folder
        process.standardOutput = handle
        process.standardError = handle
        try process.run()
        process.waitUntilExit()
        let text = String(decoding: try Data(contentsOf: output), as: UTF8.self)
        guard process.terminationStatus == 0 else { throw Failure(description: "\(command.first ?? ""): \(text)") }
        return text
    }
}
