// SPDX-License-Identifier: BSD-2-Clause

import Foundation

/// What befalls a lab, at random.
struct Disturbance {
    private let lab: LabMachines
    private let count: Int
    private let tally: Tally
    private let reboots: Reboots
    private var state: UInt64

    init(lab: LabMachines, count: Int, tally: Tally, reboots: Reboots, seed: UInt64) {
        self.lab = lab
        self.count = count
        self.tally = tally
        self.reboots = reboots
        state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
    }

    /// One guest in so many kills.
    private static let killsPerReboot = 10

    /// Kills come in equal steps of time; between them guests are rebooted, and links impaired, cut and joined.
    mutating func go(on deadline: ContinuousClock.Instant, kills: Int, seconds: Int) async throws {
        let begin = ContinuousClock.now
        let quiet = Double(seconds) * 0.98
        for number in 0..<max(kills, 1) {
            let when = begin + .seconds(quiet * Double(number + 1) / Double(max(kills, 1)))
            if when >= deadline { break }
            try await Task.sleep(until: when)
            if kills > 0 {
                try await killDevice(of: "vm\(next(count))")
            }
            if number % Self.killsPerReboot == Self.killsPerReboot / 2 { try await reboot(next(count)) }
            switch next(8) {
            case 0:
                let (from, to) = pair()
                try await lab.command([
                    "impair", "vm\(from)", "vm\(to)", "--loss", "1%", "--delay", "2ms", "--jitter", "1ms",
                ])
                tally.add("links impaired")
            case 1:
                let (from, to) = pair()
                try await lab.command(["impair", "vm\(from)", "vm\(to)", "--rate", "20Mbit"])
                tally.add("links impaired")
            case 2:
                let (from, to) = pair()
                try await lab.command(["impair", "vm\(from)", "vm\(to)"])
            case 3:
                let (from, to) = pair()
                try await lab.command(["partition", "vm\(from)", "vm\(to)"])
                tally.add("links cut, and joined again")
                try await Task.sleep(for: .milliseconds(200 + next(800)))
                try await lab.command(["heal"])
            default: break
            }
        }
        for (number, vm) in try await lab.status().vms.enumerated() where vm.deviceProcess == nil {
            try await lab.command(["restart", "vm\(number)"])
            tally.add("devices given up, and started by hand")
        }
        try await lab.command(["heal"])
        for from in 0..<count {
            for to in 0..<from { try await lab.command(["impair", "vm\(from)", "vm\(to)"]) }
        }
    }

    private func killDevice(of vm: String) async throws {
        try await withDevice(of: vm) { try await lab.command(["kill", vm]) }
        tally.add("device processes killed")
    }

    private func reboot(_ vm: Int) async throws {
        try await withDevice(of: "vm\(vm)") { try await reboots.perform(vm, in: lab) }
        tally.add("guests rebooted")
    }

    /// A lab gives a device up that ends too often; then it is started by hand, and all goes on.
    private func withDevice(of vm: String, _ body: () async throws -> Void) async throws {
        do {
            try await body()
        } catch let error as BenchmarkError where error.description.contains("lab restart") {
            try await lab.command(["restart", vm])
            tally.add("devices given up, and started by hand")
            try await body()
        }
    }

    private mutating func pair() -> (Int, Int) {
        let from = next(count)
        return (from, (from + 1 + next(count - 1)) % count)
    }

    /// A number below another, by Marsaglia's xorshift.
    private mutating func next(_ limit: Int) -> Int {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return Int(state % UInt64(limit))
    }
}
