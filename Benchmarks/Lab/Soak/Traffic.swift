// SPDX-License-Identifier: BSD-2-Clause

import Foundation

/// What programs in the VMs say to each other.
struct Traffic {
    private let lab: LabMachines
    private let tools: Tools
    private let tally: Tally
    private let deadline: ContinuousClock.Instant

    /// Datagrams a second, which no queue is too short for.
    private static let rate = 1000
    private static let trips = 500

    init(_ lab: LabMachines, _ tools: Tools, _ tally: Tally, until deadline: ContinuousClock.Instant) {
        self.lab = lab
        self.tools = tools
        self.tally = tally
        self.deadline = deadline
    }

    private func port(_ from: Int, _ to: Int) -> Int { 6000 + 16 * from + to }

    /// Numbered bytes over ZeroMQ and TCP, each of which comes back: the client fails where one is lost or doubled.
    func trips(_ from: Int, _ to: Int) async throws {
        let place = "tcp://\(lab.address(to)):\(port(from, to))"
        let more = ["--count", "\(Self.trips)", "--silence", "90", "--wait", "90"]
        while .now < deadline {
            do {
                async let server = lab.run(
                    to, [lab.path(of: tools.scenario), "server", place] + more, within: .seconds(200))
                _ = try await lab.run(
                    from, [lab.path(of: tools.scenario), "client", place] + more, within: .seconds(200))
                _ = try await server
                tally.add("acknowledged round trips", Self.trips)
            } catch let error as BenchmarkError {
                tally.fail("vm\(from) to vm\(to): \(error)")
                return
            }
        }
    }

    /// Numbered datagrams, which may be lost on the way; none comes twice or damaged.
    func datagrams(_ from: Int, _ to: Int) async throws {
        while .now < deadline {
            do {
                try await round(from, to, seconds: 5)
            } catch let error as BenchmarkError {
                tally.fail("vm\(from) to vm\(to): \(error)")
                return
            }
        }
    }

    func round(_ from: Int, _ to: Int, seconds: Int) async throws {
        let program = lab.path(of: tools.datagrams)
        let port = "\(port(from, to))"
        // A device that is dead leaves datagrams with its TAP, which come in a later round.
        let mark = "\(UInt32.random(in: 1..<(1 << 24)))"
        // Until what a link holds back has come, too.
        async let receiver = lab.run(to, [program, "receive", port, "\(seconds + 3)", mark], within: .seconds(60))
        try await Task.sleep(for: .milliseconds(500))
        let said = try await lab.run(
            from, [program, "send", lab.address(to), port, "\(seconds)", "\(Self.rate)", mark], within: .seconds(60))
        let sender = try JSONDecoder().decode([String: Int].self, from: Data(said.utf8))
        let heard = try JSONDecoder().decode([String: Int].self, from: Data(try await receiver.utf8))
        tally.add(Tally.sentName, sender["sent"] ?? 0)
        tally.add(Tally.receivedName, heard["received"] ?? 0)
        for (key, name) in [("twice", "came twice"), ("late", "came late"), ("damaged", "came damaged")] {
            tally.add("datagrams that \(name)", heard[key] ?? 0)
        }
    }
}
