// SPDX-License-Identifier: BSD-2-Clause

import Wiring

/// The wiring written out, without a macro.
struct ExpandedStyle: WiringStyle {
    private let wiring: Wiring
    private let dialect: Target.Dialect

    init(_ wiring: Wiring, _ dialect: Target.Dialect) {
        self.wiring = wiring
        self.dialect = dialect
    }

    let remarks = [
        "",
        "Every link is written out. The macros that remain are the tree's, from vm.h: what a VM is made of beside its",
        "links is the tree's to say, and differs from release to release.",
    ]

    func definitions(_ printer: inout CodePrinter) {}

    func interfaces(of vm: VMWiring, _ printer: inout CodePrinter) {
        for peer in vm.peers {
            printer.line("uses VirtQueueDrv \(peer.sendInterface);")
            printer.line("uses VirtQueueDev \(peer.receiveInterface);")
        }
    }

    func connection(_ connection: Connection, _ printer: inout CodePrinter) {
        let peers = connection.rows.flatMap { row in row.peers.map { (vm: row.vm, peer: $0) } }
        printer.block("connection \(wiring.target.dataPath.connector) \(connection.name)(", closing: ");") {
            $0.line("to \(connection.toEnd),")
            for (index, end) in peers.enumerated() {
                let send = "from vm\(end.vm).ether_\(end.peer)_send"
                let receive = "from vm\(end.vm).ether_\(end.peer)_recv"
                $0.line("\(send), \(receive)\(index == peers.count - 1 ? "" : ",")")
            }
        }
    }

    func settings(_ printer: inout CodePrinter) {
        for vm in wiring.vms where !vm.peers.isEmpty {
            for peer in vm.peers { settings(of: peer, at: vm, &printer) }
            defer { printer.blank() }
            if vm.dataPath == .tree { writtenMapping(of: vm, &printer) }
        }
        for connection in wiring.connections where connection.filter == nil {
            printer.block("\(connection.toEnd)_topology = [", closing: "];") {
                for row in connection.rows {
                    for peer in row.peers {
                        let driver = "vm\(row.vm).ether_\(peer)_send"
                        let device = "vm\(peer).ether_\(row.vm)_recv"
                        $0.line("{\"drv\": \"\(driver)\", \"dev\": \"\(device)\"},")
                    }
                }
            }
        }
    }

    private func settings(of peer: Peer, at vm: VMWiring, _ printer: inout CodePrinter) {
        let send = "\(vm.instance).\(peer.sendInterface)"
        let receive = "\(vm.instance).\(peer.receiveInterface)"
        printer.line("\(send)_id = \(peer.sendID);")
        printer.line("\(receive)_id = \(peer.receiveID);")
        if dialect.keysSharedMemoryByAttributes {
            // Digits that no other pair has: the zeros keep 1 to 12 apart from 11 to 2.
            printer.line("\(send)_attributes = \"\(vm.number)00000\(peer.number)\";")
            printer.line("\(receive)_attributes = \"\(peer.number)00000\(vm.number)\";")
        }
        if dialect.sharesOneBadge {
            for end in [send, receive] {
                printer.line("\(end)_global_endpoint = \"vm\(peer.number)\";")
                printer.line("\(end)_badge = \(ConnectionBadge.shared);")
            }
        }
        printer.line("\(send)_shmem_size = \(peer.sharedMemory);")
        printer.line("\(receive)_shmem_size = \(peer.sharedMemory);")
    }

    func handlers(of vm: VMWiring, _ printer: inout CodePrinter) {
        if wiring.target.dataPath == .topoc { return handlerOfOneBadge(of: vm, &printer) }
        guard dialect.handlerTakesTopology else {
            printer.line(
                "{\"init\": \"make_virtio_net_vswitch\", \"badge\": \(ConnectionBadge.shared), "
                    + "\"irq\": \"virtio_net_notify_vswitch\"},")
            return
        }
        for interface in vm.peers.flatMap({ [$0.sendInterface, $0.receiveInterface] }) {
            printer.block("{", closing: "},") {
                $0.line("\"init\": \"make_virtio_net_vswitch_driver_dummy\",")
                $0.line("\"badge\": \"\(interface)_notification_badge()\",")
                $0.line("\"irq\": \"virtio_net_notify_vswitch\"")
            }
        }
        printer.line("{\"init\": \"make_virtio_net_vswitch\"},")
    }

    func commandLine(of vm: VMWiring, _ printer: inout CodePrinter) {
        writtenCommandLine(of: vm, &printer)
    }
}
