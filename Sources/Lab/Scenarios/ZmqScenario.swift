// SPDX-License-Identifier: BSD-2-Clause

import FoundationEssentials
import Synchronization

/// The scenarios of the example over ZeroMQ. VM 0 prints what it sees, and its end is that of all.
struct ZmqScenario {
    private static let program = "zmq_samples"
    private static let figures = "/run/topoc-figures"
    private static let lastWord = "Exited with error\n"
    /// An emulated guest on a busy host takes minutes.
    private static let bound = Duration.seconds(400)

    private let lab: Lab

    init(_ lab: Lab) {
        self.lab = lab
    }

    func play(_ say: @escaping @Sendable (Event) -> Void) async throws(LabError) -> Event {
        try checkLinks()
        let program = try await lab.path(of: Self.program)
        let machines = await lab.machines
        let count = machines.count
        let results = await withTaskGroup(of: (Int, Result<Int32, LabError>, Tail).self) { group in
            for (number, machine) in machines.enumerated() {
                // Each calls the others at the address that it reaches them at.
                let addresses = (0..<count).map { lab.address(of: $0, from: number) }
                let figures = number == 0 ? ["--json", Self.figures] : []
                let words = [program, "run", "--vm", "\(number)"] + figures + addresses
                group.addTask {
                    let tail = Tail()
                    do throws(LabError) {
                        let status = try await machine.run(words, within: Self.bound) { bytes in
                            tail.append(bytes)
                            if number == 0 { say(.output(Data(bytes))) }
                        }
                        return (number, .success(status), tail)
                    } catch {
                        return (number, .failure(error), tail)
                    }
                }
            }
            return await group.reduce(into: [Int: (Result<Int32, LabError>, Tail)]()) { $0[$1.0] = ($1.1, $1.2) }
        }
        for (number, (result, tail)) in results.sorted(by: { $0.key < $1.key }) where number != 0 {
            if case .success(0) = result { continue }
            switch result {
            case .success(let status):
                say(.progress("vm\(number) ended with status \(status): \(tail.lines(3).joined(separator: " / "))"))
            case .failure(let error): say(.progress(error.message))
            }
        }
        guard let (result, tail) = results[0], try result.get() == 0 else {
            if results[0]?.1.text.hasSuffix(Self.lastWord) != true { say(.output(Data(Self.lastWord.utf8))) }
            return .exited(1)
        }
        _ = tail
        let written = Tail()
        if try await machines[0].run(["cat", Self.figures], within: .seconds(20), each: { written.append($0) }) == 0 {
            say(.figures(Data(written.text.utf8)))
        }
        return .exited(0)
    }

    /// VM 0 plays with all, and VM 1 publishes to all.
    private func checkLinks() throws(LabError) {
        let vms = lab.wiring.vms
        guard vms.count > 1 else {
            throw LabError(LabRules.scenario, "the scenario `zmq` needs two VMs, and there is one")
        }
        for centre in 0..<2 {
            let peers = Set(vms[centre].peers.map(\.number))
            guard let missing = vms.first(where: { $0.number != centre && !peers.contains($0.number) }) else {
                continue
            }
            throw LabError(
                LabRules.scenario,
                "the scenario `zmq` needs a link between \(vms[centre].instance) and \(missing.instance)",
                notes: ["VM 0 and VM 1 speak with all; the scenario `flows` takes any topology"])
        }
    }
}

/// The end of what a program says.
final class Tail: Sendable {
    private static let limit = 64 << 10
    private let kept = Mutex<[UInt8]>([])

    func append(_ bytes: [UInt8]) {
        kept.withLock { kept in
            kept += bytes
            if kept.count > 2 * Self.limit { kept.removeFirst(kept.count - Self.limit) }
        }
    }

    var text: String { kept.withLock { String(decoding: $0, as: UTF8.self) } }

    func lines(_ count: Int) -> [String] { text.split(separator: "\n").suffix(count).map(String.init) }
}
