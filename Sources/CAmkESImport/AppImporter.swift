// SPDX-License-Identifier: BSD-2-Clause

import CAmkES
import ClangSource
import Diagnostics
import Topology
import TopologyRules
import Wiring

/// An app of a tree, read as a topology.
public struct ImportedApp: Sendable {
    /// `nil` where the text is no CAmkES, or has no VM.
    public let assembly: Assembly?
    /// The release, with what moves the frames in the app.
    public let target: Target
    /// What a topology cannot say, what is wrong in the app's text, and what the rules say of the topology; each at its
    /// line in the app.
    public let findings: [PlacedFinding]

    /// It joins something by virtqueues. Other files of a tree, as those of a component, do not.
    private let isWired: Bool

    /// The findings that a lint of the app has a use for: its faults, not what an import leaves behind. A file that wires
    /// nothing has none, unless it is no CAmkES for sure.
    public var faults: [PlacedFinding] {
        let lacksHeaders = findings.contains { $0.finding.code == ImportRules.missingHeader.code }
        return findings.filter { found in
            let isOfText = ReaderRules.all.contains { $0.code == found.finding.code }
            return isWired
                ? !ImportRules.ofImportAlone.contains(found.finding.code) : isOfText && !lacksHeaders
        }
    }

    /// Whether a file of an app, by its path relative to the app's directory, is the C of a device, or says what CMake
    /// makes of a folder of programs.
    public static func isCode(_ path: String) -> Bool {
        guard let root = path.split(separator: "/").first else { return false }
        return ["src", "include"].contains(root) && (path.hasSuffix(".c") || path.hasSuffix(".h"))
            || root == GuestPrograms.directory && path.hasSuffix("/CMakeLists.txt")
    }

    /// Whether a file of an app says what guests on Arm have on a platform.
    public static func isPlatform(_ path: String) -> Bool {
        let parts = path.split(separator: "/")
        return parts.count == 2 && parts[1] == ArmDevices.name
    }

    /// Reads an app.
    ///
    /// - Parameters:
    ///   - files: the app's files that may be a guest's.
    ///   - code: of the app's other files those that ``isCode`` says, by their paths relative to its directory.
    ///   - platforms: of an app for Arm the paths of its `PLATFORM/devices.camkes`.
    ///   - name: the assembly's.
    ///   - libclang: finds where macros are defined, what `#if` leaves out, and headers that are not there.
    public init(
        _ source: AppSource, name: String, files: [GuestFile], code: [EmittedFile] = [], platforms: [String] = [],
        preprocessor: Preprocessor, libclang: Libclang?
    ) {
        var target = source.target
        var assembly: Assembly?
        let text = AppText(source, preprocessor: preprocessor, libclang: libclang)
        var findings = text.findings
        if !findings.contains(where: { $0.finding.severity == .error }) {
            let devices = ArmDevices.platforms(text, platforms).map { path in
                ArmDevices(path, of: source, preprocessor: preprocessor, libclang: libclang)
            }
            findings += devices.flatMap(\.text.findings)
            var importer = AppImporter(text, of: source, code: code, devices: devices, libclang: libclang)
            assembly = importer.assembly(name: name, files: files)
            target = importer.target
            findings += importer.findings
        }
        self.assembly = assembly
        self.target = target
        self.findings = findings
        isWired = text.specification.assemblies.contains { assembly in
            assembly.composition.connections.contains { FlowModel.connectors.contains($0.connector) }
        }
    }
}

/// Makes a topology of an app that was read. What it has understood it marks; what is not marked in the end is a finding.
struct AppImporter {
    let text: AppText
    let model: FlowModel
    private(set) var target: Target
    var places = PlaceTable()
    var findings: [PlacedFinding] = []
    /// The VMs, by number.
    private(set) var vms: [AppVM] = []
    /// Between VMs, by instance.
    private(set) var filters: [AppFilter] = []
    /// The offsets of settings, interfaces, connections, instances and macros that the topology stands for.
    private var understood: Set<Int> = []
    /// The app's directory, as its files' paths begin with it.
    let directory: String
    let code: [EmittedFile]
    private let libclang: Libclang?
    /// What guests on Arm have, by platform; the first says what the topology does.
    let devices: [ArmDevices]
    /// What topoc's device says of the VMs that have it; `nil` where none has, or libclang is not there.
    private(set) var tables: DeviceTables?

    init(
        _ text: AppText, of source: AppSource, code: [EmittedFile], devices: [ArmDevices], libclang: Libclang?
    ) {
        self.text = text
        self.code = code
        self.devices = devices
        self.libclang = libclang
        directory = source.file.lastIndex(of: "/").map { String(source.file[...$0]) } ?? ""
        let target = source.target
        model = FlowModel(text.specification, trustsMacros: true)
        let usesTree = model.connections.values.contains { $0.connector == DataPath.tree.connector }
        self.target = target.with(usesTree ? .tree : target.dataPath) ?? target
    }

    var specification: Specification { text.specification }

    mutating func assembly(name: String, files: [GuestFile]) -> Assembly? {
        findings += model.faults.map { fault in
            PlacedFinding(ReaderRules.nonsense.finding(fault.message, at: nil), at: text.place(of: fault.offset))
        }
        vms = model.instances.compactMap { name, type in
            guard let number = FlowModel.vm(name), let declaration = declaration(of: name), isVM(type, declaration)
            else { return nil }
            return AppVM(number: number, instance: name, component: type, offset: declaration)
        }.sorted { $0.number < $1.number }
        guard let first = vms.first else {
            findings.append(
                PlacedFinding(
                    ImportRules.noVM.finding(
                        "there is no VM in it", at: nil,
                        notes: ["name the .camkes file of an app with VMs"]), at: nil))
            return nil
        }
        tables = deviceTables
        filters = readFilters()
        var guests = GuestFiles(files, vms: vms.map(\.number))
        let links = links()
        let elements: [AssemblyElement] =
            vms.map { .vm(vm($0, &guests)) } + links.partitions.map { .partition($0) }
        let assembly = Assembly(
            name: Placed(Self.identifier(name), places.origin(text.place(of: first.offset))), elements: elements)
        let network = Network(assembly)
        checkIDs(network)
        for vm in vms { checkDevice(of: vm, network) }
        checkDerived(network, &guests)
        findings += guests.findings
        listLeftovers()
        judge(assembly, links)
        var seen: Set<PlacedFinding> = []
        findings = findings.filter { seen.insert($0).inserted }
        return assembly
    }

    /// Reads C; `nil` without libclang.
    var checker: SourceChecker? {
        guard let libclang, let release = SourceHeaders.Release(rawValue: target.name) else { return nil }
        return try? SourceChecker(.stubs(release), libclang: libclang)
    }

    /// Read from the C of the VMs that have topoc's device.
    private var deviceTables: DeviceTables? {
        guard target.dataPath == .topoc, let checker else { return nil }
        let present = Set(code.map(\.path))
        let own = vms.filter { present.contains(DeviceTables.path(ofVM: $0.number)) }
        guard !own.isEmpty else { return nil }
        return DeviceTables(
            code,
            of: own.map { vm in
                let first = model.queues.first {
                    $0.driver.instance == vm.instance && model.integer($0.driver, "_id") == 0
                }
                return (vm.number, first?.driver.interface ?? "")
            }, checker: checker)
    }

    /// What the app says and a topology derives: it has to be the same.
    private mutating func checkDerived(_ network: Network, _ guests: inout GuestFiles) {
        for (vm, said) in guests.further.sorted(by: { $0.key < $1.key }) {
            guard let index = network.nodes.firstIndex(where: { $0.number == vm }) else { continue }
            var derived: Set<String> = []
            for (number, interface) in network.interfaces[index].enumerated() where number > 0 {
                derived.formUnion(
                    [interface.ip.text, interface.ipv6?.text].compactMap { $0 }.map { "eth\(number) \($0)" })
            }
            for (interface, address) in said where !derived.contains("\(interface) \(address.value)") {
                guests.leave(
                    "a topology does not say the address \(address.value) of \(interface)", at: address.place)
            }
        }
        let lists = code.map(\.path).filter { $0.hasPrefix("\(GuestPrograms.directory)/") }
        for list in lists where !lists.contains(where: { $0 != list && list.hasPrefix($0.dropLast(14)) }) {
            let folder = list.dropFirst(GuestPrograms.directory.utf8.count + 1).dropLast("/CMakeLists.txt".utf8.count)
            guests.leave(
                "what CMake makes of this folder is not read: put it beside the topology as `\(folder)`, and name its "
                    + "programs with `Programs(\"\(folder)\", …)`",
                at: SpecificationPlace(file: directory + list, line: 1))
        }
        guard let wiring = Wiring(network, target: target) else { return }
        if isForArm { checkDevices(wiring) }
        checkFilters(wiring)
        for (vm, lines) in guests.hosts.sorted(by: { $0.key < $1.key }) where wiring.vms.indices.contains(vm) {
            let written = Set(
                GuestNetwork.hosts(of: wiring.vms[vm], in: wiring).split(separator: "\n").map(String.init))
            for line in lines where !written.contains(line.value) {
                guests.leave("a topology does not say `\(line.value)`", at: line.place)
            }
        }
        for difference in tables?.differences(from: wiring, in: specification) ?? [] {
            findings.append(
                PlacedFinding(
                    ImportRules.notExpressed.finding(
                        "the C of the device says what a topology does not: \(difference)", at: nil), at: nil))
        }
    }

    /// What the rules say. Links to components that are no VMs are judged as links, though the topology is without them.
    private mutating func judge(_ assembly: Assembly, _ links: AppLinks) {
        let subject = Subject(Network(assembly), target: target)
        // Nothing is wired, and nobody said that anything should be.
        guard !links.wired.isEmpty else { return }
        var whole = assembly
        whole.vms += links.others.map { VM(number: Placed($0), name: nil) }
        whole.partitions = links.wired
        let wired = links.others.isEmpty ? subject : Subject(Network(whole), target: target)
        for rule in Catalogue.rules {
            let isOfIdentity = rule.description.code.hasPrefix("TOPO2")
            rule.check(isOfIdentity ? subject : wired) { findings.append(places.placed($0)) }
        }
    }

    /// Where an instance is declared: by a declaration, or by a macro.
    private func declaration(of instance: String) -> Int? {
        for assembly in specification.assemblies {
            if let declared = assembly.composition.instances.first(where: { $0.name == instance }) {
                return declared.offset
            }
            let number = instance.dropFirst(2)
            let macro = assembly.composition.macros.first {
                ["VM_PER_VM_COMP_DEF", "VM_COMPOSITION_DEF"].contains($0.name) && $0.arguments.first == String(number)
            }
            if let macro { return macro.offset }
        }
        return nil
    }

    /// A component of a VMM has the tree's macro, or is declared elsewhere and made by it.
    private func isVM(_ component: String, _ declaration: Int) -> Bool {
        guard let known = model.components[component] else { return isMacro(declaration) }
        return known.macros.contains { $0.name == "VM_INIT_DEF" }
    }

    private func isMacro(_ offset: Int) -> Bool {
        specification.assemblies.contains { $0.composition.macros.contains { $0.offset == offset } }
    }

    /// The VM of an instance.
    func vm(_ instance: String) -> AppVM? { vms.first { $0.instance == instance } }

    mutating func understand(_ offset: Int) { understood.insert(offset) }

    func isUnderstood(_ offset: Int) -> Bool { understood.contains(offset) }

    /// The value of a setting, which is understood by that.
    mutating func take(_ instance: String, _ attribute: String) -> Setting? {
        guard let setting = model.settings[instance]?[attribute] else { return nil }
        understand(setting.offset)
        return setting
    }

    /// Something of the app that a topology has no words for.
    mutating func leaveOut(_ what: String, at offset: Int) { leave("a topology does not say \(what)", at: offset) }

    mutating func leave(_ message: String, at offset: Int) {
        findings.append(
            PlacedFinding(
                ImportRules.notExpressed.finding(message, at: nil), at: text.place(of: offset)))
    }

    mutating func report(_ rule: RuleDescription, _ message: String, at offset: Int, notes: [String] = []) {
        findings.append(PlacedFinding(rule.finding(message, at: nil, notes: notes), at: text.place(of: offset)))
    }

    /// A line as the origin of a value: a macro's, where that is known, or that of an offset.
    mutating func origin(_ offset: Int, macro: String? = nil) -> Origin {
        places.origin(macro.flatMap { text.place(ofMacro: $0) } ?? text.place(of: offset))
    }

    /// A name that can be an assembly's.
    private static func identifier(_ name: String) -> String {
        let word = String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
        return word.first?.isNumber ?? true ? "_\(word)" : word
    }
}

/// A VM of an app.
struct AppVM: Sendable, Hashable {
    let number: Int
    let instance: String
    let component: String
    /// Where it is declared.
    let offset: Int
}
