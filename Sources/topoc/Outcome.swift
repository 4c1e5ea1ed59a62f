// SPDX-License-Identifier: BSD-2-Clause

import ArgumentParser
import Diagnostics
import Files

/// How a command ends. Of several files the worst counts.
enum Outcome: Int32, Comparable {
    case clean = 0
    case findings = 1
    case inputOutput = 74
    case internalFault = 70

    static func < (left: Outcome, right: Outcome) -> Bool { left.rank < right.rank }

    private var rank: Int {
        switch self {
        case .clean: 0
        case .findings: 1
        case .inputOutput: 2
        case .internalFault: 3
        }
    }
}

/// A command whose errors all have their exit code. What the command line itself gets wrong is 64, by ArgumentParser.
protocol TopocCommand: ParsableCommand {
    func perform() throws -> Outcome
}

extension TopocCommand {
    func run() throws { try Outcome.end(with: Result { try perform() }) }
}

/// The same for a command that waits for other programs.
protocol AsyncTopocCommand: AsyncParsableCommand {
    func perform() async throws -> Outcome
}

extension AsyncTopocCommand {
    func run() async throws {
        let result: Result<Outcome, any Error>
        do {
            result = .success(try await perform())
        } catch {
            result = .failure(error)
        }
        try Outcome.end(with: result)
    }
}

extension Outcome {
    /// Ends the command at once; why has been said.
    var exit: ExitCode { ExitCode(rawValue) }

    /// Says what failed, and throws the exit code.
    fileprivate static func end(with result: Result<Outcome, any Error>) throws {
        let outcome: Outcome
        do {
            outcome = try result.get()
        } catch let error as FileError {
            Console.complain(error)
            outcome = .inputOutput
        } catch let error where error is ValidationError || error is CleanExit || error is ExitCode {
            throw error
        } catch {
            Console.complain(FileError("topoc itself failed: \(error)", notes: ["please report this, with the input"]))
            outcome = .internalFault
        }
        if outcome != .clean { throw outcome.exit }
    }
}
