// SPDX-License-Identifier: BSD-2-Clause

import CAmkES
import Topology
import Wiring

extension AppImporter {
    /// The macros that stand for a VM's base, which topoc writes itself.
    private static let macrosOfVM: Set = [
        "VM_INIT_DEF", "VM_PER_VM_COMP_DEF", "VM_PER_VM_CONFIG_DEF", "VM_COMPOSITION_DEF", "VM_CONFIGURATION_DEF",
    ]

    private static let imports: Set = ["VM/vm.camkes", "VirtQueue/VirtQueue.camkes"]

    /// Those of the VMM for Arm, and of them those that stand for any number of VMs.
    private static let macrosOfArm: Set = [
        "VM_GENERAL_COMPOSITION_DEF", "VM_VIRTUAL_SERIAL_COMPONENTS_DEF", "VM_COMPONENT_CONNECTIONS_DEF",
        "PER_VM_VIRTUAL_SERIAL_CONNECTIONS_DEF", "VM_GENERAL_CONFIGURATION_DEF",
        "VM_VIRTUAL_SERIAL_GENERAL_CONFIGURATION_DEF", "PER_VM_VIRTUAL_SERIAL_CONFIGURATION_DEF",
    ]
    private static let macrosOfSeveral: Set = [
        "VM_VIRTUAL_SERIAL_COMPOSITION_DEF", "VM_VIRTUAL_SERIAL_CONFIGURATION_DEF",
    ]

    /// Lists all that the topology does not stand for, each with its place.
    mutating func listLeftovers() {
        for one in specification.imports
        where !Self.imports.contains(one.path) && !isOwn(one.path) && !isOfArm(one.path) {
            leaveOut("the import of `\(one.path)`", at: one.offset)
        }
        for other in specification.others where other.name != "vswitch_mapping" {
            leaveOut("the \(other.kind)\(other.name.map { " `\($0)`" } ?? "")", at: other.offset)
        }
        list(specification.macros)
        listComponents()
        for assembly in specification.assemblies {
            list(assembly.composition.macros)
            list(assembly.configuration.macros)
            let initial = Set(
                model.connections.values.filter { isUnderstood($0.offset) }
                    .flatMap { $0.ends.filter { !$0.isFrom }.map(\.instance) })
            for instance in assembly.composition.instances
            where !isUnderstood(instance.offset)
                && !(instance.type == "VirtQueueInit" && initial.contains(instance.name))
            {
                leaveOut("the instance `\(instance.name)` of `\(instance.type)`", at: instance.offset)
            }
            for connection in assembly.composition.connections
            where !isUnderstood(connection.offset) && !isDeviceTree(connection) {
                leaveOut("the connection `\(connection.name)` of `\(connection.connector)`", at: connection.offset)
            }
            for setting in assembly.configuration.settings where !isUnderstood(setting.offset) {
                leaveOut("the setting `\(setting.instance).\(setting.attribute)`", at: setting.offset)
            }
        }
        if specification.assemblies.count > 1 {
            leaveOut("a second assembly", at: specification.assemblies[1].offset)
        }
    }

    /// A path of topoc's own connector.
    private func isOwn(_ path: String) -> Bool { path.hasSuffix("\(DataPath.topoc.connector).camkes") }

    /// A path that an app for Arm imports, too, when topoc writes it.
    private func isOfArm(_ path: String) -> Bool {
        isForArm && ArmAssembly.libraries.contains(path) && (path != ArmDevices.name || !devices.isEmpty)
    }

    private mutating func listComponents() {
        let components = Set(vms.map(\.component) + filters.compactMap { model.instances[$0.instance] })
        for component in specification.components {
            guard components.contains(component.name) else {
                leaveOut("the component `\(component.name)`", at: component.offset)
                continue
            }
            list(component.macros)
            for interface in component.interfaces where !isUnderstood(interface.offset) {
                leaveOut("the interface `\(interface.name)` of `\(component.name)`", at: interface.offset)
            }
            for attribute in component.attributes where !attribute.name.hasPrefix("vswitch_") {
                leaveOut("the attribute `\(attribute.name)` of `\(component.name)`", at: attribute.offset)
            }
        }
    }

    /// A VM's macros are understood where their argument, if any, is the number of one.
    private mutating func list(_ macros: [MacroCall]) {
        let numbers = Set(vms.map { "\($0.number)" })
        for macro in macros {
            let arguments = macro.arguments.filter { !$0.isEmpty }
            let isOfOne = Self.macrosOfVM.contains(macro.name) || isForArm && Self.macrosOfArm.contains(macro.name)
            if isOfOne, arguments.allSatisfy(numbers.contains), arguments.count < 2 { continue }
            // Each VM has what such a macro gives.
            if isForArm, Self.macrosOfSeveral.contains(macro.name), Set(arguments) == numbers { continue }
            leaveOut("the macro `\(macro.name)(\(macro.arguments.joined(separator: ", ")))`", at: macro.offset)
        }
    }
}
