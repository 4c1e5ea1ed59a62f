// SPDX-License-Identifier: BSD-2-Clause

import Foundation

/// What programs in the VMs say to each other.
struct Traffic {
    private let lab: LabMachines
    private let tools: Tools
    private let tally: Tally
    private let reboots: Reboots
    private let deadline: ContinuousClock.Instant

    /// Datagrams a second, which no queue is too short for. An emulated guest has little time for each.
    private var rate: Int { lab.isGuests ? 200 : 1000 }
    private static let trips = 500
    /// Seconds without one, after which no more will come.
    private static let silence = 4

    init(
        _ lab: LabMachines, _ tools: Tools, _ tally: Tally, _ reboots: Reboots, until deadline: ContinuousClock.Instant
    ) {
        self.lab = lab
        self.tools = tools
        self.tally = tally
        self.reboots = reboots
        self.deadline = deadline
    }

    private func port(_ from: Int, _ to: Int) -> Int { 6000 + 16 * from + to }

    /// Numbered bytes over ZeroMQ and TCP, each of which comes back: the client fails where one is lost or doubled.
    func trips(_ from: Int, _ to: Int) async throws {
        let place = "tcp://\(lab.address(to)):\(port(from, to))"
        let more = ["--count", "\(Self.trips)", "--silence", "120", "--wait", "120"]
        try await repeating("round trips", from, to) {
            // Where one ends early, the other has nobody to wait for.
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (vm, role) in [(to, "server"), (from, "client")] {
                    group.addTask {
                        _ = try await lab.runBeside(
                            vm, [lab.path(of: tools.scenario), role, place] + more, within: .seconds(300))
                    }
                }
                for try await _ in group {}
            }
            tally.add("acknowledged round trips", Self.trips)
        }
    }

    /// Numbered datagrams, which may be lost on the way; none comes twice or damaged.
    func datagrams(_ from: Int, _ to: Int) async throws {
        try await repeating("datagrams", from, to) { try await round(from, to, seconds: 5) }
    }

    /// Again and again until the end of the soak. What fails is a fault, unless a guest of it was rebooted meanwhile.
    private func repeating(_ what: String, _ from: Int, _ to: Int, _ body: () async throws -> Void) async throws {
        while .now < deadline {
            try await reboots.settled([from, to])
            let begin = ContinuousClock.now
            do {
                try await body()
            } catch let error where error is BenchmarkError || error is DecodingError {
                guard await reboots.touched([from, to], since: begin) else {
                    return tally.fail("\(what), vm\(from) to vm\(to): \(error)")
                }
                tally.add("rounds that a reboot cut short")
            }
        }
    }

    func round(_ from: Int, _ to: Int, seconds: Int, rate given: Int? = nil) async throws {
        let program = lab.path(of: tools.datagrams)
        let port = "\(port(from, to))"
        // A device that is dead leaves datagrams with its TAP, which come in a later round.
        let mark = "\(UInt32.random(in: 1..<(1 << 24)))"
        try await fixNeighbour(from, to)
        // Until what a link holds back has come, too.
        async let receiver = lab.runBeside(
            to, [program, "receive", port, "\(Self.silence)", mark], within: .seconds(300))
        try await Task.sleep(for: .milliseconds(500))
        let words = ["send", lab.address(to), port, "\(seconds)", "\(given ?? rate)", mark]
        let said = try await lab.runBeside(from, [program] + words, within: .seconds(300))
        let sender = try JSONDecoder().decode([String: Int].self, from: Data(said.utf8))
        let heard = try JSONDecoder().decode([String: Int].self, from: Data(try await receiver.utf8))
        tally.add(Tally.sentName, sender["sent"] ?? 0)
        tally.add(Tally.receivedName, heard["received"] ?? 0)
        for (key, name) in [("twice", "came twice"), ("late", "came late"), ("damaged", "came damaged")] {
            tally.add("datagrams that \(name)", heard[key] ?? 0)
        }
    }

    /// Linux lets datagrams wait while it asks for an address, and then sends new ones between those: they would come
    /// late, and not for a fault of the lab. So it is told.
    private func fixNeighbour(_ from: Int, _ to: Int) async throws {
        guard let mac = try await lab.status().vms[to].macs.first else { return }
        let words =
            lab.isGuests
            ? ["arp", "-s", lab.address(to), mac]
            : ["ip", "neighbour", "replace", lab.address(to), "lladdr", mac, "dev", "eth0", "nud", "permanent"]
        _ = try await lab.run(from, words, within: .seconds(300))
    }
}
