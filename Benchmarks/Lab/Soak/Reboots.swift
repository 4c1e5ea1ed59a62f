// SPDX-License-Identifier: BSD-2-Clause

import Foundation

/// Which guests have been rebooted, and when: what a program in one was about then, it did not end.
actor Reboots {
    private struct Reboot {
        let vm: Int
        let begin: ContinuousClock.Instant
        var end: ContinuousClock.Instant?
    }

    private var reboots: [Reboot] = []

    /// Reboots a guest, and notes it.
    func perform(_ vm: Int, in lab: LabMachines) async throws {
        let place = reboots.count
        reboots.append(Reboot(vm: vm, begin: .now))
        defer { reboots[place].end = .now }
        try await lab.command(["reboot", "vm\(vm)"])
    }

    /// Whether one of these was down at some moment since another.
    func touched(_ vms: [Int], since begin: ContinuousClock.Instant) -> Bool {
        reboots.contains { reboot in vms.contains(reboot.vm) && reboot.end.map { $0 >= begin } ?? true }
    }

    /// Waits until none of these is down.
    func settled(_ vms: [Int]) async throws {
        while reboots.contains(where: { vms.contains($0.vm) && $0.end == nil }) {
            try await Task.sleep(for: .milliseconds(200))
        }
    }
}
