// SPDX-License-Identifier: BSD-2-Clause

import Foundation
import Synchronization

/// What was counted, at both ends.
final class Tally: Sendable {
    private struct State {
        var counts: [String: Int] = [:]
        var order: [String] = []
        var checks: [(name: String, value: Int, isGood: Bool)] = []
        var failures: [String] = []
    }

    private let state = Mutex(State())

    func add(_ name: String, _ number: Int = 1) {
        state.withLock { state in
            if state.counts[name] == nil { state.order.append(name) }
            state.counts[name, default: 0] += number
        }
    }

    func count(_ name: String) -> Int { state.withLock { $0.counts[name] ?? 0 } }

    /// A claim, which holds or does not.
    func check(_ name: String, _ value: Int, isGood: (Int) -> Bool) {
        let good = isGood(value)
        state.withLock { $0.checks.append((name, value, good)) }
    }

    func fail(_ what: String) { state.withLock { $0.failures.append(what) } }

    static let sentName = "datagrams sent"
    static let receivedName = "datagrams received"
    var sent: Int { count(Self.sentName) }
    var lost: Int { count(Self.sentName) - count(Self.receivedName) }

    var hasFailed: Bool { state.withLock { !$0.failures.isEmpty || $0.checks.contains { !$0.isGood } } }

    func text(seconds: Int, guests: String) -> String {
        state.withLock { state in
            func line(_ name: String, _ value: Int, _ mark: String = "") -> String {
                name.padding(toLength: 56, withPad: " ", startingAt: 0) + String(format: "%14d", value) + mark
            }
            return
                (["soak of \(seconds) s, \(guests)", ""]
                + state.order.map { line($0, state.counts[$0] ?? 0) } + [""]
                + state.checks.map { line($0.name, $0.value, $0.isGood ? "  ok" : "  WRONG") }
                + state.failures.map { "WRONG: \($0)" }).joined(separator: "\n")
        }
    }
}
