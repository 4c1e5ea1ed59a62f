// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import Topology
import Wiring

extension Comparison {
    /// As `topoc/link.h` and `topoc/switch_types.h` say them.
    private static let layouts: [LinkLayout: UInt64] = [.packed: 1, .libvirtqueue: 3]
    private static let sources: [Sources: String] = [.pinned: "TOPOC_SOURCES_PINNED", .any: "TOPOC_SOURCES_ANY"]

    /// Every interface of the device's tables is one of the wiring's, with its address, its links and nothing else.
    /// Who reaches whom by which address is compared with the flows.
    mutating func compareTables() {
        guard let tables else { return }
        for fault in tables.faults { report(ReaderRules.missing, fault) }
        for vm in wiring.vms where vm.hasOwnDevice {
            guard let read = tables.interfaces[vm.number] else { continue }
            if tables.layouts[vm.number] != Self.layouts[vm.layout] {
                report(ReaderRules.flowDiffers, "\(vm.instance) has links of another layout than was decided")
            }
            if read.count != vm.interfaces.count {
                report(
                    ReaderRules.flowDiffers, "\(vm.instance) has \(read.count) interfaces, not \(vm.interfaces.count)")
            }
            for (number, (read, decided)) in zip(read, vm.interfaces).enumerated() {
                compare(read, decided, of: vm, "eth\(number) of \(vm.instance)")
            }
        }
    }

    private mutating func compare(_ read: ReadInterface, _ decided: Interface, of vm: VMWiring, _ name: String) {
        if read.address != decided.mac {
            report(ReaderRules.flowDiffers, "\(name) has the address \(read.address), not \(decided.mac)")
        }
        if read.interrupt != decided.interrupt {
            report(ReaderRules.flowDiffers, "\(name) has another interrupt line than was decided")
        }
        if read.sources != Self.sources[vm.sources] {
            report(ReaderRules.flowDiffers, "\(name) lets other source addresses through than was decided")
        }
        if read.learned != decided.learned {
            report(ReaderRules.flowDiffers, "\(name) learns \(read.learned) addresses, not \(decided.learned)")
        }
        let links = decided.links.map { index in
            let peer = vm.peers[index]
            return ReadInterface.Link(
                peer: peer.mac, sources: Self.sources[peer.sources] ?? "", sendID: peer.sendID,
                receiveID: peer.receiveID,
                queueLength: wiring.connections[peer.connection].queueLength)
        }
        for link in links where !read.links.contains(link) {
            report(
                ReaderRules.missing,
                "\(name) has no link with queues \(link.sendID) and \(link.receiveID) to \(link.peer)")
        }
        for link in read.links where !links.contains(link) {
            report(
                ReaderRules.unexpected,
                "\(name) has a link with queues \(link.sendID) and \(link.receiveID) to \(link.peer)")
        }
        for entry in read.entries where !entry.isFound || !links.indices.contains(entry.link) {
            report(ReaderRules.unexpected, "the table of \(name) has \(entry.address), which leads to no link")
        }
    }
}
