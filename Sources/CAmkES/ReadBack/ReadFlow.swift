// SPDX-License-Identifier: BSD-2-Clause

import Wiring

/// One direction of a link as the assembly was read back to have it. What the text does not say is `nil`.
public struct ReadFlow: Sendable, Hashable {
    public let source: Int
    public let destination: Int
    public let connection: String
    /// By which the source reaches this queue.
    public let destinationMAC: MACAddress?
    /// The address whose frames the destination expects from this queue.
    public let sourceMAC: MACAddress?
    public let sendID: Int?
    public let receiveID: Int?
    public let queueLength: Int?
    /// At the driver's and at the device's side.
    public let sendMemory: Int?
    public let receiveMemory: Int?
}

/// Two VMs, in order.
struct VMPair: Hashable {
    let source: Int
    let destination: Int
}

extension FlowModel {
    /// The flows as far as the text itself says them.
    public var flows: [ReadFlow] { flows(over: nil) }

    /// The same where filters stand between VMs, those of a wiring.
    package func flows(throughFiltersOf wiring: Wiring) -> [ReadFlow] {
        flows(over: nil, through: wiring.filterConnections)
    }

    /// The flows between VMs, in the order of the queues. A queue of which one side is no VM is not among them, unless
    /// the other is a filter: what leads into it and out of it to another VM is one flow.
    ///
    /// - Parameter filters: by their instances, the name of the connection that a flow through them is of.
    /// MAC addresses are those of the VMs' layouts, or else of the device's tables.
    func flows(over tables: DeviceTables?, through filters: [String: String] = [:]) -> [ReadFlow] {
        var layouts: [Int: Layout] = [:]
        func layout(of vm: Int) -> Layout {
            if let known = layouts[vm] { return known }
            let read = Layout(value("vm\(vm)", "vswitch_layout")?.list ?? [])
            layouts[vm] = read
            return read
        }
        func flow(into queue: Queue, outOf last: Queue, _ connection: String) -> ReadFlow? {
            guard let source = Self.vm(queue.driver.instance), let destination = Self.vm(last.device.instance),
                source != destination || queue == last
            else { return nil }
            let sendID = integer(queue.driver, "_id")
            let receiveID = integer(last.device, "_id")
            let length = value(queue.connection, "queue_length")
            return ReadFlow(
                source: source, destination: destination, connection: connection,
                destinationMAC: sendID.flatMap { layout(of: source).macOfSendID[$0] }
                    ?? tables?.destination(of: sendID, at: source),
                sourceMAC: receiveID.flatMap { layout(of: destination).macOfReceiveID[$0] }
                    ?? tables?.source(of: receiveID, at: destination),
                sendID: sendID, receiveID: receiveID,
                queueLength: length.map { $0.integer ?? -1 } ?? Defaults.queueLength,
                sendMemory: integer(queue.driver, "_shmem_size"), receiveMemory: integer(last.device, "_shmem_size"))
        }
        return queues.flatMap { queue -> [ReadFlow] in
            guard let connection = filters[queue.device.instance] else {
                return [flow(into: queue, outOf: queue, queue.connection)].compactMap { $0 }
            }
            return queues.filter { $0.driver.instance == queue.device.instance }.compactMap {
                flow(into: queue, outOf: $0, connection)
            }
        }
    }

    /// The number of `vm12`; `nil` for another instance, also for `vm01`.
    package static func vm(_ instance: String) -> Int? {
        guard instance.hasPrefix("vm"), let number = Int(instance.dropFirst(2)), "vm\(number)" == instance,
            number >= 0
        else { return nil }
        return number
    }

    /// A VM's `vswitch_layout`. An id that stands twice leads nowhere certain, so it leads nowhere.
    private struct Layout {
        var macOfSendID: [Int: MACAddress] = [:]
        var macOfReceiveID: [Int: MACAddress] = [:]

        init(_ entries: [Value]) {
            var ambiguous: (send: Set<Int>, receive: Set<Int>) = ([], [])
            for entry in entries {
                guard let mac = entry["mac_addr"]?.string.flatMap(MACAddress.init) else { continue }
                if let id = entry["send_id"]?.integer, macOfSendID.updateValue(mac, forKey: id) != nil {
                    ambiguous.send.insert(id)
                }
                if let id = entry["recv_id"]?.integer, macOfReceiveID.updateValue(mac, forKey: id) != nil {
                    ambiguous.receive.insert(id)
                }
            }
            for id in ambiguous.send { macOfSendID[id] = nil }
            for id in ambiguous.receive { macOfReceiveID[id] = nil }
        }
    }
}

extension Wiring {
    /// By the instances of filters, the name of the connection that a flow through them is of.
    var filterConnections: [String: String] {
        Dictionary(filters.map { ($0.instance, connections[$0.connection].name) }) { first, _ in first }
    }
}
