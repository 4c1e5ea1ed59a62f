// SPDX-License-Identifier: BSD-2-Clause

import FoundationEssentials

extension Capture {
    /// Captures until all is there, the time is up, or the lab ends. How many frames there were.
    ///
    /// - Parameters:
    ///   - vm: only at this one, and with `other` only its link to that.
    ///   - connect: to the lab; once for each VM and once more.
    ///   - write: takes the file, piece by piece.
    public static func run(
        vm: String?, other: String?, most: Int, within bound: Duration?, connect: () throws -> LabClient,
        write: @escaping @Sendable (Data) throws -> Void
    ) async throws -> Int {
        let status = try await connect().status()
        let chosen = status.vms.filter {
            vm == nil || [$0.instance, $0.name, "\($0.number)", $0.hostname].contains(vm)
        }
        guard !chosen.isEmpty else {
            throw LabError(LabRules.noVM, "there is no VM `\(vm ?? "")` in the lab `\(status.name)`")
        }
        let clients = try chosen.map { (vm: $0, client: try connect()) }
        let capture = try Capture(most: most, write: write)
        let alarm = Task {
            guard let bound else { return }
            try await Task.sleep(for: bound)
            await capture.stop()
            for (_, client) in clients { client.close() }
        }
        defer { alarm.cancel() }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (vm, client) in clients {
                group.addTask { try await capture.take(vm, other: other, with: client) }
            }
            // The first that ends ends all: an error, or enough frames.
            try await group.next()
            await capture.stop()
            for (_, client) in clients { client.close() }
        }
        return await capture.frames
    }
}
