// SPDX-License-Identifier: BSD-2-Clause

import FoundationEssentials

extension LabClient {
    public func status() async throws -> LabStatus {
        var status: LabStatus?
        try await ask(.status) { if case .status(let said) = $0 { status = said } }
        return try Self.told(status)
    }

    public func stats() async throws -> StatsSnapshot {
        var stats: StatsSnapshot?
        try await ask(.stats) { if case .stats(let said) = $0 { stats = said } }
        return try Self.told(stats)
    }

    /// Takes the lab down, and waits until its process has ended.
    public func takeDown() async throws {
        try await ask(.down)
        await awaitEnd()
    }

    /// Shows a VM's console until its end, or the end of the conversation.
    public func console(_ vm: String, show: (Data) throws -> Void) async throws -> Int32 {
        do {
            return try await ask(.console(vm: vm)) { if case .output(let bytes) = $0 { try show(bytes) } }
        } catch let error as LabError where error.code == LabRules.supervisor.code && isClosed {
            return 0
        }
    }

    private static func told<Value>(_ value: Value?) throws(LabError) -> Value {
        guard let value else {
            throw LabError(LabRules.version, "the lab says nothing", notes: ["take it down, and start it again"])
        }
        return value
    }
}
