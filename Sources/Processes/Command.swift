// SPDX-License-Identifier: BSD-2-Clause

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A program and its arguments.
public struct Command: Sendable, Hashable {
    /// A path, or a name that is looked up in the directories of `PATH`.
    public var program: String
    public var arguments: [String]
    /// What is set over this process's own environment.
    public var environment: [String: String]

    public init(_ program: String, _ arguments: [String] = [], environment: [String: String] = [:]) {
        self.program = program
        self.arguments = arguments
        self.environment = environment
    }

    /// The path of a program; `nil` where no directory of `PATH`, nor of the system's own programs, has it.
    public static func find(_ program: String) -> String? {
        if program.contains("/") { return access(program, X_OK) == 0 ? program : nil }
        let path = getenv("PATH").map { String(cString: $0) } ?? ""
        // A user's PATH often lacks the directories of the programs that set up a network.
        let directories = path.split(separator: ":").filter { $0.hasPrefix("/") } + ["/usr/sbin", "/sbin"]
        return directories.map { "\($0)/\(program)" }.first { access($0, X_OK) == 0 }
    }
}

/// How a program ended.
public enum Ending: Sendable, Hashable, CustomStringConvertible {
    case exited(Int32)
    /// By a signal of somebody else.
    case signalled(Int32)
    /// By this process, as its time was up.
    case outOfTime(Duration)
    /// By this process, as it was no longer wanted.
    case stopped

    public var description: String {
        switch self {
        case .exited(let status): "ended with status \(status)"
        case .signalled(let signal): "was ended by signal \(signal)"
        case .outOfTime(let bound): "was not done after \(bound.components.seconds) s"
        case .stopped: "was stopped"
        }
    }
}

/// What a program that has ended left.
public struct Completed: Sendable, Hashable {
    public let ending: Ending
    public let output: [UInt8]
    public let errors: [UInt8]

    /// It exited with 0.
    public var succeeded: Bool { ending == .exited(0) }
    public var outputText: String { String(decoding: output, as: UTF8.self) }
    public var errorText: String { String(decoding: errors, as: UTF8.self) }
}

/// A program that could not be started.
public struct ProcessError: Error, Sendable, Hashable, CustomStringConvertible {
    /// "cannot run `qemu-system-x86_64`: no such file or directory".
    public let message: String
    public var description: String { message }

    public init(message: String) {
        self.message = message
    }
}
