// SPDX-License-Identifier: BSD-2-Clause

import Foundation

/// One finished run of a process.
struct Run {
    /// Wall-clock time.
    var seconds: Double
    /// Time in the process itself, without the kernel's (which makes the files) and without its children's.
    var userSeconds: Double
    /// Peak resident memory, from the operating system's account of the process.
    var peakBytes: Double
    var exitCode: Int32
}

struct CannotStart: Error, CustomStringConvertible {
    let description: String
}

/// Runs a command to its end, its output thrown away.
func run(_ arguments: [String], environment: [String: String] = [:]) throws(CannotStart) -> Run {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
    let variables = ProcessInfo.processInfo.environment.merging(environment) { $1 }.map { "\($0)=\($1)" }
    let argv = arguments.map { strdup($0) } + [nil]
    let envp = variables.map { strdup($0) } + [nil]
    defer { (argv + envp).forEach { free($0) } }
    var pid = pid_t()
    let start = ContinuousClock.now
    let status = posix_spawnp(&pid, arguments[0], &actions, nil, argv, envp)
    guard status == 0 else {
        throw CannotStart(description: "cannot start \(arguments[0]): \(String(cString: strerror(status)))")
    }
    var usage = rusage()
    var ending: Int32 = 0
    guard wait4(pid, &ending, 0, &usage) == pid else {
        throw CannotStart(description: "cannot wait for \(arguments[0])")
    }
    let elapsed = ContinuousClock.now - start
    return Run(
        seconds: elapsed / .seconds(1),
        userSeconds: Double(usage.ru_utime.tv_sec) + Double(usage.ru_utime.tv_usec) / 1e6,
        peakBytes: Double(usage.ru_maxrss) * 1024,
        exitCode: ending & 0x7f == 0 ? ending >> 8 & 0xff : 128 + ending & 0x7f)
}

/// Runs each command in turn, `count` rounds after one that does not count, so that all see the same machine.
/// - Parameter prepare: what to do before each run, given the command's index.
func alternate(
    _ commands: [[String]], count: Int, prepare: (Int) -> Void = { _ in }
) throws(CannotStart) -> [[Run]] {
    var runs = [[Run]](repeating: [], count: commands.count)
    for round in 0...count {
        for (index, command) in commands.enumerated() {
            prepare(index)
            let one = try run(command)
            if round > 0 { runs[index].append(one) }
        }
    }
    return runs
}

func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    let middle = sorted.count / 2
    guard !sorted.isEmpty else { return .nan }
    return sorted.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
}

extension [Run] {
    var seconds: Double { median(map(\.seconds)) }
    var userSeconds: Double { median(map(\.userSeconds)) }
    var peakBytes: Double { median(map(\.peakBytes)) }
}

func milliseconds(_ seconds: Double) -> String { String(format: "%.1f ms", seconds * 1000) }
func mebibytes(_ bytes: Double) -> String { String(format: "%.1f MiB", bytes / 1_048_576) }
