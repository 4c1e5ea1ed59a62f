// SPDX-License-Identifier: BSD-2-Clause

import CAmkES
import Topology
import Wiring

/// One direction of a link, as the app wires it.
private struct AppFlow {
    let source: Int
    let destination: Int
    /// The source's id of the driver side.
    let sendID: Int?
    let memory: Int
    /// Where the size is set, or else the connection.
    let memoryOffset: Int
}

/// The links of a connection.
private struct AppConnection {
    let declaration: ConnectionDeclaration
    /// In the middle of its one link, which another connection is a part of.
    var filter: AppFilter?
    var flows: [AppFlow] = []
}

/// The links of an app.
struct AppLinks {
    /// A partition for each connection that joins VMs, in the order of the text.
    let partitions: [Partition]
    /// The same with the links to what is no VM.
    let wired: [Partition]
    /// The numbers that stand for what is no VM.
    let others: [Int]
}

extension AppImporter {
    /// Bytes behind an end of which nothing is said: `seL4VirtQueues-from.template.c`, and until 3.8
    /// `seL4MultiSharedData-from.template.c`.
    private var memoryUnlessSaid: Int { target.dialect?.sharesOneBadge == true ? 4096 : 8192 }

    /// The links of the app; their sizes are judged, whatever they lead to.
    mutating func links() -> AppLinks {
        var connections: [AppConnection] = []
        var placeOf: [String: Int] = [:]
        var placeOfPair: [[Int]: Int] = [:]
        let numbers = numbersOfEnds
        var placeOfFilter: [String: Int] = [:]
        for queue in model.queues {
            if let filter = filters.first(where: {
                [queue.driver.instance, queue.device.instance].contains($0.instance)
            }) {
                guard let declaration = model.connections[queue.connection] else { continue }
                let place = placeOfFilter[filter.instance] ?? connections.count
                if place == connections.count {
                    placeOfFilter[filter.instance] = place
                    connections.append(AppConnection(declaration: declaration, filter: filter))
                }
                add(queue, of: filter, to: &connections[place])
                continue
            }
            guard let declaration = model.connections[queue.connection],
                let source = numbers[queue.driver.instance], let destination = numbers[queue.device.instance]
            else { continue }
            for end in [queue.driver, queue.device] where vm(end.instance) == nil {
                leave(
                    "`\(queue.connection)` leads to `\(end.instance)`, which is no VM: its queues are left out",
                    at: declaration.offset)
            }
            let size = memory(of: queue, or: declaration.offset)
            understandEnds(of: queue)
            understand(declaration.offset)
            guard placeOfPair[[source, destination]] == nil else {
                leave(
                    "a second queue from \(queue.driver.instance) to \(queue.device.instance), in "
                        + "`\(queue.connection)`", at: declaration.offset)
                continue
            }
            for end in declaration.ends where !end.isFrom { _ = take(end.instance, "\(end.interface)_topology") }
            // Each direction of a link may have a connection of its own.
            let place = placeOfPair[[destination, source]] ?? placeOf[queue.connection] ?? connections.count
            placeOfPair[[source, destination]] = place
            if place == connections.count {
                placeOf[queue.connection] = place
                connections.append(AppConnection(declaration: declaration))
            }
            connections[place].flows.append(
                AppFlow(
                    source: source, destination: destination, sendID: model.integer(queue.driver, "_id"),
                    memory: size.bytes, memoryOffset: size.offset))
        }
        let known = Set(vms.map(\.number))
        let ofVMs = connections.compactMap { connection -> AppConnection? in
            var kept = connection
            kept.flows.removeAll { !known.contains($0.source) || !known.contains($0.destination) }
            return kept.flows.isEmpty ? nil : kept
        }
        return AppLinks(
            partitions: ofVMs.map { partition($0) }, wired: connections.map { partition($0) },
            others: numbers.values.filter { !known.contains($0) }.sorted())
    }

    /// Half of one direction of a link through a filter: what the VM sends it is the flow to the VM behind it.
    private mutating func add(_ queue: FlowModel.Queue, of filter: AppFilter, to connection: inout AppConnection) {
        guard let declaration = model.connections[queue.connection] else { return }
        let size = memory(of: queue, or: declaration.offset)
        understandEnds(of: queue)
        understand(declaration.offset)
        for end in declaration.ends where !end.isFrom { _ = take(end.instance, "\(end.interface)_topology") }
        let lengths = [connection.declaration.name, declaration.name].map { model.value($0, "queue_length") }
        if lengths[0] != lengths[1] {
            leave(
                "the two connections of `\(filter.instance)` have queues of different lengths", at: declaration.offset)
        }
        if let other = connection.flows.first, other.memory != size.bytes {
            leave("the queues of `\(filter.instance)` have shared memory of different sizes", at: size.offset)
        }
        if declaration.name != connection.declaration.name { _ = take(declaration.name, "queue_length") }
        guard let source = vm(queue.driver.instance)?.number else { return }
        connection.flows.append(
            AppFlow(
                source: source, destination: filter.other(than: source), sendID: model.integer(queue.driver, "_id"),
                memory: connection.flows.first?.memory ?? size.bytes, memoryOffset: size.offset))
    }

    /// A number for each instance that queues lead to: that of a VM, or one that no VM has.
    private var numbersOfEnds: [String: Int] {
        var numbers = Dictionary(uniqueKeysWithValues: vms.map { ($0.instance, $0.number) })
        var free = (vms.last?.number ?? 0) + 1
        for instance in Set(model.queues.flatMap { [$0.driver.instance, $0.device.instance] }).sorted()
        where numbers[instance] == nil && !filters.contains(where: { $0.instance == instance }) {
            numbers[instance] = free
            free += 1
        }
        return numbers
    }

    private mutating func understandEnds(of queue: FlowModel.Queue) {
        for end in [queue.driver, queue.device] {
            for suffix in ["_id", "_shmem_size", "_attributes", "_global_endpoint", "_badge"] {
                _ = take(end.instance, end.interface + suffix)
            }
            if let interface = model.instances[end.instance].flatMap({ model.components[$0]?.interfaces[end.interface] }
            ) {
                understand(interface.offset)
            }
        }
    }

    /// The bytes behind a queue, and where they are said.
    private mutating func memory(of queue: FlowModel.Queue, or offset: Int) -> (bytes: Int, offset: Int) {
        func said(_ end: FlowModel.EndName) -> Setting? { model.settings[end.instance]?["\(end.interface)_shmem_size"] }
        let driver = said(queue.driver)
        let device = said(queue.device)
        let bytes = driver.map { $0.value.integer ?? 0 } ?? memoryUnlessSaid
        let there = device.map { $0.value.integer ?? 0 } ?? memoryUnlessSaid
        if bytes != there {
            report(
                ImportRules.sizesDiffer,
                "`\(queue.driver)` has \(bytes) bytes of shared memory and `\(queue.device)` \(there)",
                at: device?.offset ?? driver?.offset ?? offset, notes: ["give both the same"])
        }
        return (bytes, driver?.offset ?? device?.offset ?? offset)
    }

    private mutating func partition(_ connection: AppConnection) -> Partition {
        let declaration = connection.declaration
        let ofConnection =
            declaration.name.hasSuffix("_conn") ? String(declaration.name.dropLast(5)) : declaration.name
        let name = connection.filter?.name ?? ofConnection
        var rows: [Int: [AppFlow]] = [:]
        for flow in connection.flows { rows[flow.source, default: []].append(flow) }
        let order = rows.mapValues { flows in
            flows.enumerated().sorted { a, b in
                (a.element.sendID ?? .max, a.offset) < (b.element.sendID ?? .max, b.offset)
            }.map(\.element.destination)
        }
        var queues = QueueSettings()
        if let length = take(declaration.name, "queue_length") {
            if let value = length.value.integer {
                queues.length = Placed(value, origin(length.offset))
            } else {
                leave("`\(declaration.name).queue_length` is no number", at: length.offset)
            }
        }
        let memories = Set(connection.flows.map(\.memory))
        if memories.count == 1, let flow = connection.flows.first {
            queues.sharedMemory = Placed(flow.memory, origin(flow.memoryOffset))
        }
        var origins: [Int: Origin] = [:]
        for vm in Set(connection.flows.flatMap { [$0.source, $0.destination] }) {
            origins[vm] = origin(declaration.offset, macro: "VM\(vm)_\(name)")
        }
        let whole = origin(declaration.offset, macro: name)
        let filter = connection.filter
        let between = filter.map { filter in
            [LinkGroup(shape: .link, members: [filter.first, filter.second].map { Placed(.number($0)) })]
        }
        let groups =
            between
            ?? (memories.count == 1
                ? LinkShapes.groups(of: order) : linksOfSeveralSizes(connection.flows, at: declaration.offset))
        return Partition(
            name: Placed(name, whole),
            links: groups.map { group in
                var placed = group
                let numbers = group.members.map { $0.value.number ?? 0 }
                // A row stands where its VM's is written; a shape where each of its VMs is.
                let row = group.shape == .connect ? numbers.first.flatMap { origins[$0] } : nil
                placed.members = zip(group.members, numbers).map { member, number in
                    Placed(member.value, row ?? origins[number] ?? whole)
                }
                placed.origin = row ?? (numbers.count == 2 ? numbers.first.flatMap { origins[$0] } : nil) ?? whole
                return placed
            }, queues: queues,
            filter: filter.map { FilterSettings(rules: $0.rules, implementation: Placed($0.implementation, whole)) },
            origin: whole)
    }

    /// A link has one size, which that of the lower VM to the higher one speaks for.
    private mutating func linksOfSeveralSizes(_ flows: [AppFlow], at offset: Int) -> [LinkGroup] {
        let byPair = Dictionary(
            flows.map { ([$0.source, $0.destination], $0) }, uniquingKeysWith: { first, _ in first })
        var groups: [LinkGroup] = []
        for flow in flows.sorted(by: { ($0.source, $0.destination) < ($1.source, $1.destination) }) {
            let answer = byPair[[flow.destination, flow.source]]
            let size = QueueSettings(sharedMemory: Placed(flow.memory, origin(flow.memoryOffset)))
            let members = [flow.source, flow.destination].map { Placed(VMReference.number($0)) }
            if let answer, flow.source > flow.destination {
                if answer.memory != flow.memory {
                    leave(
                        "the queue from vm\(flow.source) to vm\(flow.destination) has \(flow.memory) bytes, and the "
                            + "other direction \(answer.memory)", at: flow.memoryOffset)
                }
                continue
            }
            groups.append(LinkGroup(shape: answer == nil ? .connect : .link, members: members, queues: size))
        }
        return groups
    }

    /// The VM that an instance is, or that stands behind it as seen from another VM.
    func vm(behind instance: String, from vm: Int) -> Int? {
        self.vm(instance)?.number ?? filters.first { $0.instance == instance }?.other(than: vm)
    }

    /// The queues' ids follow from the order of the peers; where the app has others they are numbered anew.
    mutating func checkIDs(_ network: Network) {
        var ids: [[Int]: (send: Setting?, receive: Setting?)] = [:]
        for queue in model.queues {
            if let source = vm(queue.driver.instance)?.number,
                let other = vm(behind: queue.device.instance, from: source)
            {
                ids[[source, other], default: (nil, nil)].send =
                    model.settings[queue.driver.instance]?["\(queue.driver.interface)_id"]
            }
            if let receiver = vm(queue.device.instance)?.number,
                let other = vm(behind: queue.driver.instance, from: receiver)
            {
                ids[[receiver, other], default: (nil, nil)].receive =
                    model.settings[queue.device.instance]?["\(queue.device.interface)_id"]
            }
        }
        for (index, row) in network.rows.enumerated() {
            let vm = network.nodes[index].number
            for (place, half) in row.enumerated() {
                let peer = network.nodes[Int(network.halves[half].to)].number
                guard let known = ids[[vm, peer]] else { continue }
                if known.send?.value.integer == 2 * place, known.receive?.value.integer == 2 * place + 1 { continue }
                let offset = known.send?.offset ?? known.receive?.offset ?? self.vms.first?.offset ?? 0
                leave(
                    "the ids of the queues between vm\(vm) and vm\(peer) become \(2 * place) and \(2 * place + 1)",
                    at: offset)
                break
            }
        }
    }
}

extension VMReference {
    /// `nil` for a name.
    var number: Int? { if case .number(let number) = self { number } else { nil } }
}
