// SPDX-License-Identifier: BSD-2-Clause

import Topology

extension Wiring {
    /// Decides the wiring of a network in which the rules found no error that leaves nothing to write.
    ///
    /// Peer order is the order of the rows, ids follow from it. `nil` where the network cannot be wired: numbers
    /// are not 0..N-1, an address cannot be read, a row has no answer, or a reference leads nowhere.
    public init?(_ network: Network, target: Target) {
        guard network.unresolved.isEmpty, network.nodes.enumerated().allSatisfy({ $0.offset == $0.element.number })
        else { return nil }
        // Connections stand in the order in which their partitions are declared.
        var drafts: [Draft] = []
        var draftOf: [Draft.Key: Int] = [:]
        for half in network.halves where draftOf[Self.key(of: half, in: network)] == nil {
            let key = Self.key(of: half, in: network)
            draftOf[key] = drafts.count
            drafts.append(Draft(key: key))
        }
        var peers = [[Peer]](repeating: [], count: network.nodes.count)
        for (from, row) in network.rows.enumerated() {
            for index in row {
                let half = network.halves[index]
                let to = Int(half.to)
                // Of two entries for one pair the first counts.
                guard network.first(like: index) == index else { continue }
                guard from != to, let answer = network.answer(to: index),
                    network.halves[answer].partition == half.partition
                else { return nil }
                // Both directions have the settings that the lower VM's row says.
                let deciding = from < to ? half : network.halves[answer]
                let key = Self.key(of: deciding, in: network)
                guard let draft = draftOf[key] else { return nil }
                drafts[draft].add(peer: to, to: from)
                let partition = Int(half.partition)
                guard let mac = network.interfaces[to][network.interface(of: to, in: partition)].mac.value
                else { return nil }
                peers[from].append(
                    Peer(
                        number: to, connection: draft, sendID: 2 * peers[from].count,
                        receiveID: 2 * peers[from].count + 1, sharedMemory: key.sharedMemory, mac: mac,
                        interface: network.interface(of: from, in: partition), sources: network.sources(of: to)))
            }
        }
        var vms: [VMWiring] = []
        for node in network.nodes {
            guard let mac = node.mac.value, let ip = node.ip.value, node.ipv6 == nil || node.ipv6?.value != nil
            else { return nil }
            guard let interfaces = Self.interfaces(of: node.number, peers: peers[node.number], network, target)
            else { return nil }
            let dataPath = network.dataPath(of: node.number, on: target)
            let customary = dataPath == .topoc ? interfaces.count * Defaults.heapPerInterface : 0
            vms.append(
                VMWiring(
                    number: node.number, name: node.name, hostname: node.hostname.value, mac: mac, ip: ip,
                    ipv6: node.ipv6?.value, guest: node.guest,
                    heap: node.guest.heap?.value ?? Defaults.heap + customary, dataPath: dataPath,
                    layout: network.layout(of: node.number, on: target), sources: network.sources(of: node.number),
                    peers: peers[node.number],
                    interfaces: interfaces))
        }
        name = network.assembly.name.value
        self.target = target
        self.vms = vms
        var connections = Self.connections(drafts, in: network)
        var filters: [FilterWiring] = []
        for filter in network.filters {
            guard let peer = peers[filter.first].first(where: { $0.number == filter.second }) else { return nil }
            connections[peer.connection].filter = filters.count
            filters.append(
                FilterWiring(
                    filter, connection: peer.connection, layout: network.layout(of: filter.first, on: target)))
        }
        self.connections = connections
        self.filters = filters
        programs = network.assembly.programs.map {
            ProgramsFolder(path: $0.folder.value, names: $0.names.map(\.value))
        }
    }

    /// `nil` where there are more interfaces than the target has, or where two peers of one have the same address.
    private static func interfaces(
        of vm: Int, peers: [Peer], _ network: Network, _ target: Target
    ) -> [Interface]? {
        let dataPath = network.dataPath(of: vm, on: target)
        let lines = target.interruptLines(dataPath)
        let interfaces = network.interfaces[vm].enumerated().compactMap { number, interface -> Interface? in
            guard let mac = interface.mac.value, let ip = interface.ip.value,
                target.limits == nil || lines.indices.contains(number)
            else { return nil }
            let links = peers.indices.filter { peers[$0].interface == number }
            let table = try? MACTable(links: links.enumerated().map { (peers[$0.element].mac, $0.offset) })
            guard table != nil || dataPath == .tree else { return nil }
            let learns = dataPath == .topoc && links.contains { peers[$0].sources == .any }
            return Interface(
                partition: interface.partition.map { network.assembly.partitions[$0].name.value }, mac: mac, ip: ip,
                ipv6: interface.ipv6?.value, interrupt: target.limits == nil ? nil : lines[number],
                links: links, table: dataPath == .tree ? nil : table,
                learned: learns ? Defaults.learnedAddresses : 0)
        }
        return interfaces.count == network.interfaces[vm].count ? interfaces : nil
    }

    private static func key(of half: Half, in network: Network) -> Draft.Key {
        Draft.Key(
            partition: Int(half.partition), queueLength: network.queueLength(of: half).value,
            sharedMemory: network.sharedMemory(of: half).value)
    }

    private static func connections(_ drafts: [Draft], in network: Network) -> [Connection] {
        var shares: [Int: Int] = [:]
        for draft in drafts { shares[draft.key.partition, default: 0] += 1 }
        return drafts.map { draft in
            let key = draft.key
            let partition = network.assembly.partitions[key.partition].name.value
            let topology =
                shares[key.partition] == 1 ? partition : "\(partition)_q\(key.queueLength)_s\(key.sharedMemory)"
            return Connection(
                partition: partition, topology: topology, queueLength: key.queueLength,
                sharedMemory: key.sharedMemory, initInstance: drafts.count == 1 ? "init" : "init_\(topology)",
                rows: draft.rows)
        }
    }
}

/// A connection in the making.
private struct Draft {
    struct Key: Hashable {
        let partition: Int
        let queueLength: Int
        let sharedMemory: Int
    }

    let key: Key
    private(set) var rows: [Connection.Row] = []

    init(key: Key) {
        self.key = key
    }

    /// VMs come in ascending order, so a row is the last one or a new one.
    mutating func add(peer: Int, to vm: Int) {
        if let last = rows.last, last.vm == vm {
            rows[rows.count - 1].peers.append(peer)
        } else {
            rows.append(Connection.Row(vm: vm, peers: [peer]))
        }
    }
}
