// SPDX-License-Identifier: BSD-2-Clause

import Foundation

/// Memory, descriptors, threads and processes of a lab, over time.
actor Watch {
    private struct Look {
        var supervisorMemory: Int
        var supervisorFiles: Int
        var supervisorThreads: Int
        var processes: Int
        var deviceMemory: Int
        var deviceFiles: Int

        func least(_ other: Look) -> Look {
            Look(
                supervisorMemory: min(supervisorMemory, other.supervisorMemory),
                supervisorFiles: min(supervisorFiles, other.supervisorFiles),
                supervisorThreads: min(supervisorThreads, other.supervisorThreads),
                processes: min(processes, other.processes), deviceMemory: min(deviceMemory, other.deviceMemory),
                deviceFiles: min(deviceFiles, other.deviceFiles))
        }
    }

    private let lab: LabMachines
    private let period: Duration
    /// While there is traffic.
    private var looks: [Look] = []
    /// While there is none, so that what is open is the lab's own.
    private var quiet: [Look] = []
    /// Of the lab, when it was last looked at.
    private(set) var processes: [Int32] = []

    init(lab: LabMachines, seconds: Int) {
        self.lab = lab
        period = .seconds(max(1, seconds / 200))
    }

    func go(on deadline: ContinuousClock.Instant) async throws {
        while .now < deadline {
            if let look = try await look() { looks.append(look) }
            try await Task.sleep(for: period)
        }
    }

    /// Before the traffic, and after it. What is about to close is not counted.
    func lookAtRest() async throws {
        var least: Look?
        for _ in 0..<10 {
            try await Task.sleep(for: .milliseconds(200))
            guard let look = try await look() else { continue }
            least = least.map { $0.least(look) } ?? look
        }
        if let least { quiet.append(least) }
    }

    private func look() async throws -> Look? {
        let status = try await lab.status()
        let devices = status.vms.compactMap(\.deviceProcess)
        let children = Self.children(status.process)
        processes = [status.process] + children
        let deviceLooks = devices.compactMap { process in Self.memory(process).map { ($0, Self.files(process)) } }
        guard let memory = Self.memory(status.process), !deviceLooks.isEmpty else { return nil }
        return Look(
            supervisorMemory: memory, supervisorFiles: Self.files(status.process),
            supervisorThreads: Self.threads(status.process), processes: children.count,
            deviceMemory: deviceLooks.map(\.0).max() ?? 0, deviceFiles: deviceLooks.map(\.1).max() ?? 0)
    }

    /// The end against the beginning: of memory the medians of a fifth of the looks each.
    func judge(_ tally: Tally) {
        func check(_ name: String, _ begin: Int, _ end: Int, _ most: Int) {
            tally.check("\(name), above \(begin) at the beginning", end - begin) { $0 <= most }
        }
        tally.check("times that processes were looked at", looks.count) { $0 > 1 }
        let part = max(1, looks.count / 5)
        func memory(_ name: String, _ value: (Look) -> Int, _ most: Int) {
            let begin = Report.median(looks.prefix(part).map { Double(value($0)) })
            check(name, Int(begin), Int(Report.median(looks.suffix(part).map { Double(value($0)) })), most)
        }
        memory("supervisor's memory, KiB", \.supervisorMemory, 8192)
        memory("a device's memory, KiB", \.deviceMemory, 2048)
        guard let before = quiet.first, let after = quiet.last, quiet.count == 2 else {
            return tally.fail("the lab was not looked at before and after")
        }
        check("supervisor's descriptors", before.supervisorFiles, after.supervisorFiles, 2)
        check("supervisor's threads", before.supervisorThreads, after.supervisorThreads, 8)
        check("supervisor's children", before.processes, after.processes, 0)
        check("a device's descriptors", before.deviceFiles, after.deviceFiles, 0)
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

    private static func threads(_ process: Int32) -> Int {
        (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(process)/task").count) ?? 0
    }

    /// Devices, guests, and what runs in these; also those that have ended, and whose end nobody has taken.
    private static func children(_ process: Int32) -> [Int32] {
        let all = (try? FileManager.default.contentsOfDirectory(atPath: "/proc"))?.compactMap { Int32($0) } ?? []
        return all.filter { child in
            let stat = try? String(contentsOfFile: "/proc/\(child)/stat", encoding: .utf8)
            // Behind the name in parentheses: the state, and the parent.
            let fields = stat?.split(separator: ")").last?.split(separator: " ") ?? []
            return fields.count > 1 && fields[1] == "\(process)"
        }
    }

    private static func files(_ process: Int32) -> Int {
        (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(process)/fd").count) ?? 0
    }
}
