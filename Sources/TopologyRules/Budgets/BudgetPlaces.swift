// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import Topology
import Wiring

extension Subject {
    /// The VMs that use more of something than there is.
    func exceeded(_ kind: Budget.Kind) -> [(node: Node, index: Int, budget: Budget)] {
        budgets.compactMap { budget in
            guard budget.kind == kind, budget.isExceeded, case .vm(let index) = budget.owner else { return nil }
            return (nodes[index], index, budget)
        }
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

    /// What gives a VM fewer peers; how many it may have.
    func fewerPeers(_ most: Int) -> String {
        "give it \(most) peers at most: a Ring, a Line or a Star around another VM in place of a Mesh, "
            + "or more partitions with fewer VMs each; the target `lab` has no such limit"
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
    func place(ofQueues half: Int) -> (span: SourceSpan?, length: Placed<Int>, memory: Placed<Int>) {
        let half = network.halves[half]
        let length = network.queueLength(of: half)
        let memory = network.sharedMemory(of: half)
        let partition = assembly.partitions[Int(half.partition)].name.origin
        return (memory.origin.span ?? length.origin.span ?? partition.span, length, memory)
    }
}
