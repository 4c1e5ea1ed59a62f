// SPDX-License-Identifier: BSD-2-Clause

import ArgumentParser
import Foundation

@main
struct Fuzz: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "topoc-fuzz", abstract: "Gives topoc inputs that it should not have been given.")

    @Option(help: "How many inputs.") var count = 1_000_000
    @Option(help: "From which the whole run follows.") var seed: UInt64 = 1
    @Option(help: "Processes side by side.") var jobs = 2
    @Option(help: "Run this one case and print its input.") var only: Int?
    @Option(help: .hidden) var worker: Int?
    @Option(help: .hidden) var progress: String?

    func run() throws {
        let topoc = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().appending(path: "topoc").path
        let cases = Cases(seed: seed, topoc: topoc)
        if let only {
            // Before the case, which may crash.
            FileHandle.standardOutput.write(Data((cases.describe(only) + "\n").utf8))
            try report(cases.failure(of: only).map { [(only, $0)] } ?? [])
        } else if let worker {
            try work(worker, cases)
        } else {
            try supervise()
        }
    }

    /// Runs this worker's share, and leaves the number of the case at hand where the supervisor sees it.
    private func work(_ worker: Int, _ cases: Cases) throws {
        let mark = try progress.map { try FileHandle(forWritingTo: URL(filePath: $0)) }
        var failures: [(Int, String)] = []
        for number in stride(from: worker, to: count, by: max(1, jobs)) {
            try mark?.seek(toOffset: 0)
            try mark?.write(contentsOf: Data(String(number).utf8))
            if let failure = cases.failure(of: number) { failures.append((number, failure)) }
            if failures.count >= 10 { break }
        }
        try report(failures)
    }

    private func report(_ failures: [(Int, String)]) throws {
        for (number, failure) in failures { print("case \(number) of seed \(seed): \(failure)") }
        if !failures.isEmpty { throw ExitCode.failure }
    }

    private func supervise() throws {
        let start = ContinuousClock.now
        let scratch = FileManager.default.temporaryDirectory.appending(path: "topoc-fuzz-\(getpid())")
        try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: scratch) }
        let workers = try (0..<max(1, jobs)).map { try Worker($0, of: self, in: scratch) }
        var failed = false
        while workers.contains(where: \.isRunning) {
            Thread.sleep(forTimeInterval: 0.2)
            for worker in workers where worker.isStuck {
                print("case \(worker.currentCase) of seed \(seed): works for more than 20 seconds")
                worker.kill()
                failed = true
            }
        }
        for worker in workers {
            if worker.crashed, !worker.wasKilled {
                print("case \(worker.currentCase) of seed \(seed): crashes")
            }
            failed = failed || worker.failed
        }
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        let rate = String(format: "%.0f s, %.0f a second", seconds, Double(count) / seconds)
        print("\(count) inputs from seed \(seed): \(failed ? "FAILED" : "no finding") (\(rate))")
        if failed { throw ExitCode.failure }
    }
}

/// A process that runs a share of the cases.
private final class Worker {
    private let process = Process()
    private let mark: URL
    private var lastCase = ""
    private var lastChange = ContinuousClock.now
    private(set) var wasKilled = false

    init(_ number: Int, of fuzz: Fuzz, in scratch: URL) throws {
        mark = scratch.appending(path: "case-\(number)")
        try Data().write(to: mark)
        process.executableURL = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        process.arguments = [
            "--count", "\(fuzz.count)", "--seed", "\(fuzz.seed)", "--jobs", "\(fuzz.jobs)", "--worker", "\(number)",
            "--progress", mark.path,
        ]
        try process.run()
    }

    var isRunning: Bool { process.isRunning }
    var currentCase: String { (try? String(contentsOf: mark, encoding: .utf8)) ?? "?" }
    var failed: Bool { crashed || process.terminationStatus != 0 }
    var crashed: Bool { process.terminationReason == .uncaughtSignal }

    var isStuck: Bool {
        guard process.isRunning else { return false }
        let current = currentCase
        if current != lastCase { (lastCase, lastChange) = (current, .now) }
        return ContinuousClock.now - lastChange > .seconds(20)
    }

    func kill() {
        wasKilled = true
        Foundation.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }
}
