// SPDX-License-Identifier: BSD-2-Clause

import CAmkES
import Diagnostics
import Wiring

/// What the checkout's templates made: the objects of seL4 that join components.
struct RenderedObjects: Decodable, Sendable {
    /// Memory that an address space has, and others too.
    struct Memory: Decodable, Sendable {
        let space: String
        let symbol: String
        let bytes: Int
        /// By name.
        let frames: [String]
    }

    /// A capability to an endpoint or a notification.
    struct Message: Decodable, Sendable {
        let space: String
        let object: String
        let sends: Bool
        let receives: Bool
    }

    /// The number of files that were rendered.
    let files: Int
    let memory: [Memory]
    let messages: [Message]

    /// What joins VMs otherwise than it was certified.
    func findings(against wiring: Wiring) -> [Finding] {
        (memoryDifferences(wiring) + messageDifferences(wiring)).map { message in
            VerificationRules.joinsOtherwise.finding(
                message, at: nil,
                notes: ["look for what was changed in the checkout; where nothing was, this is a fault of topoc"])
        }
    }

    /// What a flow leads through: from a VM to a VM, or to the filter between them and from there.
    private func hops(of flow: Flow, _ wiring: Wiring) -> [(source: String, destination: String)] {
        let (source, destination) = ("vm\(flow.source)", "vm\(flow.destination)")
        guard let filter = wiring.connections[flow.connection].filter.map({ wiring.filters[$0].instance }) else {
            return [(source, destination)]
        }
        return [(source, filter), (filter, destination)]
    }

    /// Two VMs, or a VM and a filter, share what their two flows have, nobody else has a part in it, and no others
    /// share anything.
    private func memoryDifferences(_ wiring: Wiring) -> [String] {
        var owners: [String: Set<String>] = [:]
        var sizes: [String: Int] = [:]
        for entry in memory where !entry.frames.isEmpty {
            for frame in entry.frames {
                owners[frame, default: []].insert(entry.space)
                sizes[frame] = entry.bytes / entry.frames.count
            }
        }
        var shared: [[String]: Int] = [:]
        for (frame, spaces) in owners where spaces.count(where: { isParty($0, wiring) }) > 1 {
            shared[spaces.sorted(), default: 0] += sizes[frame] ?? 0
        }
        var wanted: [[String]: Int] = [:]
        for flow in wiring.flows {
            for hop in hops(of: flow, wiring) {
                wanted[[hop.source, hop.destination].sorted(), default: 0] += flow.sharedMemory
            }
        }
        return Set(shared.keys).union(wanted.keys).sorted { $0.joined(separator: " ") < $1.joined(separator: " ") }
            .compactMap { spaces in
                let (found, declared) = (shared[spaces] ?? 0, wanted[spaces] ?? 0)
                return found == declared
                    ? nil
                    : "\(spaces.joined(separator: " and ")) share \(found) bytes of memory, not \(declared)"
            }
    }

    private func isParty(_ space: String, _ wiring: Wiring) -> Bool {
        FlowModel.vm(space) != nil || wiring.filters.contains { $0.instance == space }
    }

    /// A VM wakes its peers, or the filter before them, and can send nothing to any other VM; a filter wakes its two
    /// VMs.
    private func messageDifferences(_ wiring: Wiring) -> [String] {
        var receivers: [String: Set<String>] = [:]
        for message in messages where message.receives { receivers[message.object, default: []].insert(message.space) }
        var wanted: [String: Set<String>] = [:]
        for hop in wiring.flows.flatMap({ hops(of: $0, wiring) }) {
            wanted[hop.source, default: []].insert(hop.destination)
        }
        return (wiring.vms.map(\.instance) + wiring.filters.map(\.instance)).compactMap { party in
            let reached = messages.filter { $0.sends && $0.space == party }
                .reduce(into: Set<String>()) { $0.formUnion(receivers[$1.object] ?? []) }
                .filter { $0 != party && isParty($0, wiring) }
            let peers = wanted[party] ?? []
            guard reached != peers else { return nil }
            func list(_ names: Set<String>) -> String {
                names.isEmpty ? "no VM" : names.sorted().joined(separator: ", ")
            }
            return "\(party) can wake \(list(reached)), not \(list(peers))"
        }
    }
}
