// SPDX-License-Identifier: BSD-2-Clause

import Topology

extension Network {
    /// The filters whose two VMs are there, in the order declared.
    static func filters(of assembly: Assembly, index: (VMReference) -> Int?) -> [ResolvedFilter] {
        assembly.partitions.enumerated().compactMap { number, partition in
            guard let filter = partition.filter, let members = partition.links.first?.members, members.count == 2,
                let first = index(members[0].value), let second = index(members[1].value), first != second
            else { return nil }
            var rules: [ResolvedRule] = []
            var faults: [FilterFault] = []
            for (place, rule) in filter.rules.prefix(ResolvedFilter.mostRules).enumerated() {
                var meaning = RuleMeaning(rule, index: place) { reference in
                    switch index(reference) {
                    case first: .fromFirst
                    case second: .fromSecond
                    default: nil
                    }
                }
                rules.append(meaning.resolved())
                faults += meaning.faults
            }
            return ResolvedFilter(
                name: partition.name, partition: number, first: first, second: second,
                implementation: filter.implementation?.value ?? .native, rules: rules, faults: faults)
        }
    }

    /// The filter in the middle of a half; `nil` where the VMs are joined with each other.
    public func filter(of half: Int) -> ResolvedFilter? {
        let partition = Int(halves[half].partition)
        return assembly.partitions[partition].filter == nil ? nil : filters.first { $0.partition == partition }
    }
}
