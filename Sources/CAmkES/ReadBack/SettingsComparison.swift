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
        var unknown = Set(model.settings.keys)
        for vm in wiring.vms {
            if dialect.machine == .arm {
                var settings = ends(of: vm, dialect)
                for setting in ArmAssembly.settings(of: vm) { settings[setting.attribute] = .integer(setting.value) }
                compare(vm.instance, with: settings, &unknown)
                continue
            }
            var settings = settings(of: vm, dialect)
            var configuration: [String: Value?] = ["pci_devices_iospace": .integer(vm.guest.pciDevicesIOSpace.value)]
            if !vm.peers.isEmpty { configuration.updateValue(nil, forKey: "init_cons") }
            let configured = dialect.configuresVMThroughConfigComponent ? "\(vm.instance)_config" : vm.instance
            if configured == vm.instance {
                settings.merge(configuration) { first, _ in first }
            } else {
                compare(configured, with: configuration, &unknown)
            }
            compare(vm.instance, with: settings, &unknown)
            guard !vm.peers.isEmpty else { continue }
            compareHandlers(of: vm, at: configured, dialect)
            if vm.dataPath == .tree { compareLayout(of: vm) }
        }
        for connection in wiring.connections {
            let instances =
                connection.filter.map { wiring.filters[$0].ends.map(\.initInstance) } ?? [connection.initInstance]
            for instance in instances { compare(instance, with: ["init_topology": nil], &unknown) }
            let saysLength = dialect.readsQueueLength && connection.queueLength != Defaults.queueLength
            for name in wiring.connectionNames(of: connection) {
                compare(name, with: saysLength ? ["queue_length": .integer(connection.queueLength)] : [:], &unknown)
            }
        }
        for filter in wiring.filters {
            unknown.remove(filter.instance)
            compareSettings(of: filter)
        }
        for instance in unknown.sorted() { report(ReaderRules.unexpected, "`\(instance)` has settings") }
    }

    mutating func compareSettings(of filter: FilterWiring) {
        var unknown: Set<String> = []
        compare(filter.instance, with: settings(of: filter), &unknown)
    }

    private mutating func compare(
        _ instance: String, with expected: [String: Value?], _ unknown: inout Set<String>
    ) {
        unknown.remove(instance)
        let read = model.settings[instance] ?? [:]
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
            "heap_size": .integer(vm.heap),
            "guest_ram_mb": .integer(guest.memoryMiB.value),
            "kernel_cmdline": string(guest.commandLine.value),
            "kernel_image": string(guest.kernel.value),
            "kernel_relocs": string(guest.relocations.value),
            "initrd_image": string(guest.initrd.value),
            "iospace_domain": .integer(guest.ioSpaceDomain.value),
        ]
        guard !vm.peers.isEmpty else { return settings }
        if vm.dataPath == .tree {
            settings["vswitch_mac_address"] = .string(vm.mac.description)
            settings.updateValue(nil, forKey: "vswitch_layout")
        }
        return settings.merging(ends(of: vm, dialect)) { first, _ in first }
    }

    /// The settings of its ends of links.
    private func ends(of vm: VMWiring, _ dialect: Target.Dialect) -> [String: Value?] {
        var settings: [String: Value?] = [:]
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
            vm.peers.map {
                Mapping(mac: $0.mac.description, sendID: $0.sendID, receiveID: $0.receiveID)
            })
        for entry in model.value(vm.instance, "vswitch_layout")?.list ?? [] {
            guard let mapping = Mapping(entry), expected.remove(mapping) != nil else {
                report(ReaderRules.flowDiffers, "\(vm.instance) maps an address to queues that do not lead there")
                continue
            }
        }
        for mapping in expected.sorted(by: { $0.sendID < $1.sendID }) {
            report(ReaderRules.missing, "\(vm.instance) does not map \(mapping.mac) to the queues that lead there")
        }
    }

    /// The device, and its part in the notification of each end; in any order, each once.
    private mutating func compareHandlers(of vm: VMWiring, at instance: String, _ dialect: Target.Dialect) {
        let device = "make_virtio_net_vswitch"
        let interrupt = "virtio_net_notify_vswitch"
        var expected: Set<Handler>
        if wiring.target.dataPath == .topoc, let first = vm.peers.first {
            let prefix = vm.dataPath == .topoc ? "topoc_" : ""
            expected = [
                Handler(
                    start: prefix + device, badge: .string("\(first.sendInterface)_notification_badge()"),
                    interrupt: vm.dataPath == .topoc ? "topoc_virtio_net_vswitch_notify" : interrupt)
            ]
        } else if dialect.sharesOneBadge {
            expected = [Handler(start: device, badge: .integer(Self.sharedBadge), interrupt: interrupt)]
        } else {
            expected = [Handler(start: device, badge: nil, interrupt: nil)]
            for end in vm.peers.flatMap({ [$0.sendInterface, $0.receiveInterface] }) {
                expected.insert(
                    Handler(
                        start: "\(device)_driver_dummy", badge: .string("\(end)_notification_badge()"),
                        interrupt: interrupt))
            }
        }
        for entry in model.value(instance, "init_cons")?.list ?? [] {
            guard let handler = Handler(entry), expected.remove(handler) != nil else {
                report(ReaderRules.unexpected, "\(vm.instance) starts something else, or something twice")
                continue
            }
        }
        for what in expected.map({ $0.badge?.string ?? "its network device" }).sorted() {
            report(ReaderRules.missing, "\(vm.instance) lacks \(what) in `init_cons`")
        }
    }
}

/// An entry of `vswitch_layout`.
private struct Mapping: Hashable {
    let mac: String
    let sendID: Int
    let receiveID: Int

    init(mac: String, sendID: Int, receiveID: Int) {
        self.mac = mac
        self.sendID = sendID
        self.receiveID = receiveID
    }

    /// `nil` for what has other fields.
    init?(_ value: Value) {
        guard case .record(let fields) = value, fields.count == 3, let mac = value["mac_addr"]?.string,
            let sendID = value["send_id"]?.integer, let receiveID = value["recv_id"]?.integer
        else { return nil }
        self.init(mac: mac, sendID: sendID, receiveID: receiveID)
    }
}

/// An entry of `init_cons`.
private struct Handler: Hashable {
    let start: String
    let badge: Value?
    let interrupt: String?

    init(start: String, badge: Value?, interrupt: String?) {
        self.start = start
        self.badge = badge
        self.interrupt = interrupt
    }

    /// `nil` for what has other fields.
    init?(_ value: Value) {
        guard case .record(let fields) = value, let start = value["init"]?.string else { return nil }
        self.init(start: start, badge: value["badge"], interrupt: value["irq"]?.string)
        guard fields.count == 1 + (badge == nil ? 0 : 1) + (interrupt == nil ? 0 : 1) else { return nil }
    }
}
