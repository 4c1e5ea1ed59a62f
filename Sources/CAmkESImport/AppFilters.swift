// SPDX-License-Identifier: BSD-2-Clause

import CAmkES
import ClangSource
import Diagnostics
import Topology
import TopologyLanguage
import Wiring

/// A filter of an app: topoc's component, or the one in CakeML, with two queues to each of two VMs.
struct AppFilter: Sendable {
    let name: String
    let instance: String
    let implementation: Implementation
    /// The numbers of its two VMs: first the one that its queues of the ids 0 and 1 lead to.
    let first: Int
    let second: Int
    let rules: [FilterRule]
    /// Where it is declared.
    let offset: Int

    /// The VM behind it.
    func other(than vm: Int) -> Int { vm == first ? second : first }
}

extension AppImporter {
    /// The filters whose rules can be read. What leads to others is left out, as what leads to any component.
    mutating func readFilters() -> [AppFilter] {
        model.instances.sorted { $0.key < $1.key }.compactMap { instance, type in
            guard instance.hasPrefix(Self.prefix), let ends = ends(of: instance), let offset = offset(of: instance)
            else { return nil }
            let name = String(instance.dropFirst(Self.prefix.count))
            let place = origin(offset)
            switch type {
            case "Filter_\(name)":
                guard let rules = writtenRules(of: instance, ends, at: offset) else { return nil }
                return AppFilter(
                    name: name, instance: instance, implementation: .native, first: ends.0, second: ends.1,
                    rules: rules,
                    offset: offset)
            case "CakeMLFilter":
                let all = FilterRule(action: .allow, traffic: Placed(.any, place), origin: place)
                return AppFilter(
                    name: name, instance: instance, implementation: .cakeML, first: ends.0, second: ends.1,
                    rules: [all],
                    offset: offset)
            default: return nil
            }
        }
    }

    private static let prefix = "filter_"

    private func offset(of instance: String) -> Int? {
        specification.assemblies.flatMap(\.composition.instances).first { $0.name == instance }?.offset
    }

    /// The VMs on both sides of an instance, each with a queue to it and one from it; `nil` for one that has other queues.
    private func ends(of instance: String) -> (Int, Int)? {
        let into = model.queues.filter { $0.device.instance == instance }
        let outOf = model.queues.filter { $0.driver.instance == instance }
        let senders = into.compactMap { vm($0.driver.instance)?.number }
        // In the order of the ids by which it sends.
        let receivers = outOf.sorted {
            model.integer($0.driver, "_id") ?? .max < model.integer($1.driver, "_id") ?? .max
        }
        .compactMap { vm($0.device.instance)?.number }
        guard into.count == 2, outOf.count == 2, receivers.count == 2, Set(senders) == Set(receivers),
            receivers[0] != receivers[1]
        else { return nil }
        return (receivers[0], receivers[1])
    }

    /// The rules that the comment at the head of a filter's C has. What the C decides is compared with them afterwards.
    private mutating func writtenRules(of instance: String, _ ends: (Int, Int), at offset: Int) -> [FilterRule]? {
        let path = FilterComponent.rules(of: instance)
        guard let file = code.first(where: { $0.path == path }) else {
            leave("the app has no `\(path)`, which says the rules of `\(instance)`", at: offset)
            return nil
        }
        let lines = FilterRulesPrinter.rules(in: file.text) ?? []
        let text = """
            import Topology

            Assembly("rules") {
            VMs(0...\(max(ends.0, ends.1)))
            Filter("rules", between: \(ends.0), and: \(ends.1)) {
            \(lines.joined(separator: "\n"))
            }
            }

            """
        let read = TopologyFile(reading: SourceText(name: path, text: text))
        let rules = read.assembly?.partitions.first?.filter?.rules ?? []
        guard !lines.isEmpty, read.findings.isEmpty, rules.count == lines.count else {
            findings.append(
                PlacedFinding(
                    ImportRules.notExpressed.finding(
                        "no comment that topoc writes says the rules of `\(instance)`: its queues are left out", at: nil
                    ),
                    at: rulesPlace(of: instance)))
            return nil
        }
        let place = places.origin(rulesPlace(of: instance))
        return rules.map { $0.placed(at: place) }
    }

    func rulesPlace(of instance: String) -> SpecificationPlace {
        SpecificationPlace(file: directory + FilterComponent.rules(of: instance), line: 1)
    }

    /// What the app says of its filters, and what their C decides, is what topoc would write; what is not is listed.
    mutating func checkFilters(_ wiring: Wiring) {
        for filter in filters {
            guard let wired = wiring.filters.first(where: { $0.instance == filter.instance }) else { continue }
            understandAll(of: filter, wired)
            for difference in wired.differences(in: specification, wiring) {
                leave("a topology does not say: \(difference)", at: filter.offset)
            }
            guard filter.implementation == .native else { continue }
            let place = rulesPlace(of: filter.instance)
            let differences =
                checker.map { FilterReading.differences(of: wired, in: code, $0) }
                ?? ["without libclang the C of filter `\(filter.name)` is not compared with the rules in its comment"]
            findings += differences.map { PlacedFinding(ImportRules.notExpressed.finding($0, at: nil), at: place) }
        }
    }

    private mutating func understandAll(of filter: AppFilter, _ wired: FilterWiring) {
        understand(filter.offset)
        for interface in (model.components[wired.component]?.interfaces ?? [:]).values { understand(interface.offset) }
        for setting in (model.settings[filter.instance] ?? [:]).values { understand(setting.offset) }
        for name in wired.furtherConnections {
            if let connection = model.connections[name] { understand(connection.offset) }
        }
    }
}

extension FilterRule {
    /// With all that it says at one place.
    fileprivate func placed(at origin: Origin) -> FilterRule {
        func here<Value>(_ value: Placed<Value>?) -> Placed<Value>? { value.map { Placed($0.value, origin) } }
        return FilterRule(
            action: action, traffic: Placed(traffic.value, origin), port: here(port), from: here(from),
            answers: here(answers), source: here(source), destination: here(destination), sourceMAC: here(sourceMAC),
            destinationMAC: here(destinationMAC), etherType: here(etherType), ipProtocol: here(ipProtocol),
            rate: here(rate), burst: here(burst), origin: origin)
    }
}
