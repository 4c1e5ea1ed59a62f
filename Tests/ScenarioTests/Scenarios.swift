// SPDX-License-Identifier: BSD-2-Clause

import Foundation
import LabGuest
import Synchronization

/// The scenario programs of Examples/zmq_samples, built once in a run of the tests.
enum Scenarios {
    /// The path of the program.
    static func program() async throws -> String {
        try await built.value
    }

    private static let built = Task {
        let root = URL(filePath: #filePath).appending(path: "../../..").standardizedFileURL.path
        let source = "\(root)/Examples/zmq_samples/src"
        return try await GuestProgram.built("zmq_samples", from: source, in: "\(root)/.build/zmq_samples").path
    }

    /// Four ports of the loopback that no other test of this run has. They lie below those that the kernel gives away.
    static func ports() -> Int {
        next.withLock { number in
            number += 4
            return number
        }
    }

    private static let next = Mutex(20000 + Int(getpid()) % 2000 * 4)
}
