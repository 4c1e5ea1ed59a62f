// SPDX-License-Identifier: BSD-2-Clause

import Foundation

/// A network namespace for the benchmark and all that it starts.
enum Isolation {
    private static let mark = "TOPOC_LAB_BENCH_INSIDE"

    /// Starts this program again in a namespace of its own and gives its exit status; `nil` where this is the one that
    /// was started.
    static func entered() throws -> Int32? {
        if ProcessInfo.processInfo.environment[mark] != nil { return nil }
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments =
            ["\(mark)=1", "unshare", "--net"] + (getuid() == 0 ? [] : ["--user", "--map-root-user"])
            + [path] + CommandLine.arguments.dropFirst()
        try process.run()
        process.waitUntilExit()
        return process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus
    }

    /// This program's own.
    static var path: String {
        (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
    }
}
