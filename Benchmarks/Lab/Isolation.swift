// SPDX-License-Identifier: BSD-2-Clause

import Foundation

/// Namespaces for the benchmark and all that it starts: a network without a way out, and processes that all end with the
/// benchmark, however that ends.
enum Isolation {
    private static let mark = "TOPOC_LAB_BENCH_INSIDE"

    /// Becomes this program in namespaces of its own; returns where it is that already.
    static func enter() throws {
        guard getenv(mark) == nil else {
            // The first process of a namespace hears no signal that it does not ask for.
            for number in [SIGINT, SIGTERM, SIGHUP] { signal(number) { _exit(128 + $0) } }
            return
        }
        setenv(mark, "1", 1)
        let words =
            ["unshare"] + (getuid() == 0 ? [] : ["--user", "--map-root-user"])
            + ["--net", "--pid", "--fork", "--kill-child", "--mount-proc", path] + CommandLine.arguments.dropFirst()
        var arguments = words.map { strdup($0) } + [nil]
        execvp("unshare", &arguments)
        throw BenchmarkError("cannot run unshare: \(String(cString: strerror(errno)))")
    }

    /// This program's own.
    static var path: String {
        (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
    }
}
