// SPDX-License-Identifier: BSD-2-Clause

import Topology
import Wiring

/// How both forms of the assembly say a filter: written out, since no macro of upstream's speaks of a component between
/// two VMs.
enum FilterStyle {
    /// As the tree's macros set them for a VM: the connectors give badges of bits 0 and 17 to 28, over bit 27.
    static let badgeMask = 0x1fff_ffff & ~0x1fffe
    static let badgeBase = 1 << 27

    static func component(_ filter: FilterWiring, _ printer: inout CodePrinter) {
        printer.blank()
        printer.line("/* Stands between vm\(filter.ends[0].vm) and vm\(filter.ends[1].vm). */")
        printer.block("component \(filter.component) {") {
            $0.line("control;")
            for end in filter.ends {
                $0.line("uses VirtQueueDrv \(end.sendInterface);")
                $0.line("uses VirtQueueDev \(end.receiveInterface);")
            }
            if filter.needsClock { $0.line("uses Timer timer;") }
            if filter.implementation == .cakeML {
                $0.line("emits Callback self;")
                $0.line("consumes Callback virtqueue_wait;")
            }
        }
    }

    static func composition(_ filter: FilterWiring, in wiring: Wiring, _ printer: inout CodePrinter) {
        printer.line("component \(filter.component) \(filter.instance);")
        for end in filter.ends {
            printer.line("component VirtQueueInit \(end.initInstance);")
            printer.block(
                "connection \(wiring.target.dataPath.connector) \(end.connection)(", closing: ");"
            ) {
                $0.line("to \(end.toEnd),")
                $0.line("from vm\(end.vm).\(end.peerSendInterface), from vm\(end.vm).\(end.peerReceiveInterface),")
                $0.line(
                    "from \(filter.instance).\(end.sendInterface), from \(filter.instance).\(end.receiveInterface)")
            }
        }
        if filter.needsClock {
            printer.line(
                "connection seL4TimeServer \(filter.clockConnection)(from \(filter.instance).timer, "
                    + "to time_server.the_timer);")
        }
        if filter.implementation == .cakeML {
            printer.line(
                "connection seL4GlobalAsynch \(filter.callbackConnection)(from \(filter.instance).self, "
                    + "to \(filter.instance).virtqueue_wait);")
        }
    }

    static func settings(_ filter: FilterWiring, in wiring: Wiring, _ printer: inout CodePrinter) {
        let memory = wiring.connections[filter.connection].sharedMemory
        printer.blank()
        printer.line("/* Filter \(Spelling.word(filter.name)) */")
        for end in filter.ends {
            for (interface, id) in [(end.sendInterface, end.sendID), (end.receiveInterface, end.receiveID)] {
                printer.line("\(filter.instance).\(interface)_id = \(id);")
                printer.line("\(filter.instance).\(interface)_shmem_size = \(memory);")
            }
        }
        printer.line("\(filter.instance).global_endpoint_mask = \(Spelling.hexadecimal(FilterStyle.badgeMask));")
        printer.line("\(filter.instance).global_endpoint_base = \(Spelling.hexadecimal(FilterStyle.badgeBase));")
        if filter.implementation == .cakeML { printer.line("\(filter.instance).environment = \"cakeml\";") }
        for end in filter.ends {
            printer.block("\(end.toEnd)_topology = [", closing: "];") {
                $0.line(
                    "{\"drv\": \"vm\(end.vm).\(end.peerSendInterface)\", "
                        + "\"dev\": \"\(filter.instance).\(end.receiveInterface)\"},")
                $0.line(
                    "{\"drv\": \"\(filter.instance).\(end.sendInterface)\", "
                        + "\"dev\": \"vm\(end.vm).\(end.peerReceiveInterface)\"},")
            }
        }
    }
}

extension FilterWiring {
    var clockConnection: String { "\(instance)_timer" }
    var callbackConnection: String { "\(instance)_callback" }
}

extension Wiring {
    /// The CAmkES connections that a connection is written as: with a filter one to each of its two VMs.
    func connectionNames(of connection: Connection) -> [String] {
        connection.filter.map { filters[$0].ends.map(\.connection) } ?? [connection.name]
    }
}
