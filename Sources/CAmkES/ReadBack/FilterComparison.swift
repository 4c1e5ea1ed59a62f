// SPDX-License-Identifier: BSD-2-Clause

import ClangSource
import Topology
import Wiring

/// A filter's component, connections and settings. Who reaches whom through it is compared with the flows.
extension Comparison {
    mutating func compareComponent(of filter: FilterWiring, _ unknown: inout Set<String>) {
        unknown.remove(filter.component)
        guard let component = model.components[filter.component] else {
            report(ReaderRules.missing, "component \(filter.component) is not there")
            return
        }
        var expected: [String: String] = [:]
        for end in filter.ends {
            expected[end.sendInterface] = "uses VirtQueueDrv"
            expected[end.receiveInterface] = "uses VirtQueueDev"
        }
        if filter.needsClock { expected["timer"] = "uses Timer" }
        if filter.implementation == .cakeML {
            expected["self"] = "emits Callback"
            expected["virtqueue_wait"] = "consumes Callback"
        }
        for (name, interface) in component.interfaces.sorted(by: { $0.key < $1.key }) {
            let read = "\(interface.kind.rawValue) \(interface.type)"
            if interface.isOptional || expected.removeValue(forKey: name) != read {
                report(ReaderRules.unexpected, "\(filter.component) `\(read) \(name)`")
            }
        }
        for name in expected.keys.sorted() {
            report(ReaderRules.missing, "\(filter.component) has no interface `\(name)`")
        }
    }

    mutating func compareConnections(
        of filter: FilterWiring, _ unknown: inout Set<String>, _ unknownInstances: inout Set<String>
    ) {
        unknownInstances.remove(filter.instance)
        if model.instances[filter.instance] != filter.component {
            report(ReaderRules.missing, "there is no instance `\(filter.instance)` of \(filter.component)")
        }
        for end in filter.ends {
            unknown.remove(end.connection)
            unknownInstances.remove(end.initInstance)
            compareConnection(end.connection, to: end.toEnd, of: end.initInstance, ends: 4)
        }
        if filter.needsClock {
            unknown.remove(filter.clockConnection)
            compareConnection(
                filter.clockConnection, "seL4TimeServer", from: "\(filter.instance).timer", to: "time_server.the_timer")
        }
        if filter.implementation == .cakeML {
            unknown.remove(filter.callbackConnection)
            compareConnection(
                filter.callbackConnection, "seL4GlobalAsynch", from: "\(filter.instance).self",
                to: "\(filter.instance).virtqueue_wait")
        }
    }

    /// What the C of each filter decides is what its rules say.
    mutating func compareRules(in files: [EmittedFile], _ checker: SourceChecker) {
        for filter in wiring.filters where filter.implementation == .native {
            for difference in FilterReading.differences(of: filter, in: files, checker) {
                report(ReaderRules.flowDiffers, difference)
            }
        }
    }

    private mutating func compareConnection(_ name: String, _ connector: String, from: String, to: String) {
        let found = model.connections[name]
        let ends = (found?.ends ?? []).map { "\($0.isFrom ? "from" : "to") \($0.instance).\($0.interface)" }
        if found?.connector != connector || ends != ["from \(from)", "to \(to)"] {
            report(ReaderRules.missing, "`\(name)` does not join \(from) with \(to) by \(connector)")
        }
    }

    func settings(of filter: FilterWiring) -> [String: Value?] {
        // Bits 0 and 17 to 28 for badges, over bit 27.
        var settings: [String: Value?] = [
            "global_endpoint_mask": .integer(0x1ffe_0001), "global_endpoint_base": .integer(0x800_0000),
        ]
        if filter.implementation == .cakeML { settings["environment"] = .string("cakeml") }
        let memory = wiring.connections[filter.connection].sharedMemory
        for (index, end) in filter.ends.enumerated() {
            settings["\(end.sendInterface)_id"] = .integer(2 * index)
            settings["\(end.receiveInterface)_id"] = .integer(2 * index + 1)
            settings["\(end.sendInterface)_shmem_size"] = .integer(memory)
            settings["\(end.receiveInterface)_shmem_size"] = .integer(memory)
        }
        return settings
    }
}

extension FilterWiring {
    /// What an app says of a filter otherwise than topoc does, a line each: of its component, its connections and settings.
    package func differences(in specification: Specification, _ wiring: Wiring) -> [String] {
        var comparison = Comparison(wiring, specification, FlowModel(specification, trustsMacros: true), [], nil)
        var others: (Set<String>, Set<String>) = ([], [])
        comparison.compareComponent(of: self, &others.0)
        comparison.compareConnections(of: self, &others.0, &others.1)
        comparison.compareSettings(of: self)
        return comparison.findings.map(\.message)
    }

    /// The connections that it has beside those of its queues.
    package var furtherConnections: [String] { [clockConnection, callbackConnection] }
}
