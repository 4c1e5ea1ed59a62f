// SPDX-License-Identifier: BSD-2-Clause

import Foundation

/// Memory and descriptors of a lab's processes, over time.
actor Watch {
    private struct Look {
        var supervisorMemory: Int
        var supervisorFiles: Int
        var deviceMemory: Int
        var deviceFiles: Int
    }

    private let lab: LabMachines
    private let period: Duration
    private var looks: [Look] = []
    /// Of the lab, when it was last looked at.
    private(set) var processes: [Int32] = []

    init(lab: LabMachines, seconds: Int) {
        self.lab = lab
        period = .seconds(max(1, seconds / 200))
    }

    func go(on deadline: ContinuousClock.Instant) async throws {
        while .now < deadline {
            try await look()
            try await Task.sleep(for: period)
        }
    }

    func look() async throws {
        let status = try await lab.status()
        let devices = status.vms.compactMap(\.deviceProcess)
        processes = [status.process] + devices
        let deviceLooks = devices.compactMap { process in Self.memory(process).map { ($0, Self.files(process)) } }
        guard let memory = Self.memory(status.process), !deviceLooks.isEmpty else { return }
        looks.append(
            Look(
                supervisorMemory: memory, supervisorFiles: Self.files(status.process),
                deviceMemory: deviceLooks.map(\.0).max() ?? 0, deviceFiles: deviceLooks.map(\.1).max() ?? 0))
    }

    /// The end against the beginning: medians of a fifth of the looks each.
    func judge(_ tally: Tally) {
        let part = max(1, looks.count / 5)
        func grown(_ name: String, _ value: (Look) -> Int, _ most: Int) {
            let begin = Report.median(looks.prefix(part).map { Double(value($0)) })
            let end = Report.median(looks.suffix(part).map { Double(value($0)) })
            tally.check("\(name), above \(Int(begin)) at the beginning", Int(end - begin)) { $0 <= most }
        }
        tally.check("times that processes were looked at", looks.count) { $0 > 1 }
        grown("supervisor's memory, KiB", \.supervisorMemory, 8192)
        grown("supervisor's descriptors", \.supervisorFiles, 8)
        grown("a device's memory, KiB", \.deviceMemory, 2048)
        grown("a device's descriptors", \.deviceFiles, 4)
        for (name, key) in [("came twice", "twice"), ("came damaged", "damaged")] {
            tally.check("datagrams that \(name)", tally.count("datagrams that came \(key)")) { $0 == 0 }
        }
        tally.check("round trips that were acknowledged", tally.count("acknowledged round trips")) { $0 > 0 }
    }

    /// How many of these processes still run, some seconds after they were to end.
    static func left(of processes: [Int32]) async -> Int {
        for _ in 0..<50 {
            // One without memory has ended.
            if processes.allSatisfy({ memory($0) == nil }) { return 0 }
            try? await Task.sleep(for: .milliseconds(100))
        }
        return processes.count { memory($0) != nil }
    }

    /// Resident memory without what is shared, in KiB; `nil` where the process is gone.
    private static func memory(_ process: Int32) -> Int? {
        guard let text = try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8),
            let match = text.firstMatch(of: /RssAnon:\s+(\d+) kB/)
        else { return nil }
        return Int(match.1)
    }

    private static func files(_ process: Int32) -> Int {
        (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(process)/fd").count) ?? 0
    }
}
