// SPDX-License-Identifier: BSD-2-Clause

import Topology
import Wiring

/// Writes a topology as `.topo` text: what follows from defaults or from a pool is left to them.
public struct TopologyText {
    private let assembly: Assembly
    /// By number; what is not said is not compared.
    private let vms: [VM]

    /// - Parameter assembly: of which each VM has a number; its partitions' members, too.
    public init(_ assembly: Assembly) {
        self.assembly = assembly
        vms = assembly.vms
    }

    /// Not laid out; the formatter does that.
    ///
    /// - Parameter comments: lines for the top of the file.
    public func text(comments: [String]) -> String {
        let pool = AddressPool(
            mac: pool(\.mac, MACAddress.init, Defaults.mac) { $0.advanced(by: $1) },
            ip: pool(\.ip, IPv4Interface.init, Defaults.ip) { $0.advanced(by: $1) },
            ipv6: pool(\.ipv6, IPv6Interface.init, nil) { $0.advanced(by: $1) }, origin: Origin())
        let common = commonGuest
        var lines =
            comments.map { "// \($0)" } + ["import Topology", "", "Assembly(\(Self.literal(assembly.name.value))) {"]
        let addresses = arguments([("mac", pool.mac), ("ip", pool.ip), ("ipv6", pool.ipv6)])
        if !addresses.isEmpty { lines.append("AddressPool(\(addresses.joined(separator: ", ")))") }
        let shared = guestArguments(common)
        if !shared.isEmpty { lines.append("Guest(\(shared.joined(separator: ", ")))") }
        let declared = vms.map { arguments(of: $0, pool, common) }
        if declared.allSatisfy(\.isEmpty), vms.enumerated().allSatisfy({ $0.offset == $0.element.number?.value }) {
            lines.append("VMs(0..<\(vms.count))")
        } else {
            for (vm, arguments) in zip(vms, declared) {
                lines.append("VM(\(([String(vm.number?.value ?? 0)] + arguments).joined(separator: ", ")))")
            }
        }
        for partition in assembly.partitions {
            if let filter = partition.filter {
                lines += [""] + self.lines(of: partition, filter)
                continue
            }
            let head = [Self.literal(partition.name.value)] + queueArguments(partition.queues, QueueSettings())
            lines += ["", "Partition(\(head.joined(separator: ", "))) {"]
            for group in partition.links {
                let members = members(group) + queueArguments(group.queues, partition.queues)
                lines.append("    \(group.shape.rawValue)(\(members.joined(separator: ", ")))")
            }
            lines.append("}")
        }
        return (lines + ["}", ""]).joined(separator: "\n")
    }

    private func lines(of partition: Partition, _ filter: FilterSettings) -> [String] {
        let ends = partition.links.first?.members.compactMap(\.value.number) ?? []
        var head = [Self.literal(partition.name.value)]
        for (label, vm) in zip(["between", "and"], ends) { head.append("\(label): \(vm)") }
        if let implementation = filter.implementation, implementation.value != .native {
            head.append("implementation: .\(implementation.value.rawValue)")
        }
        head += queueArguments(partition.queues, QueueSettings())
        return ["Filter(\(head.joined(separator: ", "))) {"] + filter.rules.map { "    \($0.text)" } + ["}"]
    }

    /// The first address of a pool that gives all VMs theirs; the default where it does, and `nil` where none does.
    private func pool<Value: Equatable & CustomStringConvertible>(
        _ address: KeyPath<VM, Placed<String>?>, _ read: (String) -> Value?, _ usual: String?,
        _ advanced: (Value, Int) -> Value
    ) -> Placed<String>? {
        guard let first = vms.first, let text = first[keyPath: address]?.value, let value = read(text) else {
            return nil
        }
        let start = advanced(value, -(first.number?.value ?? 0))
        let fits = vms.allSatisfy { vm in
            guard let text = vm[keyPath: address]?.value, let number = vm.number?.value else { return false }
            return text == advanced(start, number).description
        }
        return fits && start.description != usual ? Placed(start.description) : nil
    }

    /// What all guests have, and topoc would not give them.
    private var commonGuest: Guest {
        var common = Guest(origin: Origin())
        guard let first = vms.first?.guest else { return common }
        func shared<Value>(_ value: KeyPath<Guest, Placed<Value>?>) -> Placed<Value>? {
            vms.allSatisfy { $0.guest[keyPath: value] == first[keyPath: value] } ? first[keyPath: value] : nil
        }
        if vms.count > 1 {
            common.memoryMiB = shared(\.memoryMiB).flatMap { $0.value == Defaults.memoryMiB ? nil : $0 }
            common.kernel = shared(\.kernel).flatMap { $0.value == Defaults.kernel ? nil : $0 }
            common.commandLine = shared(\.commandLine).flatMap { $0.value == Defaults.commandLine ? nil : $0 }
            // What is customary was left out by whoever knows the data path.
            common.heap = shared(\.heap)
        }
        return common
    }

    private func arguments(of vm: VM, _ pool: AddressPool, _ common: Guest) -> [String] {
        let number = vm.number?.value ?? 0
        func own<Value: CustomStringConvertible>(
            _ address: Placed<String>?, _ first: String?, _ read: (String) -> Value?, _ advanced: (Value, Int) -> Value
        ) -> Placed<String>? {
            guard let address else { return nil }
            let drawn = first.flatMap(read).map { advanced($0, number).description }
            return address.value == drawn ? nil : address
        }
        var result = arguments([
            ("mac", own(vm.mac, pool.mac?.value ?? Defaults.mac, MACAddress.init) { $0.advanced(by: $1) }),
            ("ip", own(vm.ip, pool.ip?.value ?? Defaults.ip, IPv4Interface.init) { $0.advanced(by: $1) }),
            ("ipv6", own(vm.ipv6, pool.ipv6?.value, IPv6Interface.init) { $0.advanced(by: $1) }),
            ("hostname", vm.hostname),
        ])
        if let interfaces = vm.interfaces { result.append("interfaces: .\(interfaces.value.rawValue)") }
        if let sources = vm.sources { result.append("sources: .\(sources.value.rawValue)") }
        if let dataPath = vm.dataPath { result.append("dataPath: .\(dataPath.value.rawValue)") }
        let guest = guestArguments(special(vm.guest, number, common))
        if !guest.isEmpty { result.append("guest: Guest(\(guest.joined(separator: ", ")))") }
        return result
    }

    /// A guest's settings that are neither all guests' nor topoc's defaults.
    private func special(_ guest: Guest, _ number: Int, _ common: Guest) -> Guest {
        var own = Guest(origin: Origin())
        let memory = guest.memoryMiB?.value ?? Defaults.memoryMiB
        let kernel = guest.kernel?.value ?? Defaults.kernel
        own.memoryMiB = Self.own(guest.memoryMiB, common.memoryMiB?.value ?? Defaults.memoryMiB)
        own.kernel = Self.own(guest.kernel, common.kernel?.value ?? Defaults.kernel)
        own.relocations = Self.own(guest.relocations, kernel)
        own.initrd = Self.own(guest.initrd, Defaults.initrd(vm: number))
        own.start = guest.start
        own.commandLine = Self.own(guest.commandLine, common.commandLine?.value ?? Defaults.commandLine)
        own.heap = guest.heap?.value == common.heap?.value ? nil : guest.heap
        own.untyped23Pool = Self.own(guest.untyped23Pool, Defaults.untyped23Pool(memoryMiB: memory))
        own.untyped22Pool = Self.own(guest.untyped22Pool, Defaults.untyped22Pool)
        own.ioSpaceDomain = Self.own(guest.ioSpaceDomain, Defaults.ioSpaceDomain(vm: number))
        own.pciDevicesIOSpace = Self.own(guest.pciDevicesIOSpace, Defaults.pciDevicesIOSpace(vm: number))
        return own
    }

    /// A value that is not the usual one.
    private static func own<Value: Equatable>(_ value: Placed<Value>?, _ usual: Value) -> Placed<Value>? {
        value?.value == usual ? nil : value
    }

    private func guestArguments(_ guest: Guest) -> [String] {
        arguments([("memoryMiB", guest.memoryMiB)])
            + arguments([
                ("kernel", guest.kernel), ("relocations", guest.relocations), ("initrd", guest.initrd),
                ("commandLine", guest.commandLine),
                ("start", guest.start),
            ])
            + arguments([
                ("heap", guest.heap), ("untyped23Pool", guest.untyped23Pool), ("untyped22Pool", guest.untyped22Pool),
                ("ioSpaceDomain", guest.ioSpaceDomain), ("pciDevicesIOSpace", guest.pciDevicesIOSpace),
            ])
    }

    private func queueArguments(_ queues: QueueSettings, _ around: QueueSettings) -> [String] {
        arguments([
            ("queueLength", Self.own(queues.length, around.length?.value ?? Defaults.queueLength)),
            ("sharedMemory", Self.own(queues.sharedMemory, around.sharedMemory?.value ?? Defaults.sharedMemory)),
        ])
    }

    /// The members, three and more in sequence as a range.
    private func members(_ group: LinkGroup) -> [String] {
        var numbers = group.members.map { $0.value.number ?? 0 }
        var words: [String] = []
        if group.shape == .star || group.shape == .connect {
            words.append(group.shape == .star ? "hub: \(numbers[0])" : "\(numbers[0])")
            numbers.removeFirst()
        }
        var first = true
        while let start = numbers.first {
            let run = numbers.indices.prefix { numbers[$0] == start + $0 }.count
            let word = run > 2 ? "\(start)...\(numbers[run - 1])" : "\(start)"
            words.append(first && group.shape == .connect ? "to: \(word)" : word)
            numbers.removeFirst(run > 2 ? run : 1)
            first = false
        }
        return words
    }

    private func arguments(_ values: [(String, Placed<String>?)]) -> [String] {
        values.compactMap { label, value in value.map { "\(label): \(Self.literal($0.value))" } }
    }

    private func arguments(_ values: [(String, Placed<Int>?)]) -> [String] {
        values.compactMap { label, value in value.map { "\(label): \($0.value)" } }
    }

    private static func literal(_ text: String) -> String {
        "\""
            + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
            .replacing("\n", with: "\\n").replacing("\t", with: "\\t") + "\""
    }
}
