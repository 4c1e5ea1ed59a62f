// SPDX-License-Identifier: BSD-2-Clause

import Wiring

/// What of a topology another one says differently.
public struct TopologyDifference: Sendable, Hashable {
    /// A VM as it is called: of one that is in both topologies, as in the new one.
    public struct VMLabel: Sendable, Hashable, Encodable {
        public let number: Int
        public let name: String?
    }

    public struct SettingChange: Sendable, Hashable, Encodable {
        /// In the words of the language: `mac`, `memoryMiB`.
        public let setting: String
        /// `nil` where there was none.
        public let old: String?
        public let new: String?
    }

    /// A VM of both topologies of which something else is said.
    public struct VMChange: Sendable, Hashable, Encodable {
        public let vm: VMLabel
        public let changes: [SettingChange]
    }

    /// What is said of one direction of a link.
    public struct FlowSettings: Sendable, Hashable, Encodable {
        public let partition: String
        /// Descriptors.
        public let queueLength: Int
        /// Bytes.
        public let sharedMemory: Int
    }

    /// One direction of a link: added where it has no `old`, removed where it has no `new`.
    public struct FlowChange: Sendable, Hashable, Encodable {
        public let source: VMLabel
        public let destination: VMLabel
        public let old: FlowSettings?
        public let new: FlowSettings?
    }

    /// A `Never` that stands in one of the topologies only.
    public struct Assertion: Sendable, Hashable, Encodable {
        public let sources: [VMLabel]
        public let destinations: [VMLabel]
    }

    /// Of the assembly as a whole.
    public let assembly: [SettingChange]
    public let addedVMs: [VMLabel]
    public let removedVMs: [VMLabel]
    public let changedVMs: [VMChange]
    /// By source, then destination.
    public let flows: [FlowChange]
    /// By their VMs.
    public let filters: [FilterChange]
    public let addedAssertions: [Assertion]
    public let removedAssertions: [Assertion]
    public let widening: Widening

    public var isEmpty: Bool {
        assembly.isEmpty && addedVMs.isEmpty && removedVMs.isEmpty && changedVMs.isEmpty && flows.isEmpty
            && filters.isEmpty && addedAssertions.isEmpty && removedAssertions.isEmpty && widening.isEmpty
    }

    /// Compares two topologies without errors. Linear in VMs, links and the members of assertions; filters
    /// are compared as sets of frames.
    public init(from old: Network, to new: Network) {
        let vms = VMMatching(old, new)
        assembly = Self.changes(
            [("name", old.assembly.name.value)], [("name", new.assembly.name.value)])
        addedVMs = new.nodes.indices.filter { vms.old(of: $0) == nil }.map(vms.label)
        removedVMs = (new.nodes.count..<vms.count).map(vms.label)
        changedVMs = new.nodes.indices.compactMap { index in
            guard let before = vms.old(of: index) else { return nil }
            let changes = Self.changes(old.settings(of: before), new.settings(of: index))
            return changes.isEmpty ? nil : VMChange(vm: vms.label(index), changes: changes)
        }
        flows = Self.flows(old.flowSettings(vms.ofOld), new.flowSettings(Array(new.nodes.indices)), vms)
        filters = Self.filters(old, new, vms)
        let before = Self.assertions(old, vms.ofOld)
        let after = Self.assertions(new, Array(new.nodes.indices))
        addedAssertions = Self.missing(after, in: before).map { $0.labelled(vms) }
        removedAssertions = Self.missing(before, in: after).map { $0.labelled(vms) }
        widening = Widening(old, new, vms)
    }

    /// Both lists have their settings in one order; one may lack some.
    private static func changes(
        _ old: [(setting: String, value: String)], _ new: [(setting: String, value: String)]
    ) -> [SettingChange] {
        let before = Dictionary(old.map { ($0.setting, $0.value) }, uniquingKeysWith: { first, _ in first })
        let after = Dictionary(new.map { ($0.setting, $0.value) }, uniquingKeysWith: { first, _ in first })
        let names = new.map(\.setting) + old.map(\.setting).filter { after[$0] == nil }
        return names.compactMap { name in
            before[name] == after[name] ? nil : SettingChange(setting: name, old: before[name], new: after[name])
        }
    }

    private static func flows(
        _ old: [VMMatching.Pair: FlowSettings], _ new: [VMMatching.Pair: FlowSettings], _ vms: VMMatching
    ) -> [FlowChange] {
        let changed = Set(old.keys).union(new.keys).filter { old[$0] != new[$0] }
        return changed.sorted().map { pair in
            FlowChange(
                source: vms.label(pair.first), destination: vms.label(pair.second), old: old[pair], new: new[pair])
        }
    }

    /// The VMs of a `Never`, by index; in what order they were written does not matter.
    private struct IndexedAssertion: Hashable {
        let sources: [Int]
        let destinations: [Int]

        func labelled(_ vms: VMMatching) -> Assertion {
            Assertion(sources: sources.map(vms.label), destinations: destinations.map(vms.label))
        }
    }

    private static func assertions(_ network: Network, _ index: [Int]) -> [IndexedAssertion] {
        network.nevers.map { never in
            IndexedAssertion(
                sources: Set(never.sources.map { index[$0.value] }).sorted(),
                destinations: Set(never.destinations.map { index[$0.value] }).sorted())
        }
    }

    private static func missing(_ some: [IndexedAssertion], in others: [IndexedAssertion]) -> [IndexedAssertion] {
        let known = Set(others)
        var seen: Set<IndexedAssertion> = []
        return some.filter { !known.contains($0) && seen.insert($0).inserted }
    }
}

extension Network {
    /// What is said of a VM, in the words of the language; what is derived of it alone (a host name of a name) too.
    fileprivate func settings(of index: Int) -> [(setting: String, value: String)] {
        let node = nodes[index]
        let guest = node.guest
        var settings: [(setting: String, value: String)] = [
            ("number", "\(node.number)"), ("hostname", node.hostname.value), ("mac", node.mac.text),
            ("ip", node.ip.text),
        ]
        if let name = node.name { settings.append(("name", name)) }
        if let ipv6 = node.ipv6 { settings.append(("ipv6", ipv6.text)) }
        for (number, interface) in interfaces[index].enumerated() {
            guard let partition = interface.partition else { continue }
            settings.append(("eth\(number) partition", assembly.partitions[partition].name.value))
            // The first interface has the addresses of the VM.
            guard number > 0 else { continue }
            settings.append(("eth\(number) mac", interface.mac.text))
            settings.append(("eth\(number) ip", interface.ip.text))
            if let ipv6 = interface.ipv6 { settings.append(("eth\(number) ipv6", ipv6.text)) }
        }
        settings.append(("sources", sources(of: index).rawValue))
        if let dataPath = node.declaration.dataPath { settings.append(("dataPath", dataPath.value.rawValue)) }
        if let heap = guest.heap { settings.append(("heap", "\(heap.value)")) }
        settings += [
            ("memoryMiB", "\(guest.memoryMiB.value)"), ("kernel", guest.kernel.value),
            ("relocations", guest.relocations.value), ("initrd", guest.initrd.value),
            ("commandLine", guest.commandLine.value), ("untyped23Pool", "\(guest.untyped23Pool.value)"),
            ("untyped22Pool", "\(guest.untyped22Pool.value)"), ("ioSpaceDomain", "\(guest.ioSpaceDomain.value)"),
            ("pciDevicesIOSpace", "\(guest.pciDevicesIOSpace.value)"),
        ]
        return settings
    }

    /// Every flow, by the indices that `index` has for its nodes. Of several halves between two VMs the first counts.
    fileprivate func flowSettings(_ index: [Int]) -> [VMMatching.Pair: TopologyDifference.FlowSettings] {
        var flows: [VMMatching.Pair: TopologyDifference.FlowSettings] = [:]
        for (number, half) in halves.enumerated() where half.from != half.to && first(like: number) == number {
            // Both directions have the settings that the lower VM's row says.
            let answer = answer(to: number).map { halves[$0] }
            let deciding = half.from < half.to ? half : answer ?? half
            flows[VMMatching.Pair(index[Int(half.from)], index[Int(half.to)])] = TopologyDifference.FlowSettings(
                partition: assembly.partitions[Int(half.partition)].name.value,
                queueLength: queueLength(of: deciding).value, sharedMemory: sharedMemory(of: deciding).value)
        }
        return flows
    }
}
