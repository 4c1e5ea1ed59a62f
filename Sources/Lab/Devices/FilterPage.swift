// SPDX-License-Identifier: BSD-2-Clause

import CLab
import CLabHost
import Processes
import Wiring

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The counters of a filter (lab/filter_stats.h): written by its process, and only read here.
final class FilterPage: Sendable {
    let file: Descriptor
    // The page stays where it is until the end; whoever writes it is another process.
    nonisolated(unsafe) private let base: UnsafeRawPointer
    private static let size = MemoryLayout<lab_filter_stats>.size

    init(_ instance: String) throws(LabError) {
        let number = topoc_lab_memory("\(instance)-stats", Self.size)
        guard number != -1, let base = mmap(nil, Self.size, PROT_READ, MAP_SHARED, number, 0), base != MAP_FAILED else {
            throw LabError(LabRules.tooLarge, "no memory for the counters of \(instance): \(ErrorNumber())")
        }
        file = Descriptor(number)
        self.base = UnsafeRawPointer(base)
    }

    deinit {
        munmap(UnsafeMutableRawPointer(mutating: base), Self.size)
    }

    /// A copy, each number of which is whole.
    func snapshot(of filter: FilterWiring) -> StatsSnapshot.Filter {
        func number(_ offset: Int?) -> UInt64 { base.loadUnaligned(fromByteOffset: offset ?? 0, as: UInt64.self) }
        let rules = MemoryLayout<lab_filter_stats>.offset(of: \.rules) ?? 0
        let unruled = MemoryLayout<lab_filter_stats>.offset(of: \.unruled) ?? 0
        let size = MemoryLayout<lab_filter_rule_stats>.stride
        return StatsSnapshot.Filter(
            name: filter.name, vms: filter.ends.map(\.vm),
            rules: filter.rules.enumerated().map { index, rule in
                let place = rules + index * size
                return StatsSnapshot.Filter.Rule(
                    rule: rule.text, frames: number(place), bytes: number(place + 8), overRate: number(place + 16))
            },
            unruled: number(unruled), fragments: number(unruled + 8), malformed: number(unruled + 16),
            lengths: number(MemoryLayout<lab_filter_stats>.offset(of: \.lengths)),
            lost: number(MemoryLayout<lab_filter_stats>.offset(of: \.lost)))
    }
}
