// SPDX-License-Identifier: BSD-2-Clause

import Topology
import Wiring

/// What can come from one VM to another, and by which rule, in words.
public enum PathExplanation {
    /// The text that `topoc explain --path` prints.
    public static func text(of network: Network, from source: Int, to destination: Int) -> String {
        let reach = FilteredReach(network)
        var text = "From \(network.nodes[source].label) to \(network.nodes[destination].label): "
        if let half = network.link(source, destination) {
            text += hop(network, half, from: source) + "\n"
            if reach.crosses(source, destination) { return text }
        } else {
            text += "no link joins them, so no frame comes there by itself.\n"
        }
        // Of all other ways the guests along them decide.
        guard let way = reach.way(from: source, to: destination) else {
            return text + "No way through other VMs leads there either.\n"
        }
        let numbers = way.map { "\(network.nodes[$0].number)" }.joined(separator: " → ")
        text += "A way through other VMs: \(numbers). Their guests decide what they pass on.\n"
        for (from, to) in zip(way, way.dropFirst()) {
            guard let half = network.link(from, to) else { continue }
            text += "  \(network.nodes[from].number) → \(network.nodes[to].number): \(hop(network, half, from: from))\n"
        }
        return text
    }

    private static func hop(_ network: Network, _ half: Int, from source: Int) -> String {
        guard let filter = network.filter(of: half), let direction = filter.direction(from: source) else {
            let partition = network.assembly.partitions[Int(network.halves[half].partition)].name.value
            return "partition \(Names.quoted(partition)) links them; every frame passes."
        }
        let name = "through filter \(Names.quoted(filter.name.value))"
        if filter.implementation == .cakeML { return "\(name), in CakeML, which forwards every frame." }
        let lines = FilterAnalysis(filter).notes(direction).map { "  " + $0 }
        guard !lines.isEmpty else { return "\(name), which lets nothing pass in this direction." }
        return (["\(name), which lets pass"] + lines + ["  and drops everything else."]).joined(separator: "\n")
    }
}
