// SPDX-License-Identifier: BSD-2-Clause

import Foundation

/// One run of the executable with arguments and files that a user might never mean.
struct CommandLineCase {
    var random: SeededGenerator
    let input: [UInt8]
    let topoc: String

    func failure() -> String? {
        let scratch = FileManager.default.temporaryDirectory.appending(path: "topoc-case-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: scratch) }
        do {
            return try failure(in: scratch)
        } catch {
            return "the case cannot be set up: \(error)"
        }
    }

    private func failure(in scratch: URL) throws -> String? {
        var random = random
        let output = scratch.appending(path: "out")
        try FileManager.default.createDirectory(at: output, withIntermediateDirectories: true)
        try Data(input).write(to: scratch.appending(path: "in.topo"))
        try Data("kept".utf8).write(to: output.appending(path: "CMakeLists.txt"))
        let before = try contents(of: output)
        let arguments = arguments(&random)
        let process = Process()
        process.executableURL = URL(filePath: topoc)
        process.arguments = arguments
        process.currentDirectoryURL = scratch
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        let line = "`topoc \(arguments.joined(separator: " "))`"
        guard process.terminationReason == .exit else { return "\(line) dies of signal \(process.terminationStatus)" }
        guard [0, 1, 64, 74].contains(process.terminationStatus) else {
            return "\(line) exits \(process.terminationStatus)"
        }
        let after = try contents(of: output)
        if process.terminationStatus != 0, after != before { return "\(line) fails and changes its output" }
        if after != before, after["a.camkes"] == nil { return "\(line) leaves part of its output" }
        if let left = after.keys.first(where: { $0.contains("tmp") }) { return "\(line) leaves \(left)" }
        return nil
    }

    private func arguments(_ random: inout SeededGenerator) -> [String] {
        let command = random.pick([
            "build", "build", "build", "lint", "format", "explain", "targets", "init", "biuld", "", "help",
        ])
        let words = [
            "in.topo", "in.topo", "out", "/dev/null", "missing.topo", "-", "--", "--form", "macros", "expanded",
            "--target",
            "3.8", "lab", "9.9", "--allow", "TOPO206", "nonsense", "--check", "--stdout", "-n", "--format", "json",
            "sarif",
            "--fix", "é\u{301}", String(repeating: "x", count: 5000), "-o", "--help", "--version", "",
        ]
        var arguments = [command]
        if command == "build", random.chance(80) { arguments += ["in.topo", "-o", "out/a.camkes"] }
        for _ in 0..<random.below(4) { arguments.append(random.pick(words)) }
        return arguments
    }

    private func contents(of directory: URL) throws -> [String: Data] {
        var result: [String: Data] = [:]
        for path in try FileManager.default.subpathsOfDirectory(atPath: directory.path) {
            result[path] = try? Data(contentsOf: directory.appending(path: path))
        }
        return result
    }
}
