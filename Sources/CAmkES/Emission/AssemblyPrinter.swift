// SPDX-License-Identifier: BSD-2-Clause

import Wiring

/// Prints the assembly: what both forms have in common. The forms differ in how they say the wiring.
struct AssemblyPrinter {
    private let wiring: Wiring
    private let dialect: Target.Dialect
    private let style: any WiringStyle

    init(_ wiring: Wiring, _ dialect: Target.Dialect, _ form: AssemblyForm) {
        self.wiring = wiring
        self.dialect = dialect
        style =
            switch form {
            case .macros: MacroStyle(wiring, dialect)
            case .expanded: ExpandedStyle(wiring, dialect)
            }
    }

    var text: String {
        var printer = CodePrinter()
        head(&printer)
        for vm in wiring.vms {
            printer.blank()
            printer.block("component \(vm.component) {") {
                $0.line("VM_INIT_DEF()")
                if !vm.peers.isEmpty { style.interfaces(of: vm, &$0) }
            }
        }
        for filter in wiring.filters { FilterStyle.component(filter, &printer) }
        printer.blank()
        printer.block("assembly {") {
            $0.block("composition {", composition)
            $0.blank()
            $0.block("configuration {", configuration)
        }
        return printer.text
    }

    private func head(_ printer: inout CodePrinter) {
        printer.lines([
            "/*",
            " * Copyright the topoc developers",
            " *",
            " * SPDX-License-Identifier: BSD-2-Clause",
            " *",
            " * \(wiring.provenance)",
            " * Change the topology, not this file.",
        ])
        printer.lines(style.remarks.map { $0.isEmpty ? " *" : " * \($0)" })
        printer.lines([
            " */",
            "",
            "import <VM/vm.camkes>;",
            "import <VirtQueue/VirtQueue.camkes>;",
        ])
        if wiring.target.dataPath == .topoc { printer.line("import \"\(Connector.declaration)\";") }
        printer.blank()
        printer.line("#include <configurations/vm.h>")
        style.definitions(&printer)
    }

    private func composition(_ printer: inout CodePrinter) {
        printer.line("VM_COMPOSITION_DEF()")
        for vm in wiring.vms { printer.line("VM_PER_VM_COMP_DEF(\(vm.number))") }
        style.connections(of: wiring, &printer)
    }

    private func configuration(_ printer: inout CodePrinter) {
        style.settings(&printer)
        for filter in wiring.filters { FilterStyle.settings(filter, in: wiring, &printer) }
        if dialect.readsQueueLength { style.queueLengths(of: wiring, &printer) }
        let joined = wiring.vms.filter { !$0.peers.isEmpty }
        if !joined.isEmpty {
            printer.blank()
            printer.line("/* What each VMM starts */")
        }
        for vm in joined {
            printer.block("\(configurationInstance(of: vm)).init_cons = [", closing: "];") {
                style.handlers(of: vm, &$0)
            }
        }
        printer.blank()
        printer.line("VM_CONFIGURATION_DEF()")
        for vm in wiring.vms {
            printer.blank()
            guest(of: vm, &printer)
        }
    }

    private func guest(of vm: VMWiring, _ printer: inout CodePrinter) {
        let guest = vm.guest
        if let name = vm.name { printer.line("/* \(Spelling.word(name)) */") }
        printer.line("VM_PER_VM_CONFIG_DEF(\(vm.number))")
        func set(_ attribute: String, _ value: String) { printer.line("\(vm.instance).\(attribute) = \(value);") }
        set("simple_untyped23_pool", "\(guest.untyped23Pool.value)")
        set("simple_untyped22_pool", "\(guest.untyped22Pool.value)")
        set("heap_size", Spelling.hexadecimal(vm.heap))
        set("guest_ram_mb", "\(guest.memoryMiB.value)")
        style.commandLine(of: vm, &printer)
        set("kernel_image", Spelling.string(guest.kernel.value))
        set("kernel_relocs", Spelling.string(guest.relocations.value))
        set("initrd_image", Spelling.string(guest.initrd.value))
        set("iospace_domain", Spelling.hexadecimal(guest.ioSpaceDomain.value))
        printer.line("\(configurationInstance(of: vm)).pci_devices_iospace = \(guest.pciDevicesIOSpace.value);")
    }

    /// The instance that has `init_cons` and `pci_devices_iospace`.
    private func configurationInstance(of vm: VMWiring) -> String {
        dialect.configuresVMThroughConfigComponent ? "\(vm.instance)_config" : vm.instance
    }
}

/// The functions of the tree's own device.
enum TreeDevice {
    static let start = "make_virtio_net_vswitch"
    static let notify = "virtio_net_notify_vswitch"
}

/// How a form of the assembly says the wiring.
protocol WiringStyle {
    /// Lines for the comment at the head.
    var remarks: [String] { get }
    /// What stands before the components.
    func definitions(_ printer: inout CodePrinter)
    /// The interfaces of a VM's component; for a VM with a link.
    func interfaces(of vm: VMWiring, _ printer: inout CodePrinter)
    /// One `seL4VirtQueues` connection.
    func connection(_ connection: Connection, _ printer: inout CodePrinter)
    /// Queues, ids, sizes and MAC addresses of all connections.
    func settings(_ printer: inout CodePrinter)
    /// The entries of `init_cons`; for a VM with a link.
    func handlers(of vm: VMWiring, _ printer: inout CodePrinter)
    /// The guest's `kernel_cmdline`.
    func commandLine(of vm: VMWiring, _ printer: inout CodePrinter)
}

extension WiringStyle {
    /// Each connection with its `VirtQueueInit`; one with a filter as the filter's two.
    func connections(of wiring: Wiring, _ printer: inout CodePrinter) {
        for connection in wiring.connections {
            printer.blank()
            if let filter = connection.filter {
                FilterStyle.composition(wiring.filters[filter], in: wiring, &printer)
                continue
            }
            printer.line("component VirtQueueInit \(connection.initInstance);")
            self.connection(connection, &printer)
        }
    }

    func queueLengths(of wiring: Wiring, _ printer: inout CodePrinter) {
        for connection in wiring.connections where connection.queueLength != Defaults.queueLength {
            for name in wiring.connectionNames(of: connection) {
                printer.line("\(name).queue_length = \(connection.queueLength);")
            }
        }
    }

    /// Which addresses lead to which queues of a VM that has the tree's device.
    func writtenMapping(of vm: VMWiring, _ printer: inout CodePrinter) {
        printer.line("\(vm.instance).vswitch_mac_address = \"\(vm.mac)\";")
        printer.block("\(vm.instance).vswitch_layout = [", closing: "];") {
            for peer in vm.peers {
                $0.line(
                    "{\"mac_addr\": \"\(peer.mac)\", \"send_id\": \(peer.sendID), \"recv_id\": \(peer.receiveID)},")
            }
        }
    }

    /// The device over topoc's connector, which gives all ends of the VM one badge: that of its first peer stands for
    /// all.
    func handlerOfOneBadge(of vm: VMWiring, _ printer: inout CodePrinter) {
        guard let first = vm.peers.first else { return }
        printer.block("{", closing: "},") {
            $0.line("\"init\": \"\(vm.dataPath == .topoc ? Device.start : TreeDevice.start)\",")
            $0.line("\"badge\": \"\(first.sendInterface)_notification_badge()\",")
            $0.line("\"irq\": \"\(vm.dataPath == .topoc ? Device.notify : TreeDevice.notify)\"")
        }
    }

    /// The setting written out, over several lines where it is long.
    func writtenCommandLine(of vm: VMWiring, _ printer: inout CodePrinter) {
        printer.line("\(vm.instance).kernel_cmdline =")
        let lines = Spelling.brokenString(vm.guest.commandLine.value, columns: 100)
        printer.line("    " + lines.joined(separator: "\n            ") + ";")
    }
}
