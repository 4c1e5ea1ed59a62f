// SPDX-License-Identifier: BSD-2-Clause

import Foundation

/// Where things are, and how often they are run.
struct Bench {
    let topoc: String
    let root: URL
    let scratch: URL
    let rounds: Int

    /// The peer: seL4's own parser over an emitted assembly; `nil` where no tree is named.
    func upstreamParser(on assembly: URL) -> [String]? {
        let environment = ProcessInfo.processInfo.environment
        guard let tree = environment["TOPOC_CAMKES_TREE"] else { return nil }
        return [
            environment["TOPOC_CAMKES_PYTHON"] ?? "python3",
            root.appending(path: "Sources/Verification/camkes_check").path, "--tree", tree, "--form", "parse",
            "--include", assembly.deletingLastPathComponent().path, assembly.path,
        ]
    }

    /// The codes that lint finds and that may be allowed, as arguments: benchmarks go beyond seL4's budgets.
    func allowances(for input: URL) throws -> [String] {
        let lint = Process()
        let output = Pipe()
        lint.executableURL = URL(filePath: topoc)
        lint.arguments = ["lint", "--format", "json", input.path]
        lint.standardOutput = output
        lint.standardError = FileHandle.nullDevice
        try lint.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        lint.waitUntilExit()
        let codes = Set(text.matches(of: /TOPO[0-9]{3}/).map { String($0.output) })
        return codes.sorted().flatMap { ["--allow", $0] }
    }

    func write(_ text: String, as name: String) throws -> URL {
        let file = scratch.appending(path: name)
        try text.write(to: file, atomically: true, encoding: .utf8)
        return file
    }
}

@main
struct Main {
    static func main() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let scratch = FileManager.default.temporaryDirectory.appending(path: "topoc-bench-\(getpid())")
        try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: scratch) }
        let beside = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().appending(path: "topoc").path
        let bench = Bench(
            topoc: ProcessInfo.processInfo.environment["TOPOC"] ?? beside, root: root, scratch: scratch,
            rounds: Int(ProcessInfo.processInfo.environment["TOPOC_BENCH_ROUNDS"] ?? "") ?? 7)
        print("\(bench.topoc), medians of \(bench.rounds) rounds, whole processes")
        try againstUpstream(bench)
        try scaling(bench)
    }

    static func againstUpstream(_ bench: Bench) throws {
        let example = bench.root.appending(path: "Examples/zmq_samples/mesh.topo")
        let mesh = try bench.write(Topologies.mesh(12), as: "mesh12.topo")
        let exampleOut = bench.scratch.appending(path: "zmq/zmq_samples.camkes")
        let meshOut = bench.scratch.appending(path: "mesh/mesh12.camkes")
        let build = [bench.topoc, "build"] + (try bench.allowances(for: mesh)) + [mesh.path, "-o", meshOut.path]
        try report(
            "lint of zmq_samples", [bench.topoc, "lint", example.path], goal: "at least 100 times faster",
            assembly: exampleOut, prepare: [bench.topoc, "build", example.path, "-o", exampleOut.path], bench)
        try report(
            "build of a 12-VM mesh", build, goal: "under 100 ms", assembly: meshOut, prepare: build, bench)
    }

    private static func report(
        _ title: String, _ command: [String], goal: String, assembly: URL, prepare: [String], _ bench: Bench
    ) throws {
        let prepared = try run(prepare)
        guard prepared.exitCode == 0 else {
            print("\(title): `\(prepare.joined(separator: " "))` exits \(prepared.exitCode)")
            exit(1)
        }
        let ours = try alternate([command], count: bench.rounds)[0]
        print("\n\(title): \(milliseconds(ours.seconds)), \(mebibytes(ours.peakBytes)) (goal: \(goal))")
        guard let parser = bench.upstreamParser(on: assembly) else {
            print("  upstream's parser: not measured (TOPOC_CAMKES_TREE is not set)")
            return
        }
        // The peer takes seconds to minutes: each round once beside ours, fewer rounds where it is slow.
        let first = try run(parser)
        guard first.exitCode == 0 else {
            print("  upstream's parser: not measured (exit \(first.exitCode))")
            return
        }
        let pairs = try alternate([command, parser], count: first.seconds > 20 ? 1 : min(bench.rounds, 5))
        let ratios = zip(pairs[1], pairs[0]).map { $0.seconds / $1.seconds }
        print("  upstream's parser: \(milliseconds(pairs[1].seconds)); ratio \(String(format: "%.0f", median(ratios)))")
    }

    static func scaling(_ bench: Bench) throws {
        for shape in Topologies.scaling {
            let inputs = try shape.sizes.map { size in
                (links: shape.links(size), file: try bench.write(shape.text(size), as: "\(shape.name)\(size).topo"))
            }
            let allowed = try bench.allowances(for: inputs[0].file)
            for form in ["lint", "build --form macros", "build --form expanded"] {
                let words = form.split(separator: " ").map(String.init)
                let directories = inputs.map { bench.scratch.appending(path: "\(shape.name)\($0.links)") }
                let commands = zip(inputs, directories).map { input, directory in
                    [bench.topoc] + words + allowed + [input.file.path]
                        + (words[0] == "build" ? ["-o", directory.appending(path: "out.camkes").path] : [])
                }
                // Each build writes all its files anew.
                let runs = try alternate(commands, count: min(bench.rounds, 5)) { index in
                    try? FileManager.default.removeItem(at: directories[index])
                }
                print("\n\(form) of a \(shape.name)")
                for (input, run) in zip(inputs, runs) {
                    let links = Double(input.links)
                    print(
                        "  \(input.links) links: \(milliseconds(run.seconds)), of which \(milliseconds(run.userSeconds)) user, "
                            + "\(mebibytes(run.peakBytes));"
                            + String(
                                format: " %.2f µs and %.0f bytes a link", run.seconds / links * 1e6,
                                run.peakBytes / links) + (run.allSatisfy { $0.exitCode == 0 } ? "" : " (FAILED)"))
                }
                let growth = Double(inputs[1].links) / Double(inputs[0].links)
                print(
                    String(
                        format: "  links ×%.2f: time ×%.2f, memory ×%.2f (goal: at most ×2.2 for twice the links)",
                        growth, runs[1].seconds / runs[0].seconds, runs[1].peakBytes / runs[0].peakBytes))
            }
        }
    }
}
