// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import Wiring

/// Compares an assembly that was read with the wiring that it should say: first the flows, then all else that it
/// says, so that nothing stands in it that is not accounted for.
struct Comparison {
    let wiring: Wiring
    let specification: Specification
    let model: FlowModel
    let read: [ReadFlow]
    /// `nil` where the data path has none, or they could not be read.
    let tables: DeviceTables?
    private(set) var findings: [Finding] = []

    init(
        _ wiring: Wiring, _ specification: Specification, _ model: FlowModel, _ read: [ReadFlow],
        _ tables: DeviceTables?
    ) {
        self.wiring = wiring
        self.specification = specification
        self.model = model
        self.read = read
        self.tables = tables
    }

    mutating func compare() {
        compareFlows()
        compareDeclarations()
        compareConnections()
        compareSettings()
        compareTables()
    }

    /// MAC addresses stand in what was read.
    private var knowsAddresses: Bool { wiring.target.dataPath == .tree || tables != nil }

    mutating func report(_ rule: RuleDescription, _ message: String) {
        findings.append(rule.finding(message, at: nil))
    }

    var isOnArm: Bool { wiring.target.dialect?.machine == .arm }

    // MARK: - Flows

    private mutating func compareFlows() {
        var declared: [VMPair: Flow] = [:]
        for flow in wiring.flows {
            declared[VMPair(source: flow.source, destination: flow.destination)] = flow
        }
        for flow in read {
            let name = "the flow from vm\(flow.source) to vm\(flow.destination)"
            guard
                let flowDeclared = declared.removeValue(
                    forKey: VMPair(source: flow.source, destination: flow.destination))
            else {
                report(ReaderRules.flowAdded, "\(name) in `\(flow.connection)` is not declared, or is there twice")
                continue
            }
            for difference in flow.differences(from: flowDeclared, in: wiring, withAddresses: knowsAddresses) {
                report(ReaderRules.flowDiffers, "\(name) \(difference)")
            }
        }
        // A flow through a filter has two queues.
        let surplus = model.queues.count - read.count - 2 * wiring.filters.count
        if surplus != 0 {
            report(ReaderRules.flowAdded, "\(surplus) queues join what is no VM")
        }
        for pair in declared.keys.sorted(by: { ($0.source, $0.destination) < ($1.source, $1.destination) }) {
            report(ReaderRules.flowMissing, "the flow from vm\(pair.source) to vm\(pair.destination) is not there")
        }
    }

    // MARK: - Components and instances

    private mutating func compareDeclarations() {
        for other in specification.others {
            report(ReaderRules.unexpected, "the assembly declares a \(other.kind)")
        }
        if specification.assemblies.count != 1 {
            report(ReaderRules.unexpected, "there are \(specification.assemblies.count) assemblies, not one")
        }
        compareMacros()
        var unknown = Set(model.components.keys)
        for vm in wiring.vms {
            unknown.remove(vm.component)
            guard let component = model.components[vm.component] else {
                report(ReaderRules.missing, "component \(vm.component) is not there")
                continue
            }
            var unknown = component.interfaces
            for peer in vm.peers {
                for (name, type) in [(peer.sendInterface, "VirtQueueDrv"), (peer.receiveInterface, "VirtQueueDev")] {
                    guard let interface = unknown.removeValue(forKey: name) else {
                        report(ReaderRules.missing, "\(vm.component) has no interface `\(name)`")
                        continue
                    }
                    if interface.kind != .uses || interface.type != type || interface.isOptional {
                        report(ReaderRules.flowDiffers, "\(vm.component) does not `uses \(type) \(name)`")
                    }
                }
            }
            for name in unknown.keys.sorted() {
                report(ReaderRules.unexpected, "\(vm.component) has an interface `\(name)`")
            }
        }
        for filter in wiring.filters { compareComponent(of: filter, &unknown) }
        for name in unknown.sorted() { report(ReaderRules.unexpected, "there is a component `\(name)`") }
    }

    /// The macros of the tree's `vm.h`, each as often as it should stand; they are what is not expanded.
    private mutating func compareMacros() {
        var counts: [String: Int] = [:]
        func count(_ macros: [MacroCall], in place: String) {
            for macro in macros {
                counts["\(macro.name)(\(macro.arguments.joined(separator: ", "))) in \(place)", default: 0] += 1
            }
        }
        count(specification.macros, in: "no declaration")
        for component in specification.components { count(component.macros, in: component.name) }
        for assembly in specification.assemblies {
            count(assembly.composition.macros, in: "the composition")
            count(assembly.configuration.macros, in: "the configuration")
        }
        var expected = wiring.vms.map { "VM_INIT_DEF() in \($0.component)" }
        if isOnArm {
            let macros = ArmAssembly.macros(for: wiring)
            expected += macros.composition.map { "\($0) in the composition" }
            expected += macros.configuration.map { "\($0) in the configuration" }
        } else {
            expected += ["VM_COMPOSITION_DEF() in the composition", "VM_CONFIGURATION_DEF() in the configuration"]
            for vm in wiring.vms {
                expected.append("VM_PER_VM_COMP_DEF(\(vm.number)) in the composition")
                expected.append("VM_PER_VM_CONFIG_DEF(\(vm.number)) in the configuration")
            }
        }
        for macro in expected where counts.removeValue(forKey: macro) != 1 {
            report(ReaderRules.missing, "\(macro) does not stand there once")
        }
        for macro in counts.keys.sorted() { report(ReaderRules.unexpected, "\(macro) is not expanded") }
    }

    // MARK: - Connections

    private mutating func compareConnections() {
        var unknownInstances = Set(model.instances.keys)
        for vm in wiring.vms {
            unknownInstances.remove(vm.instance)
            if model.instances[vm.instance] != vm.component {
                report(ReaderRules.missing, "there is no instance \(vm.instance) of \(vm.component)")
            }
        }
        var unknown = Set(model.connections.keys)
        if isOnArm { compareDeviceTrees(&unknown) }
        for connection in wiring.connections {
            if let filter = connection.filter {
                compareConnections(of: wiring.filters[filter], &unknown, &unknownInstances)
                continue
            }
            unknownInstances.remove(connection.initInstance)
            unknown.remove(connection.name)
            compareConnection(
                connection.name, to: connection.toEnd, of: connection.initInstance,
                // Which ends it has follows from the flows: the model has each end in exactly one queue.
                ends: 2 * connection.rows.reduce(0) { $0 + $1.peers.count })
        }
        for name in unknown.sorted() { report(ReaderRules.unexpected, "there is a connection `\(name)`") }
        for name in unknownInstances.sorted() { report(ReaderRules.unexpected, "there is an instance `\(name)`") }
    }

    /// On Arm each VMM reads the machine's device tree, by a connection with itself.
    private mutating func compareDeviceTrees(_ unknown: inout Set<String>) {
        for vm in wiring.vms {
            let name = ArmAssembly.deviceTree(ofVM: vm.instance)
            unknown.remove(name)
            let found = model.connections[name]
            let ends = found?.ends.map { "\($0.isFrom ? "from" : "to") \($0.instance).\($0.interface)" }
            if found?.connector != "seL4VMDTBPassthrough"
                || ends != ["from \(vm.instance).dtb_self", "to \(vm.instance).dtb"]
            {
                report(ReaderRules.missing, "`\(name)` does not give \(vm.instance) the device tree")
            }
        }
    }

    /// A connection of virtqueues, with its `VirtQueueInit`.
    mutating func compareConnection(_ name: String, to toEnd: String, of instance: String, ends: Int) {
        if model.instances[instance] != "VirtQueueInit" {
            report(ReaderRules.missing, "there is no instance `\(instance)` of VirtQueueInit")
        }
        let connector = wiring.target.dataPath.connector
        guard let found = model.connections[name], found.connector == connector else {
            report(ReaderRules.missing, "there is no \(connector) connection `\(name)`")
            return
        }
        let toEnds = found.ends.filter { !$0.isFrom }.map { "\($0.instance).\($0.interface)" }
        if toEnds != [toEnd] {
            report(ReaderRules.flowDiffers, "`\(name)` leads to \(toEnds), not to `\(toEnd)`")
        }
        if found.ends.count - toEnds.count != ends {
            report(
                ReaderRules.flowDiffers, "`\(name)` has \(found.ends.count - toEnds.count) from-ends, not \(ends)")
        }
    }
}

extension ReadFlow {
    /// What of a flow is not as declared, each as the end of a sentence.
    fileprivate func differences(from flow: Flow, in wiring: Wiring, withAddresses: Bool) -> [String] {
        var differences: [String] = []
        func compare<T: Equatable>(_ what: String, _ read: T?, _ expected: T) {
            guard read != expected else { return }
            differences.append("has \(what) \(read.map { "\($0)" } ?? "nowhere"), not \(expected)")
        }
        compare("its queue in connection", connection, wiring.connections[flow.connection].name)
        if withAddresses {
            compare("destination address", destinationMAC, flow.destinationMAC)
            compare("source address", sourceMAC, flow.sourceMAC)
        }
        compare("driver id", sendID, flow.sendID)
        compare("device id", receiveID, flow.receiveID)
        compare("queue length", queueLength, flow.queueLength)
        compare("memory at the driver", sendMemory, flow.sharedMemory)
        compare("memory at the device", receiveMemory, flow.sharedMemory)
        return differences
    }
}
