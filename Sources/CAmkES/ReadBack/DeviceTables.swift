// SPDX-License-Identifier: BSD-2-Clause

import ClangSource
import Topology
import Wiring

/// What the device's constants say of each VM's interfaces, links and MAC addresses: read from the C as a compiler reads
/// it, for nothing in the assembly says to whom a frame goes.
package struct DeviceTables: Sendable, Hashable {
    /// By the VM's number.
    package private(set) var interfaces: [Int: [ReadInterface]] = [:]
    /// By the VM's number: `TOPOC_LINK_LAYOUT`.
    private(set) var layouts: [Int: UInt64] = [:]
    /// What should be in a file and could not be found.
    private(set) var faults: [String] = []

    /// Reads `vmN_interfaces.c` of each VM that has links.
    init(_ files: [EmittedFile], wiring: Wiring, checker: SourceChecker) {
        let vms = wiring.vms.filter(\.hasOwnDevice)
        self.init(files, of: vms.map { ($0.number, $0.peers[0].sendInterface) }, checker: checker)
    }

    /// The same of an app: where there is no such file, the VM's device is none of topoc's.
    ///
    /// - Parameter vms: each with the first of its ends.
    package init(_ files: [EmittedFile], of vms: [(number: Int, end: String)], checker: SourceChecker) {
        let sources = files.filter { $0.path.hasSuffix(".c") || $0.path.hasSuffix(".h") }.map {
            CFile(path: $0.path, text: $0.text)
        }
        for vm in vms {
            let path = Self.path(ofVM: vm.number)
            let constants = try? checker.constants(of: path, in: sources, searching: Device.searched)
            if let constants, let read = Self.interfaces(constants) {
                interfaces[vm.number] = read
                layouts[vm.number] = constants["topoc_interface_layout"]?.number
                if constants["topoc_wake"]?.name != "\(vm.end)_wake" {
                    faults.append("\(path) wakes by another end than its first")
                }
                // On Arm; without it there the app would not link.
                if let badge = constants["topoc_badge"], badge.name != "\(vm.end)_notification_badge" {
                    faults.append("\(path) waits for another badge than that of its first end")
                }
            } else {
                faults.append("\(path) does not say what the interfaces of vm\(vm.number) are")
            }
        }
    }

    /// Where an app has the interfaces of a VM with topoc's device.
    package static func path(ofVM number: Int) -> String { Device.interfaces(of: "\(number)") }

    /// What the tables say otherwise than a wiring, a line each.
    package func differences(from wiring: Wiring, in specification: Specification) -> [String] {
        let model = FlowModel(specification, trustsMacros: true)
        let filters = wiring.filters.map { ($0.instance, wiring.connections[$0.connection].name) }
        let flows = model.flows(over: self, through: Dictionary(filters) { first, _ in first })
        var comparison = Comparison(wiring, specification, model, flows, self)
        comparison.compareTables()
        let read = Dictionary(flows.map { (VMPair(source: $0.source, destination: $0.destination), $0) }) { first, _ in
            first
        }
        let addresses = wiring.flows.compactMap { flow -> String? in
            let found = read[VMPair(source: flow.source, destination: flow.destination)]
            guard wiring.vms[flow.source].hasOwnDevice, found?.destinationMAC != flow.destinationMAC else { return nil }
            return
                "vm\(flow.source) reaches vm\(flow.destination) by \(found?.destinationMAC.map { "\($0)" } ?? "no address"), "
                + "not by \(flow.destinationMAC)"
        }
        return comparison.findings.map(\.message) + addresses
    }

    /// The address by which a VM sends to a queue, and that which it expects from one; `nil` where its tables name
    /// none, or several.
    func destination(of sendID: Int?, at vm: Int) -> MACAddress? {
        guard let sendID else { return nil }
        return only(at: vm) { link, destination in link.sendID == sendID ? destination : nil }
    }

    func source(of receiveID: Int?, at vm: Int) -> MACAddress? {
        guard let receiveID else { return nil }
        return only(at: vm) { link, _ in link.receiveID == receiveID ? link.peer : nil }
    }

    private func only(at vm: Int, _ address: (ReadInterface.Link, MACAddress?) -> MACAddress?) -> MACAddress? {
        let found = (interfaces[vm] ?? []).flatMap { interface in
            interface.links.enumerated().compactMap { address($0.element, interface.destination(of: $0.offset)) }
        }
        return found.count == 1 ? found[0] : nil
    }

    private static func interfaces(_ constants: [String: ConstantValue]) -> [ReadInterface]? {
        guard let records = constants["topoc_interfaces"]?.list, let count = constants["topoc_interface_count"]?.number,
            count == UInt64(records.count)
        else { return nil }
        let read = records.compactMap { ReadInterface($0, constants) }
        let memory = read.flatMap(\.memory)
        return read.count == records.count && Set(memory).count == memory.count ? read : nil
    }
}

/// A `struct topoc_interface`, as it was read.
package struct ReadInterface: Sendable, Hashable {
    package struct Link: Sendable, Hashable {
        let peer: MACAddress
        let sources: String
        package let sendID: Int
        let receiveID: Int
        let queueLength: Int
    }

    package let address: MACAddress
    let interrupt: Int
    let sources: String
    package let links: [Link]
    /// How many addresses it can learn.
    let learned: Int
    /// The arrays that its links have for their own.
    let memory: [String]
    /// Slots of the table that hold an address.
    let entries: [Entry]

    /// Its guest sends from any address.
    package var isAnySource: Bool { sources == Sources.any.constant }

    package struct Entry: Sendable, Hashable {
        let address: MACAddress
        let link: Int
        /// A look-up of the address leads to the link.
        let isFound: Bool
    }

    /// The address that leads to a link; `nil` where none does, or several.
    func destination(of link: Int) -> MACAddress? {
        let found = entries.filter { $0.link == link }
        return found.count == 1 && found[0].isFound ? found[0].address : nil
    }

    /// `nil` where a field is missing.
    init?(_ record: ConstantValue, _ constants: [String: ConstantValue]) {
        func named(_ field: ConstantValue?) -> [ConstantValue]? {
            field?.name.flatMap { constants[$0]?.list }
        }
        guard let address = record["address"]?.number, let interrupt = record["interrupt"]?.number,
            let sources = record["sources"]?.name, let links = named(record["links"]),
            record["link_count"]?.number == UInt64(links.count),
            let table = record["table"], let multiplier = table["multiplier"]?.number,
            let entries = named(table["entries"])?.compactMap(\.number),
            let displacements = named(table["displacements"])?.compactMap(\.number),
            table["entry_mask"]?.number == UInt64(entries.count) &- 1,
            table["bucket_mask"]?.number == UInt64(displacements.count) &- 1
        else { return nil }
        self.address = MACAddress(frameNumber: address)
        self.interrupt = Int(truncatingIfNeeded: interrupt)
        self.sources = sources
        self.links = links.compactMap(Self.link)
        learned = record["learned_count"]?.number.map { Int(truncatingIfNeeded: $0) } ?? 0
        let arrays = links.map { $0["ends"] } + [record["states"]] + (learned > 0 ? [record["learned"]] : [])
        memory = arrays.compactMap { $0?.name }
        guard self.links.count == links.count, memory.count == arrays.count else { return nil }
        guard
            let read = MACTable(
                entries: entries, displacements: displacements.map { UInt16(truncatingIfNeeded: $0) },
                multiplier: multiplier)
        else { return nil }
        self.entries = read.stations.map { station in
            Entry(address: station.address, link: station.link, isFound: read[station.address] == station.link)
        }
    }

    private static func link(_ record: ConstantValue) -> Link? {
        guard let peer = record["peer"]?.number, let sources = record["sources"]?.name,
            let sendID = record["send_id"]?.number,
            let receiveID = record["receive_id"]?.number, let queueLength = record["queue_length"]?.number
        else { return nil }
        return Link(
            peer: MACAddress(frameNumber: peer), sources: sources, sendID: Int(truncatingIfNeeded: sendID),
            receiveID: Int(truncatingIfNeeded: receiveID),
            queueLength: Int(truncatingIfNeeded: queueLength))
    }
}
