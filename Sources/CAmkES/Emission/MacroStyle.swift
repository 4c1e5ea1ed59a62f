// SPDX-License-Identifier: BSD-2-Clause

import Wiring

/// The wiring as topology macros, one set a connection, over the macros of the connections header.
struct MacroStyle: WiringStyle {
    private let wiring: Wiring
    private let dialect: Target.Dialect
    /// The topology of all links, where a VM stands in several connections: the ids of its queues are places in a row
    /// over all of them.
    private let union: String?
    /// `VM_CONNECTION_CONFIG` says all.
    private let isPlain: Bool
    private let sharesCommandLine: Bool

    init(_ wiring: Wiring, _ dialect: Target.Dialect) {
        self.wiring = wiring
        self.dialect = dialect
        let needsUnion = wiring.vms.contains { vm in
            vm.peers.contains { $0.connection != vm.peers.first?.connection }
        }
        union = needsUnion ? Self.freeName(among: Set(wiring.connections.map(\.topology))) : nil
        isPlain =
            !needsUnion && wiring.filters.isEmpty
            && wiring.connections.allSatisfy { $0.sharedMemory == Defaults.sharedMemory }
        sharesCommandLine = Set(wiring.vms.map(\.guest.commandLine.value)).count == 1
    }

    private static func freeName(among taken: Set<String>) -> String {
        var name = "all_links"
        while taken.contains(name) { name += "_" }
        return name
    }

    let remarks: [String] = []

    func definitions(_ printer: inout CodePrinter) {
        printer.line("#include <\(ConnectionsHeader.path)>")
        if sharesCommandLine, let vm = wiring.vms.first {
            let lines = Spelling.brokenString(vm.guest.commandLine.value, columns: 110)
            printer.blank()
            printer.line("#define VM_GUEST_CMDLINE \\")
            printer.line("    " + lines.joined(separator: " \\\n    "))
        }
        for connection in wiring.connections {
            topology(connection.topology, rows: connection.rows.map { ($0.vm, $0.peers) }, &printer)
        }
        if let union {
            printer.blank()
            printer.line("/* All links of each VM: a peer's place in its row gives the ids of its queues. */")
            let rows = wiring.vms.filter { !$0.peers.isEmpty }.map { ($0.number, $0.peers.map(\.number)) }
            topology(union, rows: rows, separated: false, &printer)
        }
        guard wiring.target.dataPath == .tree else { return }
        printer.blank()
        for vm in wiring.vms { printer.line("#define VM\(vm.number)_MACADDRESS \"\(vm.mac)\"") }
    }

    private func topology(
        _ name: String, rows: [(vm: Int, peers: [Int])], separated: Bool = true, _ printer: inout CodePrinter
    ) {
        if separated { printer.blank() }
        for row in rows {
            let head = "#define VM\(row.vm)_\(name)(f) f("
            let members = ([row.vm] + row.peers).map(String.init)
            printer.line(head + Spelling.wrapped(members, firstColumn: head.utf8.count) + ")")
        }
        printer.blank()
        printer.line("#define \(name)(f) \\")
        printer.line(rows.map { "    VM\($0.vm)_\(name)(f)" }.joined(separator: " \\\n"))
    }

    func interfaces(of vm: VMWiring, _ printer: inout CodePrinter) {
        printer.line("VM_CONNECTION_COMPONENT_DEF(\(vm.number),\(topology(of: vm)))")
    }

    func connection(_ connection: Connection, _ printer: inout CodePrinter) {
        printer.line("VM_CONNECTION_CONNECT_VMS(\(connection.toEnd), \(connection.topology))")
    }

    func settings(_ printer: inout CodePrinter) {
        for connection in wiring.connections {
            if isPlain {
                printer.line("VM_CONNECTION_CONFIG(\(connection.toEnd), \(connection.topology))")
            } else {
                // A filter's queues are written out.
                if connection.filter == nil {
                    printer.line("VM_CONNECTION_TOPOLOGY(\(connection.toEnd), \(connection.topology))")
                }
                printer.line("VM_CONNECTION_SHMEM_SIZE(\(connection.sharedMemory), \(connection.topology))")
            }
        }
        if !isPlain {
            for topology in union.map({ [$0] }) ?? wiring.connections.map(\.topology) {
                printer.line("VM_CONNECTION_VSWITCH(\(topology))")
            }
        }
        for vm in treeVMs { writtenMapping(of: vm, &printer) }
    }

    /// VMs with the tree's device among VMs with topoc's: what only they have is written out.
    private var treeVMs: [VMWiring] {
        wiring.target.dataPath == .tree ? [] : wiring.vms.filter { $0.dataPath == .tree && !$0.peers.isEmpty }
    }

    func handlers(of vm: VMWiring, _ printer: inout CodePrinter) {
        if wiring.target.dataPath == .topoc, vm.dataPath == .tree { return handlerOfOneBadge(of: vm, &printer) }
        let arguments = dialect.handlerTakesTopology ? "(\(vm.number),\(topology(of: vm)))" : ""
        printer.line("VM_CONNECTION_INIT_HANDLER\(arguments),")
    }

    func commandLine(of vm: VMWiring, _ printer: inout CodePrinter) {
        if sharesCommandLine {
            printer.line("\(vm.instance).kernel_cmdline = VM_GUEST_CMDLINE;")
        } else {
            writtenCommandLine(of: vm, &printer)
        }
    }

    /// The topology that has all links of a VM.
    private func topology(of vm: VMWiring) -> String {
        union ?? vm.peers.first.map { wiring.connections[$0.connection].topology } ?? ""
    }
}
