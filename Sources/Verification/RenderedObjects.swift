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

    /// Two VMs share what their two flows have, nobody else has a part in it, and no other VMs share anything.
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
        for (frame, spaces) in owners where spaces.count(where: { FlowModel.vm($0) != nil }) > 1 {
            shared[spaces.sorted(), default: 0] += sizes[frame] ?? 0
        }
        var wanted: [[String]: Int] = [:]
        for flow in wiring.flows {
            wanted[["vm\(flow.source)", "vm\(flow.destination)"].sorted(), default: 0] += flow.sharedMemory
        }
        return Set(shared.keys).union(wanted.keys).sorted { $0.joined(separator: " ") < $1.joined(separator: " ") }
            .compactMap { spaces in
                let (found, declared) = (shared[spaces] ?? 0, wanted[spaces] ?? 0)
                return found == declared
                    ? nil
                    : "\(spaces.joined(separator: " and ")) share \(found) bytes of memory, not \(declared)"
            }
    }

    /// A VM wakes its peers, and can send nothing to any other VM.
    private func messageDifferences(_ wiring: Wiring) -> [String] {
        var receivers: [String: Set<String>] = [:]
        for message in messages where message.receives { receivers[message.object, default: []].insert(message.space) }
        return wiring.vms.compactMap { vm in
            let reached = messages.filter { $0.sends && $0.space == vm.instance }
                .reduce(into: Set<String>()) { $0.formUnion(receivers[$1.object] ?? []) }
                .filter { $0 != vm.instance && FlowModel.vm($0) != nil }
            let peers = Set(vm.peers.map { "vm\($0.number)" })
            guard reached != peers else { return nil }
            func list(_ names: Set<String>) -> String {
                names.isEmpty ? "no VM" : names.sorted().joined(separator: ", ")
            }
            return "\(vm.instance) can wake \(list(reached)), not \(list(peers))"
        }
    }
}
