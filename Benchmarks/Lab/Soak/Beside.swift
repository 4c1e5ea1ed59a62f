// SPDX-License-Identifier: BSD-2-Clause

import Foundation

/// Programs beside each other in one machine. A guest of QEMU takes one command at a time, so there each is started and
/// then asked after.
extension LabMachines {
    func runBeside(_ number: Int, _ words: [String], within bound: Duration) async throws -> String {
        guard isGuests else { return try await run(number, words, within: bound) }
        let place = "/run/beside-\(UInt32.random(in: 0...UInt32.max))"
        let program = words.map { "'\($0)'" }.joined(separator: " ")
        let seconds = bound.components.seconds
        // The guest ends it, so that none is left where whoever waits for it does so no longer.
        let line = """
            (timeout -s KILL \(seconds) \(program) > \(place).out 2> \(place).err; echo $? > \(place).end) \
                < /dev/null > /dev/null 2>&1 & echo $! > \(place).process
            """
        _ = try await run(number, ["sh", "-c", line], within: .seconds(300))
        do {
            while true {
                try await Task.sleep(for: .milliseconds(500))
                // No file of its process: the guest is another one since.
                let question = "cat \(place).process > /dev/null && if [ -s \(place).end ]; then cat \(place).end; fi"
                let status = try await run(number, ["sh", "-c", question], within: .seconds(300))
                guard !status.isEmpty else { continue }
                let said = try await run(
                    number, ["sh", "-c", "cat \(place).out \(place).err; rm \(place).*"], within: .seconds(300))
                guard status == "0\n" else {
                    throw BenchmarkError("`\(program)` in vm\(number) ended with \(status): \(said.suffix(500))")
                }
                return said
            }
        } catch is CancellationError {
            let kill = "pkill -KILL -P $(cat \(place).process); rm \(place).*"
            _ = await Task { try? await run(number, ["sh", "-c", kill], within: .seconds(300)) }.value
            throw BenchmarkError("`\(program)` in vm\(number) is no longer wanted")
        }
    }
}
