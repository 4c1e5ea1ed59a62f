// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import Topology
import Wiring

/// VMs that use as much of something.
struct BudgetOwners {
    fileprivate(set) var nodes: [Node]
    /// The index of the first of them.
    let index: Int
    let budget: Budget
    let place: SourceSpan?

    var first: Node { nodes[0] }

    /// `VM 0 has`, or `VM 0, VM 1 and VM 2 each have`.
    func subject(_ one: String, _ many: String) -> String {
        guard nodes.count > 1 else { return "\(first.label) \(one)" }
        return Listing.list(nodes.prefix(Listing.limit).map(\.label), total: nodes.count) + " each \(many)"
    }

    /// The first few VMs, where a setting is shown that they share.
    var declarations: [Label] {
        var seen: Set<SourceSpan> = []
        var labels: [Label] = []
        for node in nodes where labels.count < Listing.limit {
            guard let label = Label(node.identityOrigin, "\(node.label) is declared here"),
                seen.insert(label.span).inserted
            else { continue }
            labels.append(label)
        }
        return labels
    }
}

extension Subject {
    /// The VMs of which a budget says something, together where they were declared in one place and use as much: a mesh
    /// of 12 VMs has one fault, not 12.
    /// - Parameter place: where a VM's fault is shown.
    func owners(
        of kind: Budget.Kind, place: (Node) -> SourceSpan? = { $0.identityOrigin.span },
        where isAtFault: (Budget) -> Bool
    ) -> [BudgetOwners] {
        struct Key: Hashable {
            let place: SourceSpan?
            let used: Int
            let available: Int
        }
        var found: [BudgetOwners] = []
        var indexOf: [Key: Int] = [:]
        for budget in budgets where budget.kind == kind && isAtFault(budget) {
            guard case .vm(let index) = budget.owner else { continue }
            let key = Key(place: place(nodes[index]), used: budget.used, available: budget.available)
            if let group = indexOf[key] {
                found[group].nodes.append(nodes[index])
            } else {
                indexOf[key] = found.count
                found.append(BudgetOwners(nodes: [nodes[index]], index: index, budget: budget, place: key.place))
            }
        }
        return found
    }

    /// The declarations that give a VM its peers, the first few.
    func peerLabels(of index: Int) -> [Label] {
        var seen: Set<SourceSpan> = []
        var labels: [Label] = []
        for entry in network.rows[index] {
            let group = network.group(of: network.halves[entry])
            guard let span = group.origin.span, seen.insert(span).inserted else { continue }
            labels.append(Label(span, "gives it peers"))
            if labels.count == Listing.limit { break }
        }
        return labels
    }

    /// A VM has the tree's device, and could have topoc's.
    func canHaveOwnDevice(_ index: Int) -> Bool {
        network.dataPath(of: index, on: target) == .tree && target.dataPaths.contains(.topoc)
    }

    /// What gives a VM fewer peers; how many it may have.
    func fewerPeers(_ most: Int, of index: Int) -> String {
        let wayOut =
            canHaveOwnDevice(index) ? "the data path `topoc` holds more" : "the target `lab` has no such limit"
        return "give it \(most) peers at most: a Ring, a Line or a Star around another VM in place of a Mesh, "
            + "or more partitions with fewer VMs each; \(wayOut)"
    }

    /// Each queue setting that is written somewhere, and the default where nothing is.
    var queueLengths: [Placed<Int>] { queueSettings(\.length) }
    var sharedMemories: [Placed<Int>] { queueSettings(\.sharedMemory) }

    private func queueSettings(_ setting: (QueueSettings) -> Placed<Int>?) -> [Placed<Int>] {
        var settings = [setting(assembly.queues)]
        for partition in assembly.partitions {
            settings.append(setting(partition.queues))
            settings += partition.links.map { setting($0.queues) }
        }
        return settings.compactMap { $0 }
    }

    /// Where the sizes of a queue were written; else where its partition was.
    func place(
        ofQueues half: Int
    ) -> (span: SourceSpan?, length: Placed<Int>, memory: Placed<Int>, layout: LinkLayout) {
        let half = network.halves[half]
        let length = network.queueLength(of: half)
        let memory = network.sharedMemory(of: half)
        let partition = assembly.partitions[Int(half.partition)].name.origin
        return (
            memory.origin.span ?? length.origin.span ?? partition.span, length, memory,
            network.layout(of: Int(half.from), on: target)
        )
    }
}
