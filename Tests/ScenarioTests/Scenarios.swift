// SPDX-License-Identifier: BSD-2-Clause

import Foundation
import Processes

/// The scenario programs of Examples/zmq_samples, built once in a run of the tests.
enum Scenarios {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// The path of the program.
    static func program() async throws -> String {
        try await built.value
    }

    private static let built = Task {
        let root = URL(filePath: #filePath).appending(path: "../../..").standardizedFileURL
        let source = root.appending(path: "Examples/zmq_samples/src").path
        let directory = root.appending(path: ".build/zmq_samples").path
        for arguments in [["-S", source, "-B", directory], ["--build", directory]] {
            let done = try await ChildProcess.run(Command("cmake", arguments), within: .seconds(120))
            guard done.succeeded else {
                throw Failure(description: "cmake \(done.ending):\n\(done.outputText)\(done.errorText)")
            }
        }
        return "\(directory)/zmq_samples"
    }

    /// Four ports of the loopback that no other test of this run has. They lie below those that the kernel gives away.
    static func ports() -> Int {
        next.withLock { number in
            number += 4
            return number
        }
    }

    private static let next = Lock(20000 + Int(getpid()) % 2000 * 4)
}

/// A value that one at a time may change.
final class Lock<Value>: @unchecked Sendable {
    private var value: Value
    private let lock = NSLock()

    init(_ value: Value) {
        self.value = value
    }

    func withLock<Result>(_ body: (inout Value) -> Result) -> Result {
        lock.withLock { body(&value) }
    }
}
