// SPDX-License-Identifier: BSD-2-Clause

import Wiring

/// Prints the assembly for the VMM of Arm, which has no macros for links: the wiring is written out.
package struct ArmAssembly {
    private let wiring: Wiring
    private let style: ExpandedStyle

    init(_ wiring: Wiring, _ dialect: Target.Dialect) {
        self.wiring = wiring
        style = ExpandedStyle(wiring, dialect)
    }

    /// What it imports of the tree, and last of the platform's.
    package static let libraries = [
        "std_connector.camkes", "global-connectors.camkes", "seL4VMDTBPassthrough.idl4",
        "FileServerInterface.camkes",
        "FileServer/FileServer.camkes", "SerialServer/SerialServer.camkes", "TimeServer/TimeServer.camkes",
        "VirtQueue/VirtQueue.camkes", "vm-connectors.camkes", "devices.camkes",
    ]

    /// The connection by which a VMM reads the machine's device tree.
    package static func deviceTree(ofVM instance: String) -> String { "\(instance)_dtb" }

    /// Of the tree's `vm.h`, each once, in the composition and in the configuration.
    static func macros(for wiring: Wiring) -> (composition: [String], configuration: [String]) {
        let numbers = wiring.vms.map(\.number)
        return (
            ["VM_GENERAL_COMPOSITION_DEF()", "VM_VIRTUAL_SERIAL_COMPONENTS_DEF()"]
                + numbers.flatMap {
                    ["VM_COMPONENT_CONNECTIONS_DEF(\($0))", "PER_VM_VIRTUAL_SERIAL_CONNECTIONS_DEF(\($0))"]
                },
            ["VM_GENERAL_CONFIGURATION_DEF()", "VM_VIRTUAL_SERIAL_GENERAL_CONFIGURATION_DEF()"]
                + numbers.flatMap {
                    ["VM_CONFIGURATION_DEF(\($0))", "PER_VM_VIRTUAL_SERIAL_CONFIGURATION_DEF(\($0))"]
                }
        )
    }

    /// What the VMM needs that is the same on every platform, by attribute.
    package static func settings(of vm: VMWiring) -> [(attribute: String, value: Int)] {
        // A slot for each frame of the guest in the VMM's memory and in the guest's, and as many for all else.
        let frames = vm.guest.memoryMiB.value * 1024 * 1024 / Target.pageSize
        let slots = max(frames * 4, 1 << 18)
        return [
            ("num_extra_frame_caps", 0),
            ("extra_frame_map_address", 0),
            ("cnode_size_bits", (slots - 1).bitWidth - (slots - 1).leadingZeroBitCount),
            ("simple_untyped23_pool", vm.guest.untyped23Pool.value),
            ("simple_untyped22_pool", vm.guest.untyped22Pool.value),
        ]
    }

    var text: String {
        var printer = CodePrinter()
        printer.lines([
            "/*",
            " * Copyright the topoc developers",
            " *",
            " * SPDX-License-Identifier: BSD-2-Clause",
            " *",
            " * \(wiring.provenance)",
            " * Change the topology, not this file.",
            " *",
            " * Every link is written out. The macros are the tree's, from vm.h: what a VM is made of beside its links is the",
            " * tree's to say. What guests have on a platform stands in PLATFORM/devices.camkes.",
            " */",
            "",
        ])
        for library in Self.libraries { printer.line("import <\(library)>;") }
        printer.line("import \"\(Connector.declaration)\";")
        printer.blank()
        printer.line("#include <configurations/vm.h>")
        for vm in wiring.vms {
            printer.blank()
            printer.block("component \(vm.component) {") {
                $0.line("VM_INIT_DEF()")
                style.interfaces(of: vm, &$0)
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

    private func composition(_ printer: inout CodePrinter) {
        for vm in wiring.vms { printer.line("component \(vm.component) \(vm.instance);") }
        printer.lines(Self.macros(for: wiring).composition)
        for vm in wiring.vms {
            printer.line(
                "connection seL4VMDTBPassthrough \(Self.deviceTree(ofVM: vm.instance))"
                    + "(from \(vm.instance).dtb_self, to \(vm.instance).dtb);")
        }
        style.connections(of: wiring, &printer)
    }

    private func configuration(_ printer: inout CodePrinter) {
        style.settings(&printer)
        for filter in wiring.filters { FilterStyle.settings(filter, in: wiring, &printer) }
        style.queueLengths(of: wiring, &printer)
        printer.blank()
        printer.lines(Self.macros(for: wiring).configuration)
        for vm in wiring.vms {
            printer.blank()
            if let name = vm.name { printer.line("/* \(Spelling.word(name)) */") }
            for setting in Self.settings(of: vm) {
                printer.line("\(vm.instance).\(setting.attribute) = \(setting.value);")
            }
        }
    }
}
