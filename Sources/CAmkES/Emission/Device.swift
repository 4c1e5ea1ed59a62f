// SPDX-License-Identifier: BSD-2-Clause

import Templates
import Topology
import Wiring

/// The network device of topoc's data path: C that the app adds to each VMM.
public enum Device {
    /// Makes the device; `init_cons` names it.
    static let start = "topoc_make_virtio_net_vswitch"
    /// Called when a peer signals; `init_cons` names it.
    static let notify = "topoc_virtio_net_vswitch_notify"

    static let sources = "src"
    static let headers = "include"
    static let source = "\(sources)/virtio_net_vswitch.c"
    static let header = "\(sources)/virtio_net_vswitch.h"
    /// The same device for VMs whose links have libvirtqueue's layout.
    static let libvirtqueueSource = "\(sources)/virtio_net_vswitch_libvirtqueue.c"
    /// What starts it as a module of the VMM for Arm.
    static let armSource = "\(sources)/virtio_net_vswitch_arm.c"
    static let armHeader = "\(sources)/virtio_net_vswitch_arm.h"
    /// The directories in which the C looks for its headers.
    public static let searched = [headers]

    static func interfaces(of vm: String) -> String { "\(sources)/vm\(vm)_interfaces.c" }

    /// Whether some wiring's app has a file at this path.
    static func isOwn(_ path: String) -> Bool {
        let name = path.split(separator: "/").last.map(String.init) ?? ""
        if path == "\(headers)/topoc/\(name)" {
            return (CoreHeader.all + CoreHeader.filter).contains { $0.name == name }
        }
        if [source, header, libvirtqueueSource, armSource, armHeader].contains(path) { return true }
        let number = name.dropFirst(2).prefix { $0.isASCII && $0.isNumber }
        return path == interfaces(of: String(number)) && !number.isEmpty
    }

    static func files(for wiring: Wiring) -> [EmittedFile] {
        let vms = wiring.vms.filter(\.hasOwnDevice)
        guard let dialect = wiring.target.dialect, !vms.isEmpty else { return [] }
        let values = [
            "provenance": wiring.provenance,
            "mostInterfaces": "\(wiring.target.interruptLines(.topoc).count)",
            "mostParked": "\(Defaults.parkedFrames)",
            "barEmulation": dialect.choosesBarEmulation ? ", true" : "",
            "machineHeader": dialect.machine == .arm ? "#include \"virtio_net_vswitch_arm.h\"\n" : "",
            "interrupt": dialect.machine == .arm
                ? "topoc_interrupt(device->vm, device->interface->interrupt)"
                : "vm_inject_irq(device->vm->vcpus[BOOT_VCPU], (int)device->interface->interrupt)",
        ]
        var files = [
            EmittedFile(path: source, text: Template.device.filled(values)),
            EmittedFile(path: header, text: Template.deviceHeader.filled(values)),
        ]
        if dialect.machine == .arm {
            files.append(EmittedFile(path: armSource, text: Template.armDevice.filled(values)))
            files.append(EmittedFile(path: armHeader, text: Template.armDeviceHeader.filled(values)))
        }
        if vms.contains(where: { $0.layout == .libvirtqueue }) {
            files.append(EmittedFile(path: libvirtqueueSource, text: Template.libvirtqueueDevice.filled(values)))
        }
        return files + vms.map { InterfaceTables(of: $0, in: wiring).file }
            + (CoreHeader.all + (wiring.filters.isEmpty ? [] : CoreHeader.filter)).map {
                EmittedFile(path: "\(headers)/topoc/\($0.name)", text: $0.text)
            }
    }
}

extension VMWiring {
    /// It has links, and topoc's device to serve them.
    var hasOwnDevice: Bool { dataPath == .topoc && !peers.isEmpty }
}

extension LinkLayout {
    /// As `topoc/link.h` calls it.
    var constant: String {
        switch self {
        case .packed: "TOPOC_LAYOUT_PACKED"
        case .libvirtqueue: "TOPOC_LAYOUT_LIBVIRTQUEUE"
        }
    }
}

extension Sources {
    /// As `topoc/switch_types.h` calls it.
    var constant: String {
        switch self {
        case .pinned: "TOPOC_SOURCES_PINNED"
        case .any: "TOPOC_SOURCES_ANY"
        }
    }
}
