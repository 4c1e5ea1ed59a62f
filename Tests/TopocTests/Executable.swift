// SPDX-License-Identifier: BSD-2-Clause

import Foundation
import Testing

/// A program that has ended.
struct Ended {
    let status: Int32
    let output: String
    let errors: String
}

/// Runs programs as a user would.
enum Executable {
    /// The built `topoc`, which lies beside the test bundle.
    static let topoc =
        Bundle.main.executableURL?.deletingLastPathComponent().appending(path: "topoc").path ?? "topoc"

    /// The package's directory.
    static let package = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent()
        .deletingLastPathComponent()

    /// - Parameter environment: `PATH` and these variables only.
    static func run(
        _ program: String, _ arguments: [String], input: String? = nil, in directory: String? = nil,
        environment: [String: String] = [:]
    ) throws -> Ended {
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        process.environment = ["PATH": path].merging(environment) { $1 }
        if let directory { process.currentDirectoryURL = URL(filePath: directory) }
        let scratch = try Scratch()
        // Files, not pipes: a pipe that nobody empties would stop a program that prints much.
        let handles = try ["in", "out", "err"].map { name in
            try scratch.put(name, name == "in" ? input ?? "" : "")
            let url = URL(filePath: scratch / name)
            return try name == "in" ? FileHandle(forReadingFrom: url) : FileHandle(forWritingTo: url)
        }
        process.standardInput = handles[0]
        process.standardOutput = handles[1]
        process.standardError = handles[2]
        try process.run()
        process.waitUntilExit()
        for handle in handles { try handle.close() }
        let signal = process.terminationReason == .uncaughtSignal
        return Ended(
            status: process.terminationStatus + (signal ? 128 : 0), output: try scratch.text("out"),
            errors: try scratch.text("err"))
    }

    static func topoc(
        _ arguments: String..., input: String? = nil, in scratch: Scratch? = nil,
        environment: [String: String] = [:]
    ) throws -> Ended {
        try run(topoc, arguments, input: input, in: scratch?.path, environment: environment)
    }

    /// Runs a line of shell.
    static func shell(_ line: String, in scratch: Scratch, environment: [String: String] = [:]) throws
        -> Ended
    {
        try run(
            "/bin/sh", ["-c", line], in: scratch.path,
            environment: environment.merging(["TOPOC": topoc]) { $1 })
    }

    /// Where a program is that the machine may lack.
    static func find(_ name: String) -> String? {
        (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map {
            "\($0)/\(name)"
        }
        .first { FileManager.default.isExecutableFile(atPath: $0) }
    }
}

/// A directory of a test's own, removed with it.
final class Scratch: Sendable {
    let path: String

    init() throws {
        let url = FileManager.default.temporaryDirectory.appending(
            path: "topoc-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = url.path
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    static func / (scratch: Scratch, name: String) -> String { scratch.path + "/" + name }

    func put(_ name: String, _ text: String) throws { try put(name, Data(text.utf8)) }

    func put(_ name: String, _ data: Data) throws {
        let url = URL(filePath: self / name)
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try data.write(to: url)
    }

    func text(_ name: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(filePath: self / name)), as: UTF8.self)
    }

    /// The names of everything below, hidden ones too.
    var names: Set<String> {
        Set((FileManager.default.enumerator(atPath: path) ?? .init()).compactMap { $0 as? String })
    }
}

/// Topologies that tests share.
enum Sample {
    static let good = """
        import Topology

        Assembly("pair") {
            VMs(0..<2)
            Partition("lan") {
                Link(0, 1)
            }
        }

        """

    /// Two VMs with one MAC address.
    static let bad = """
        import Topology

        Assembly("pair") {
            VM(0, mac: "02:00:00:00:AA:01")
            VM(1, mac: "02:00:00:00:AA:01")
            Partition("lan") {
                Link(0, 1)
            }
        }

        """
}
