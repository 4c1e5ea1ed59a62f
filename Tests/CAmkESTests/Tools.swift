// SPDX-License-Identifier: BSD-2-Clause

import Foundation

/// Programs that some tests need.
enum Tools {
    /// The path of a program in the directories of `PATH`.
    static func find(_ name: String) -> String? {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        return path.split(separator: ":").map { "\($0)/\(name)" }.first(where: FileManager.default.isExecutableFile)
    }
}
