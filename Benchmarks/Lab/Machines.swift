// SPDX-License-Identifier: BSD-2-Clause

import Processes

/// Machines that are joined by a network.
protocol Machines: Sendable {
    func address(_ number: Int) -> String
    /// Where a program of this host is on them.
    func path(of program: String) -> String
    /// Runs a program, and gives what it says; an error where it fails or takes longer.
    func run(_ number: Int, _ words: [String], within bound: Duration) async throws -> String
    func end() async
}

extension Machines {
    func address(_ number: Int) -> String { "192.168.1.\(number + 1)" }
    func path(of program: String) -> String { program }
}

/// A kind of network that can be measured.
struct MeasuredNetwork: Sendable {
    let name: String
    /// The name of the network that it is compared with.
    var reference = "bridge + veth"
    /// Why it is not there; `nil` where it is.
    var absence: String?
    /// The most pairs at once.
    var pairs = 3
    /// Starts so many machines.
    let start: @Sendable (Int) async throws -> any Machines

    func takes(_ measurement: Measurement) -> Bool { measurement.pairs <= pairs }
}

/// Runs a program, and gives what it says.
func say(_ command: Command, within bound: Duration = .seconds(20)) async throws -> String {
    let done = try await ChildProcess.run(command, within: bound)
    guard done.succeeded else {
        let words = ([command.program] + command.arguments).joined(separator: " ")
        throw BenchmarkError("`\(words)` \(done.ending): \(done.errorText)\(done.outputText.suffix(500))")
    }
    return done.outputText
}

func ip(_ words: String) async throws {
    _ = try await say(Command("ip", words.split(separator: " ").map(String.init)))
}
