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

    /// Joins a VM's console with this side, until either ends.
    ///
    /// - Parameters:
    ///   - typed: goes to the VM, once the console is open; its end is the end.
    ///   - opened: is told when it is.
    ///   - show: gets what the VM says.
    public func console(
        _ vm: String, typed: AsyncStream<Data>, opened: () -> Void, show: (Data) throws -> Void
    ) async throws -> Int32 {
        var typing: Task<Void, Never>?
        defer { typing?.cancel() }
        do {
            return try await ask(.console(vm: vm)) { event in
                switch event {
                case .opened:
                    opened()
                    typing = Task {
                        for await bytes in typed { say(.typed(bytes)) }
                        close()
                    }
                case .output(let bytes): try show(bytes)
                default: break
                }
            }
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
