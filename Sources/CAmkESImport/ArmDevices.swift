// SPDX-License-Identifier: BSD-2-Clause

import CAmkES
import ClangSource
import Topology
import Wiring

/// What an app for Arm says of its guests on a platform: `qemu-arm-virt/devices.camkes`.
struct ArmDevices {
    static let name = "devices.camkes"

    /// `qemu-arm-virt`.
    let platform: String
    let text: AppText
    let model: FlowModel

    init(_ path: String, of app: AppSource, preprocessor: Preprocessor, libclang: Libclang?) {
        platform = path.split(separator: "/").dropLast().last.map(String.init) ?? ""
        var source = app
        source.file = path
        text = AppText(source, preprocessor: preprocessor, libclang: libclang)
        model = FlowModel(text.specification, trustsMacros: true)
    }

    /// Of an app that imports such a file, those that there are: the platforms that topoc knows first.
    static func platforms(_ app: AppText, _ paths: [String]) -> [String] {
        guard app.specification.imports.contains(where: { $0.path == name }) else { return [] }
        func isKnown(_ path: String) -> Bool { ArmPlatform.allCases.contains { path.hasSuffix("/\($0.path)") } }
        let sorted = paths.sorted().reversed()
        return sorted.filter(isKnown) + sorted.filter { !isKnown($0) }
    }

    /// Settings of releases before 3.11, by those that took their place; their fields are named alike, but for a prefix.
    private static let renamed = [
        "linux_address_config": "vm_address_config", "linux_image_config": "vm_image_config",
    ]

    static func attribute(_ name: String) -> String { renamed[name] ?? name }

    static func field(_ key: String) -> String {
        guard key.hasPrefix("linux_") else { return key }
        let rest = key.dropFirst("linux_".utf8.count)
        return ["name", "bootcmdline", "stdout"].contains(rest) ? "kernel_\(rest)" : String(rest)
    }

    /// A field of one of a VM's records, under its name of today, with its place.
    func value(_ instance: String, _ attribute: String, _ field: String) -> (value: Value, offset: Int)? {
        for setting in (model.settings[instance] ?? [:]).values where Self.attribute(setting.attribute) == attribute {
            guard case .record(let fields) = setting.value else { continue }
            if let found = fields.last(where: { Self.field($0.key) == field }) { return (found.value, setting.offset) }
        }
        return nil
    }
}

extension AppImporter {
    /// It is for the VMM of Arm.
    var isForArm: Bool { specification.imports.contains { $0.path == ArmDevices.name } }

    /// What a guest on Arm runs with. What it is on further platforms is compared when the topology is wired.
    mutating func armGuest(of vm: AppVM) -> Guest {
        var guest = Guest(origin: origin(vm.offset))
        guest.untyped23Pool = number(vm, "simple_untyped23_pool")
        guest.untyped22Pool = number(vm, "simple_untyped22_pool")
        let pools = [
            ("simple_untyped23_pool", guest.untyped23Pool != nil),
            ("simple_untyped22_pool", guest.untyped22Pool != nil),
        ]
        let missing = pools.filter { !$0.1 }.map(\.0)
        if !missing.isEmpty {
            leave("\(vm.instance) does not set \(missing.joined(separator: ", ")): topoc will", at: vm.offset)
        }
        guard let first = devices.first else {
            leave("no `PLATFORM/\(ArmDevices.name)` says what the guest of \(vm.instance) has", at: vm.offset)
            return guest
        }
        func text(_ attribute: String, _ field: String) -> Placed<String>? {
            guard let (value, offset) = first.value(vm.instance, attribute, field), let text = value.string else {
                return nil
            }
            return Placed(text, places.origin(first.text.place(of: offset)))
        }
        if let size = text("vm_address_config", "ram_size"), let bytes = Self.bytes(size.value), bytes & 0xfffff == 0 {
            guest.memoryMiB = Placed(bytes >> 20, size.origin)
        }
        guest.initrd = text("vm_image_config", "initrd_name")
        if let (value, offset) = first.value(vm.instance, "vm_image_config", "provide_initrd"), value.integer == 0 {
            guest.initrd = Placed("", places.origin(first.text.place(of: offset)))
        }
        // What is Arm's own is not said: it is what a guest there has unless said.
        let kernel = text("vm_image_config", "kernel_name")
        if kernel?.value != Defaults.armKernel { guest.kernel = kernel }
        let commandLine = text("vm_image_config", "kernel_bootcmdline")
        if commandLine?.value != Defaults.armCommandLine { guest.commandLine = commandLine }
        return guest
    }

    /// Of `0x8000000` or `134217728`.
    private static func bytes(_ text: String) -> Int? {
        text.hasPrefix("0x") ? Int(text.dropFirst(2), radix: 16) : Int(text)
    }

    /// Whether a connection is the one by which a VM reads the machine's device tree.
    func isDeviceTree(_ connection: ConnectionDeclaration) -> Bool {
        guard isForArm, connection.connector == "seL4VMDTBPassthrough", connection.ends.count == 2,
            let vm = vm(connection.ends[0].instance), vm.instance == connection.ends[1].instance
        else { return false }
        return connection.name == ArmAssembly.deviceTree(ofVM: vm.instance) && connection.ends[0].isFrom
            && !connection.ends[1].isFrom && connection.ends.map(\.interface) == ["dtb_self", "dtb"]
    }

    /// What topoc writes for guests on Arm that a topology does not say: where the app has something else, it is listed.
    mutating func checkDevices(_ wiring: Wiring) {
        for vm in wiring.vms {
            for (attribute, value) in ArmAssembly.settings(of: vm) {
                guard let setting = model.settings[vm.instance]?[attribute], setting.value.integer == value else {
                    continue
                }
                understand(setting.offset)
            }
        }
        for platform in devices { check(platform, wiring) }
    }

    private mutating func check(_ platform: ArmDevices, _ wiring: Wiring) {
        func leave(_ message: String, at offset: Int) {
            findings.append(
                PlacedFinding(ImportRules.notExpressed.finding(message, at: nil), at: platform.text.place(of: offset)))
        }
        for fault in platform.model.faults { leave(fault.message, at: fault.offset) }
        for assembly in platform.text.specification.assemblies {
            for macro in assembly.composition.macros + assembly.configuration.macros {
                leave("a topology does not say the macro `\(macro.name)`", at: macro.offset)
            }
            for instance in assembly.composition.instances {
                leave(
                    "a topology does not say the instance `\(instance.name)` of `\(instance.type)`", at: instance.offset
                )
            }
            for connection in assembly.composition.connections {
                leave(
                    "a topology does not say the connection `\(connection.name)` of `\(connection.connector)`",
                    at: connection.offset)
            }
        }
        guard let known = ArmPlatform(rawValue: platform.platform) else {
            let first = platform.text.specification.assemblies.first?.offset ?? 0
            return leave("topoc writes no app for the platform \(platform.platform)", at: first)
        }
        let written = known.file(for: wiring)
        let expected = FlowModel(SpecificationReader(Array(written.text.utf8), file: written.path).specification)
        let settings = platform.model.settings.values.flatMap(\.values).sorted { $0.offset < $1.offset }
        for setting in settings {
            let name = "`\(setting.instance).\(setting.attribute)`"
            guard let value = expected.value(setting.instance, ArmDevices.attribute(setting.attribute)) else {
                leave("a topology does not say the setting \(name)", at: setting.offset)
                continue
            }
            guard case .record(let fields) = setting.value else {
                if !setting.value.says(value) {
                    leave("what \(name) says topoc will say otherwise", at: setting.offset)
                }
                continue
            }
            for field in fields {
                guard let becomes = value[ArmDevices.field(field.key)] else {
                    leave("a topology does not say `\(field.key)` of \(name)", at: setting.offset)
                    continue
                }
                if !field.value.says(becomes) {
                    let words = becomes.string ?? becomes.integer.map(String.init) ?? "something else"
                    leave("`\(field.key)` of \(name) becomes \(words)", at: setting.offset)
                }
            }
        }
    }
}

extension Value {
    /// Whether both say the same, wherever they stand.
    fileprivate func says(_ other: Value) -> Bool {
        if case .call(let call) = self, case .call(let another) = other {
            return call.name == another.name && call.arguments == another.arguments
        }
        return self == other
    }
}
