// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics

/// Why the lab does not do what it was asked for, and the way out.
public struct LabError: Error, Sendable, Hashable, Codable, CustomStringConvertible {
    /// `TOPO8xx`: see `LabRules`.
    public let code: String
    /// One sentence without a full stop: "there is no VM `vm7` in the lab".
    public let message: String
    public let notes: [String]

    public init(_ rule: RuleDescription, _ message: String, notes: [String] = []) {
        code = rule.code
        self.message = message
        self.notes = notes
    }

    public var description: String {
        (["[\(code)] \(message)"] + notes.map { "  note: \($0)" }).joined(separator: "\n")
    }
}
