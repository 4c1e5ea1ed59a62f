// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import Wiring

extension Comparison {
    /// Every interface of the device's tables is one of the wiring's, with its address, its links and nothing else.
    /// Who reaches whom by which address is compared with the flows.
    mutating func compareTables() {
        guard let tables else { return }
        for fault in tables.faults { report(ReaderRules.missing, fault) }
        for vm in wiring.vms where !vm.peers.isEmpty {
            guard let read = tables.interfaces[vm.number] else { continue }
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
        if read.sources != "TOPOC_SOURCES_PINNED" {
            report(ReaderRules.flowDiffers, "\(name) lets other source addresses through than was decided")
        }
        let links = decided.links.map { index in
            let peer = vm.peers[index]
            return ReadInterface.Link(
                peer: peer.mac, sendID: peer.sendID, receiveID: peer.receiveID,
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
