// SPDX-License-Identifier: BSD-2-Clause

import Templates
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
    /// The directories in which the C looks for its headers.
    public static let searched = [headers]

    static func interfaces(of vm: String) -> String { "\(sources)/vm\(vm)_interfaces.c" }

    /// Whether some wiring's app has a file at this path.
    static func isOwn(_ path: String) -> Bool {
        let name = path.split(separator: "/").last.map(String.init) ?? ""
        if path == "\(headers)/topoc/\(name)" { return CoreHeader.all.contains { $0.name == name } }
        if path == source || path == header { return true }
        let number = name.dropFirst(2).prefix { $0.isASCII && $0.isNumber }
        return path == interfaces(of: String(number)) && !number.isEmpty
    }

    static func files(for wiring: Wiring) -> [EmittedFile] {
        guard let dialect = wiring.target.dialect else { return [] }
        let values = [
            "provenance": wiring.provenance,
            "mostInterfaces": "\(wiring.target.interruptLines.count)",
            "mostParked": "\(Defaults.parkedFrames)",
            "barEmulation": dialect.choosesBarEmulation ? ", true" : "",
        ]
        return [
            EmittedFile(path: source, text: Template.device.filled(values)),
            EmittedFile(path: header, text: Template.deviceHeader.filled(values)),
        ] + wiring.vms.filter { !$0.peers.isEmpty }.map { InterfaceTables(of: $0, in: wiring).file }
            + CoreHeader.all.map { EmittedFile(path: "\(headers)/topoc/\($0.name)", text: $0.text) }
    }
}
