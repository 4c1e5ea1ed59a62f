// SPDX-License-Identifier: BSD-2-Clause

import CAmkES
import Diagnostics
import Wiring

extension SyntaxTree {
    /// What the parser understood otherwise than it was certified.
    func findings(against wiring: Wiring) -> [Finding] {
        let model = FlowModel(specification)
        var messages = model.faults.map(\.message)
        let vms = Set(instances.map(\.name).filter { FlowModel.vm($0) != nil })
        let wanted = Set(wiring.vms.map(\.instance))
        messages += wanted.subtracting(vms).sorted().map { "there is no \($0)" }
        messages += vms.subtracting(wanted).sorted().map { "there is a \($0)" }
        var read = Dictionary(grouping: model.flows(throughFiltersOf: wiring)) { "\($0.source) \($0.destination)" }
        for flow in wiring.flows {
            let name = "the flow from vm\(flow.source) to vm\(flow.destination)"
            let found = read.removeValue(forKey: "\(flow.source) \(flow.destination)") ?? []
            guard found.count == 1 else {
                messages.append("\(name) is there \(found.count) times")
                continue
            }
            messages += differences(found[0], flow, wiring).map { "\(name) \($0)" }
        }
        messages += read.keys.sorted().map { key in
            let ends = key.split(separator: " ")
            return "there is a flow from vm\(ends[0]) to vm\(ends[1])"
        }
        return messages.map { message in
            VerificationRules.readsOtherwise.finding(
                "in the checkout's syntax tree \(message)", at: nil,
                notes: ["look for what was changed in the checkout; where nothing was, this is a fault of topoc"])
        }
    }

    private func differences(_ read: ReadFlow, _ flow: Flow, _ wiring: Wiring) -> [String] {
        var result: [String] = []
        func compare<Item: Equatable>(_ what: String, _ found: Item?, _ wanted: Item) {
            if found != wanted { result.append("has \(what) \(found.map { "\($0)" } ?? "none"), not \(wanted)") }
        }
        compare("connection", read.connection, wiring.connections[flow.connection].name)
        compare("the sender's id", read.sendID, flow.sendID)
        compare("the receiver's id", read.receiveID, flow.receiveID)
        compare("queue length", read.queueLength, flow.queueLength)
        compare("the sender's memory", read.sendMemory, flow.sharedMemory)
        compare("the receiver's memory", read.receiveMemory, flow.sharedMemory)
        // The addresses of topoc's device stand in C.
        if wiring.vms[flow.source].dataPath == .tree {
            compare("the address", read.destinationMAC, flow.destinationMAC)
        }
        if wiring.vms[flow.destination].dataPath == .tree {
            compare("the sender's address", read.sourceMAC, flow.sourceMAC)
        }
        return result
    }
}
