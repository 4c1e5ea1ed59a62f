// SPDX-License-Identifier: BSD-2-Clause

import Wiring

/// `vmN_interfaces.c`: what was decided of a VM's interfaces, links and MAC addresses, as constants of the device.
struct InterfaceTables {
    private let vm: VMWiring
    private let wiring: Wiring

    init(of vm: VMWiring, in wiring: Wiring) {
        self.vm = vm
        self.wiring = wiring
    }

    var file: EmittedFile {
        EmittedFile(path: Device.interfaces(of: "\(vm.number)"), text: text)
    }

    private var text: String {
        var printer = CodePrinter()
        printer.lines([
            "/*",
            " * Copyright the topoc developers",
            " *",
            " * SPDX-License-Identifier: BSD-2-Clause",
            " *",
            " * \(wiring.provenance)",
            " * Change the topology, not this file.",
            " */",
            "",
            "/* The interfaces of VM \(vm.number). MAC addresses are numbers: the first octet is the lowest. */",
            "",
        ])
        if vm.layout != .packed {
            printer.line("/* As the device that is compiled for it: some VM that it is joined with has the tree's. */")
            printer.line("#define TOPOC_LINK_LAYOUT \(vm.layout.constant)")
        }
        printer.line("#include \"virtio_net_vswitch.h\"")
        if wiring.target.dialect?.machine == .arm { printer.line("#include \"virtio_net_vswitch_arm.h\"") }
        printer.blank()
        printer.line("const unsigned int topoc_interface_layout = TOPOC_LINK_LAYOUT;")
        if let first = vm.peers.first {
            printer.blank()
            printer.line("/* All ends of the VM have one badge, so that each can stand for all. */")
            printer.line("void \(first.sendInterface)_wake(void);")
            printer.line("void (*const topoc_wake)(void) = \(first.sendInterface)_wake;")
            if wiring.target.dialect?.machine == .arm {
                printer.line("seL4_Word \(first.sendInterface)_notification_badge(void);")
                printer.line("seL4_Word(*const topoc_badge)(void) = \(first.sendInterface)_notification_badge;")
            }
        }
        for (number, interface) in vm.interfaces.enumerated() { tables(of: interface, "eth\(number)", &printer) }
        printer.blank()
        printer.block("const struct topoc_interface topoc_interfaces[] = {", closing: "};") {
            for (number, interface) in vm.interfaces.enumerated() { record(of: interface, "eth\(number)", &$0) }
        }
        printer.blank()
        printer.line("const unsigned int topoc_interface_count = \(vm.interfaces.count);")
        return printer.text
    }

    private func tables(of interface: Interface, _ name: String, _ printer: inout CodePrinter) {
        guard let table = interface.table else { return }
        let peers = interface.links.map { vm.peers[$0] }
        let place = interface.partition.map { ", in partition \(Spelling.word($0))" } ?? ""
        printer.blank()
        printer.line("/* \(name)\(place): \(interface.mac) */")
        for peer in peers {
            printer.line("static uint32_t \(ends(name, peer))[\(wiring.connections[peer.connection].queueLength)];")
        }
        printer.block("static const struct topoc_interface_link \(name)_links[] = {", closing: "};") {
            for peer in peers {
                $0.line("/* VM \(peer.number): \(peer.mac) */")
                $0.block("{", closing: "},") {
                    $0.line(".peer = \(Self.number(peer.mac.frameNumber)),")
                    $0.line(".sources = \(peer.sources.constant),")
                    $0.line(".send_id = \(peer.sendID),")
                    $0.line(".receive_id = \(peer.receiveID),")
                    $0.line(".queue_length = \(wiring.connections[peer.connection].queueLength),")
                    $0.line(".ends = \(ends(name, peer)),")
                }
            }
        }
        printer.line("static struct topoc_switch_link \(name)_states[\(peers.count)];")
        if interface.learned > 0 { printer.line("static uint64_t \(name)_learned[\(interface.learned)];") }
        printer.block("static const uint64_t \(name)_entries[] = {", closing: "};") {
            for row in table.entries.chunks(of: 4) { $0.line(row.map { Self.number($0) + "," }.joined(separator: " ")) }
        }
        printer.block("static const uint16_t \(name)_displacements[] = {", closing: "};") {
            for row in table.displacements.chunks(of: 16) { $0.line(row.map { "\($0)," }.joined(separator: " ")) }
        }
    }

    private func record(of interface: Interface, _ name: String, _ printer: inout CodePrinter) {
        guard let table = interface.table, let interrupt = interface.interrupt else { return }
        printer.block("{", closing: "},") {
            $0.line(".address = \(Self.number(interface.mac.frameNumber)),")
            $0.line(".interrupt = \(interrupt),")
            $0.line(".sources = \(vm.sources.constant),")
            $0.block(".table = {", closing: "},") {
                $0.line(".entries = \(name)_entries,")
                $0.line(".displacements = \(name)_displacements,")
                $0.line(".multiplier = \(Self.number(table.multiplier)),")
                $0.line(".entry_mask = \(table.entryMask),")
                $0.line(".bucket_mask = \(table.bucketMask),")
            }
            $0.line(".links = \(name)_links,")
            $0.line(".states = \(name)_states,")
            $0.line(".link_count = \(interface.links.count),")
            if interface.learned > 0 {
                $0.line(".learned = \(name)_learned,")
                $0.line(".learned_count = \(interface.learned),")
            }
        }
    }

    private func ends(_ interface: String, _ peer: Peer) -> String { "\(interface)_ends_\(peer.number)" }

    private static func number(_ value: UInt64) -> String {
        let digits = String(value, radix: 16)
        return "0x" + String(repeating: "0", count: 16 - digits.utf8.count) + digits + "ull"
    }
}

extension Array {
    fileprivate func chunks(of count: Int) -> [ArraySlice<Element>] {
        stride(from: 0, to: self.count, by: count).map { self[$0..<Swift.min($0 + count, self.count)] }
    }
}
