// SPDX-License-Identifier: BSD-2-Clause

import ClangSource
import Foundation
import Testing

/// What this machine has for the tests.
enum Machine {
    /// Every libclang that is there, of whatever release: what topoc says must not depend on it.
    static let libclangs: [Libclang] = {
        var seen: Set<String> = []
        return Libclang.candidates.compactMap { try? Libclang(path: $0) }.filter { seen.insert($0.version).inserted }
    }()

    static let hasLibclang = !libclangs.isEmpty
    static let needsLibclang: Comment = "needs libclang (apt-get install libclang1-14)"

    /// The variables that name checkouts of camkes-vm-examples with its projects: the newest, and older releases.
    private static let variables = ["", "_3_11", "_3_10", "_3_9"].map { "TOPOC_CAMKES_TREE" + $0 }

    /// The checkouts that are named.
    static let trees = variables.compactMap { ProcessInfo.processInfo.environment[$0] }
    static let treesMissing = variables.filter { ProcessInfo.processInfo.environment[$0] == nil }

    /// Declares or uses once all that our headers declare.
    static func probe() throws -> CFile { try file("probe.c") }

    /// A device in small.
    static func device() throws -> CFile { try file("device.c") }

    private static func file(_ name: String) throws -> CFile {
        let url = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Probe/\(name)")
        return CFile(path: "src/\(name)", text: try String(contentsOf: url, encoding: .utf8))
    }
}

extension Libclang: CustomTestStringConvertible {
    public var testDescription: String { version }
}
