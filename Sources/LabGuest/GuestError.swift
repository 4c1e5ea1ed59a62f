// SPDX-License-Identifier: BSD-2-Clause

/// Why there is no guest, or none that answers.
public struct GuestError: Error, Sendable, Hashable, CustomStringConvertible {
    /// One sentence without a full stop: "vm0 did not start within 60 s".
    public let message: String
    /// The way out, and what was said last.
    public let notes: [String]

    public init(_ message: String, notes: [String] = []) {
        self.message = message
        self.notes = notes
    }

    public var description: String { ([message] + notes.map { "  note: \($0)" }).joined(separator: "\n") }
}
