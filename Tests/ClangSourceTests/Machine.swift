// SPDX-License-Identifier: BSD-2-Clause

import ClangSource
import Testing

/// What this machine has for the tests.
enum Machine {
    /// Every libclang that is there, of whatever release: what topoc says must not depend on it.
    static let libclangs: [Libclang] = {
        var seen: Set<String> = []
        return Libclang.candidates.compactMap { try? Libclang(path: $0) }.filter { seen.insert($0.version).inserted }
    }()
}

extension Libclang: CustomTestStringConvertible {
    public var testDescription: String { version }
}
