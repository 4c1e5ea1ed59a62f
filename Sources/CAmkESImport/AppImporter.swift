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

    /// Reads an app.
    ///
    /// - Parameters:
    ///   - files: the app's files that may be a guest's `interfaces` or `hostname`.
    ///   - name: the assembly's.
    ///   - libclang: finds where macros are defined, what `#if` leaves out, and headers that are not there.
    public init(
        _ source: AppSource, name: String, files: [GuestFile], preprocessor: Preprocessor, libclang: Libclang?
    ) {
        var target = source.target
        var assembly: Assembly?
        let text = AppText(source, preprocessor: preprocessor, libclang: libclang)
        var findings = text.findings
        if !findings.contains(where: { $0.finding.severity == .error }) {
            var importer = AppImporter(text, target: source.target)
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
    /// The offsets of settings, interfaces, connections, instances and macros that the topology stands for.
    private var understood: Set<Int> = []

    init(_ text: AppText, target: Target) {
        self.text = text
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
        var guests = GuestFiles(files, vms: vms.map(\.number))
        let links = links()
        let elements: [AssemblyElement] =
            vms.map { .vm(vm($0, &guests)) } + links.partitions.map { .partition($0) }
        let assembly = Assembly(
            name: Placed(Self.identifier(name), places.origin(text.place(of: first.offset))), elements: elements)
        let network = Network(assembly)
        checkIDs(network)
        for vm in vms { checkDevice(of: vm, network) }
        findings += guests.findings
        listLeftovers()
        judge(assembly, links)
        var seen: Set<PlacedFinding> = []
        findings = findings.filter { seen.insert($0).inserted }
        return assembly
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
