// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import Wiring

extension Comparison {
    /// Bits 27 and 19: what the VMM of 3.8 takes for a signal of its queues.
    private static let sharedBadge = 134_742_016

    /// Every setting is one that the wiring asks for, and each that it asks for is there. The values of ids, sizes and
    /// layouts are compared with the flows.
    mutating func compareSettings() {
        guard let dialect = wiring.target.dialect else { return }
        var expected: [String: [String: Value?]] = [:]
        for vm in wiring.vms {
            expected[vm.instance, default: [:]].merge(settings(of: vm, dialect)) { first, _ in first }
            let configured = dialect.configuresVMThroughConfigComponent ? "\(vm.instance)_config" : vm.instance
            expected[configured, default: [:]]["pci_devices_iospace"] = .integer(vm.guest.pciDevicesIOSpace.value)
            if !vm.peers.isEmpty {
                expected[configured]?.updateValue(nil, forKey: "init_cons")
                compareHandlers(of: vm, at: configured, dialect)
                compareLayout(of: vm)
            }
        }
        for connection in wiring.connections {
            expected[connection.initInstance, default: [:]].updateValue(nil, forKey: "init_topology")
            if dialect.readsQueueLength, connection.queueLength != Defaults.queueLength {
                expected[connection.name, default: [:]].updateValue(nil, forKey: "queue_length")
            }
        }
        for (instance, attributes) in expected.sorted(by: { $0.key < $1.key }) {
            compare(model.settings[instance] ?? [:], of: instance, with: attributes)
        }
        for instance in model.settings.keys.sorted() where expected[instance] == nil {
            report(ReaderRules.unexpected, "`\(instance)` has settings")
        }
    }

    private mutating func compare(
        _ read: [String: Setting], of instance: String, with expected: [String: Value?]
    ) {
        var met = 0
        for (attribute, value) in expected {
            guard let setting = read[attribute] else {
                report(ReaderRules.missing, "`\(instance).\(attribute)` is not set")
                continue
            }
            met += 1
            if let value, setting.value != value {
                report(ReaderRules.flowDiffers, "`\(instance).\(attribute)` has not the value that was decided")
            }
        }
        guard met != read.count else { return }
        for attribute in read.keys.sorted() where expected[attribute] == nil {
            report(ReaderRules.unexpected, "`\(instance).\(attribute)` is set")
        }
    }

    /// The settings of a VM's instance; `nil` for a value that the flows decide.
    private func settings(of vm: VMWiring, _ dialect: Target.Dialect) -> [String: Value?] {
        let guest = vm.guest
        func string(_ text: String) -> Value { .string(String(Spelling.string(text).dropFirst().dropLast())) }
        var settings: [String: Value?] = [
            "simple_untyped23_pool": .integer(guest.untyped23Pool.value),
            "simple_untyped22_pool": .integer(guest.untyped22Pool.value),
            "heap_size": .integer(guest.heap.value),
            "guest_ram_mb": .integer(guest.memoryMiB.value),
            "kernel_cmdline": string(guest.commandLine.value),
            "kernel_image": string(guest.kernel.value),
            "kernel_relocs": string(guest.relocations.value),
            "initrd_image": string(guest.initrd.value),
            "iospace_domain": .integer(guest.ioSpaceDomain.value),
        ]
        guard !vm.peers.isEmpty else { return settings }
        settings["vswitch_mac_address"] = .string(vm.mac.description)
        settings.updateValue(nil, forKey: "vswitch_layout")
        for peer in vm.peers {
            for (end, key) in [
                (peer.sendInterface, "\(vm.number)00000\(peer.number)"),
                (peer.receiveInterface, "\(peer.number)00000\(vm.number)"),
            ] {
                settings.updateValue(nil, forKey: end + "_id")
                settings.updateValue(nil, forKey: end + "_shmem_size")
                if dialect.keysSharedMemoryByAttributes { settings[end + "_attributes"] = .string(key) }
                if dialect.sharesOneBadge {
                    settings[end + "_global_endpoint"] = .string("vm\(peer.number)")
                    settings[end + "_badge"] = .integer(Self.sharedBadge)
                }
            }
        }
        return settings
    }

    /// One entry a peer, with the peer's address and the ids of the queues to it and from it.
    private mutating func compareLayout(of vm: VMWiring) {
        var expected = Set(
            vm.peers.map { peer -> [String: Value] in
                [
                    "mac_addr": .string(wiring.vms[peer.number].mac.description), "send_id": .integer(peer.sendID),
                    "recv_id": .integer(peer.receiveID),
                ]
            })
        for entry in model.value(vm.instance, "vswitch_layout")?.list ?? [] where !entry.take(from: &expected) {
            report(ReaderRules.flowDiffers, "\(vm.instance) maps an address to queues that do not lead there")
        }
        for mapping in expected {
            report(ReaderRules.missing, "\(vm.instance) maps \(mapping["mac_addr"]?.string ?? "") to no queue")
        }
    }

    /// The device, and its part in the notification of each end; in any order, each once.
    private mutating func compareHandlers(of vm: VMWiring, at instance: String, _ dialect: Target.Dialect) {
        var expected: Set<[String: Value]> = []
        if dialect.sharesOneBadge {
            expected.insert([
                "init": .string("make_virtio_net_vswitch"), "badge": .integer(Self.sharedBadge),
                "irq": .string("virtio_net_notify_vswitch"),
            ])
        } else {
            expected.insert(["init": .string("make_virtio_net_vswitch")])
            for interface in vm.peers.flatMap({ [$0.sendInterface, $0.receiveInterface] }) {
                expected.insert([
                    "init": .string("make_virtio_net_vswitch_driver_dummy"),
                    "badge": .string("\(interface)_notification_badge()"),
                    "irq": .string("virtio_net_notify_vswitch"),
                ])
            }
        }
        for entry in model.value(instance, "init_cons")?.list ?? [] where !entry.take(from: &expected) {
            report(ReaderRules.unexpected, "\(vm.instance) starts something else, or something twice")
        }
        for handler in expected {
            let what = handler["badge"]?.string.map { "no part in \($0)" } ?? "no network device"
            report(ReaderRules.missing, "\(vm.instance) has \(what) in `init_cons`")
        }
    }
}

extension Value {
    /// Takes a record of the same fields from a set; `false` where there is none.
    fileprivate func take(from records: inout Set<[String: Value]>) -> Bool {
        guard case .record(let fields) = self else { return false }
        return records.remove(Dictionary(fields.map { ($0.key, $0.value) }) { _, last in last }) != nil
    }
}
