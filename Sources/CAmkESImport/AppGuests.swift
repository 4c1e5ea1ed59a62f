// SPDX-License-Identifier: BSD-2-Clause

import CAmkES
import Diagnostics
import Topology
import Wiring

extension AppImporter {
    /// A VM with what its settings and its guest's files say.
    mutating func vm(_ vm: AppVM, _ files: inout GuestFiles) -> VM {
        understand(vm.offset)
        let place = origin(vm.offset)
        var result = VM(number: Placed(vm.number, place), name: nil, origin: place)
        let isLinked = model.queues.contains { [$0.driver.instance, $0.device.instance].contains(vm.instance) }
        if let setting = take(vm.instance, "vswitch_mac_address") {
            if let text = setting.value.string {
                result.mac = Placed(text, origin(setting.offset, macro: "VM\(vm.number)_MACADDRESS"))
            } else {
                leave("`\(vm.instance).vswitch_mac_address` is no text", at: setting.offset)
            }
        } else if let interfaces = tables?.interfaces[vm.number], let first = interfaces.first {
            // Topoc's device has its addresses in C.
            let here = places.origin(tablesPlace(of: vm.number))
            result.mac = Placed("\(first.address)", here)
            if interfaces.contains(where: \.isAnySource) { result.sources = Placed(.any, here) }
            if interfaces.count > 1 { result.interfaces = Placed(.perPartition, here) }
        } else if isLinked {
            report(ImportRules.noAddress, "\(vm.instance) has no MAC address in the assembly", at: vm.offset)
        }
        if let ip = files.ip[vm.number] { result.ip = Placed(ip.value, places.origin(ip.place)) }
        if let ipv6 = files.ipv6[vm.number] { result.ipv6 = Placed(ipv6.value, places.origin(ipv6.place)) }
        if let name = files.hostname[vm.number], name.value != vm.instance {
            result.hostname = Placed(name.value, places.origin(name.place))
        }
        if result.ip == nil, isLinked {
            report(ImportRules.noAddress, "no file says the IP address of \(vm.instance)'s guest", at: vm.offset)
        }
        let starts = model.value(vm.instance, "init_cons")?.list ?? []
        if target.dataPath == .topoc, starts.contains(where: { $0["init"]?.string == "make_virtio_net_vswitch" }) {
            result.dataPath = Placed(.tree, place)
        }
        let devices = target.dataPath == .tree || result.dataPath != nil ? 0 : tables?.interfaces[vm.number]?.count ?? 1
        result.guest = guest(of: vm, devices: devices)
        if let start = files.start[vm.number] { result.guest.start = Placed(start.value, places.origin(start.place)) }
        return result
    }

    /// What a file of topoc's device says of a VM.
    func tablesPlace(of vm: Int) -> SpecificationPlace {
        SpecificationPlace(file: "\(directory)\(DeviceTables.path(ofVM: vm))", line: 1)
    }

    /// - Parameter devices: of topoc's, each of which needs memory.
    private mutating func guest(of vm: AppVM, devices: Int) -> Guest {
        if isForArm { return armGuest(of: vm) }
        var guest = Guest(origin: origin(vm.offset))
        guest.memoryMiB = number(vm, "guest_ram_mb")
        guest.kernel = string(vm, "kernel_image")
        guest.relocations = string(vm, "kernel_relocs")
        guest.initrd = string(vm, "initrd_image")
        guest.commandLine = string(vm, "kernel_cmdline")
        guest.heap = number(vm, "heap_size")
        guest.untyped23Pool = number(vm, "simple_untyped23_pool")
        guest.untyped22Pool = number(vm, "simple_untyped22_pool")
        guest.ioSpaceDomain = number(vm, "iospace_domain")
        // Until 3.8 it is an attribute of the VM's configuration component.
        guest.pciDevicesIOSpace =
            number(vm, "pci_devices_iospace") ?? number(vm, "pci_devices_iospace", at: "\(vm.instance)_config")
        let said: [(String, Bool)] = [
            ("guest_ram_mb", guest.memoryMiB != nil), ("kernel_image", guest.kernel != nil),
            ("kernel_relocs", guest.relocations != nil), ("initrd_image", guest.initrd != nil),
            ("kernel_cmdline", guest.commandLine != nil), ("heap_size", guest.heap != nil),
            ("simple_untyped23_pool", guest.untyped23Pool != nil),
            ("simple_untyped22_pool", guest.untyped22Pool != nil), ("iospace_domain", guest.ioSpaceDomain != nil),
            ("pci_devices_iospace", guest.pciDevicesIOSpace != nil),
        ]
        let missing = said.filter { !$0.1 }.map(\.0)
        if !missing.isEmpty {
            leave("\(vm.instance) does not set \(missing.joined(separator: ", ")): topoc will", at: vm.offset)
        }
        // What is customary is not said: another data path needs another heap.
        let customary = Defaults.heap + devices * Defaults.heapPerInterface
        if guest.heap?.value == customary { guest.heap = nil }
        return guest
    }

    mutating func number(_ vm: AppVM, _ attribute: String, at instance: String? = nil) -> Placed<Int>? {
        guard let setting = take(instance ?? vm.instance, attribute) else { return nil }
        guard let value = setting.value.integer else {
            leave("`\(setting.instance).\(attribute)` is no number", at: setting.offset)
            return nil
        }
        return Placed(value, origin(setting.offset))
    }

    private mutating func string(_ vm: AppVM, _ attribute: String) -> Placed<String>? {
        guard let setting = take(vm.instance, attribute) else { return nil }
        guard let value = setting.value.string else {
            leave("`\(setting.instance).\(attribute)` is no text", at: setting.offset)
            return nil
        }
        return Placed(value, origin(setting.offset))
    }

    /// What a VMM starts for its network device, and by which queues it reaches which address.
    mutating func checkDevice(of vm: AppVM, _ network: Network) {
        checkMapping(of: vm, network)
        let setting = take(vm.instance, "init_cons") ?? take("\(vm.instance)_config", "init_cons")
        guard let setting else { return }
        let ends = Set(
            model.queues.flatMap { [$0.driver, $0.device] }.filter { $0.instance == vm.instance }
                .map { "\($0.interface)_notification_badge()" })
        let own: Set = [
            "make_virtio_net_vswitch", "make_virtio_net_vswitch_driver_dummy", "topoc_make_virtio_net_vswitch",
        ]
        for entry in setting.value.list ?? [] {
            let start = entry["init"]?.string
            let badge = entry["badge"]?.string
            if let start, own.contains(start), badge == nil || ends.contains(badge ?? "") { continue }
            leave("\(vm.instance) starts `\(start ?? "something that is no record")`", at: setting.offset)
        }
    }

    private mutating func checkMapping(of vm: AppVM, _ network: Network) {
        guard let setting = take(vm.instance, "vswitch_layout") else { return }
        let addresses = Dictionary(
            network.nodes.map { ($0.mac.text, $0.number) }, uniquingKeysWith: { first, _ in first })
        var byID: [Int: (vm: Int?, instance: String)] = [:]
        var receiving: [Int: String] = [:]
        for queue in model.queues {
            if queue.driver.instance == vm.instance, let id = model.integer(queue.driver, "_id") {
                byID[id] = (self.vm(behind: queue.device.instance, from: vm.number), queue.device.instance)
            }
            if queue.device.instance == vm.instance, let id = model.integer(queue.device, "_id") {
                receiving[id] = queue.driver.instance
            }
        }
        var mapped: Set<Int> = []
        for entry in setting.value.list ?? [] {
            guard let address = entry["mac_addr"]?.string, let send = entry["send_id"]?.integer,
                let receive = entry["recv_id"]?.integer
            else {
                leave(
                    "an entry of `\(vm.instance).vswitch_layout` is no mapping of an address to ids", at: setting.offset
                )
                continue
            }
            let destination = byID[send]
            if let destination, destination.vm != nil, addresses[address] == destination.vm,
                receiving[receive] == destination.instance
            {
                mapped.insert(destination.vm ?? -1)
                continue
            }
            if let destination, destination.vm == nil {
                leave("\(vm.instance) reaches \(address) by way of `\(destination.instance)`", at: setting.offset)
                continue
            }
            let owner = addresses[address].map { "vm\($0)" } ?? "no VM"
            let leads = destination?.instance ?? "nowhere"
            report(
                ImportRules.wrongMapping,
                "\(vm.instance) maps \(address), which \(owner) has, to queues to \(leads) and from "
                    + "\(receiving[receive] ?? "nowhere")",
                at: setting.offset, notes: ["map each address to the ids of the queues to and from the VM that has it"])
        }
        guard let index = network.nodes.firstIndex(where: { $0.number == vm.number }) else { return }
        let peers = network.rows[index].map { network.nodes[Int(network.halves[$0].to)].number }
        for peer in peers where !mapped.contains(peer) {
            report(
                ImportRules.wrongMapping, "\(vm.instance) maps no address to its queues to vm\(peer)",
                at: setting.offset, notes: ["map the address of vm\(peer) to them"])
        }
    }
}
