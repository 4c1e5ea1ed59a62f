// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import Topology
import Wiring

/// A number of a guest's settings that cannot be.
enum GuestNumbers: Rule {
    static let description = RuleDescription(
        code: "TOPO241", name: "guest-number", severity: .error,
        summary: "A number among a guest's settings is out of range.",
        rationale: """
            The settings are attributes of the VM's component, which CAmkES takes as they are: a guest without memory, \
            a heap that is no whole number of pages, a pool of -1 untypeds or an IO space that no PCI function can \
            have is found at link time or at boot, if at all.
            """,
        bad: """
            import Topology

            Assembly("pair") {
                Guest(heap: 1000)
                VMs(0..<2)
                Partition("lan") { Link(0, 1) }
            }
            """,
        good: """
            import Topology

            Assembly("pair") {
                Guest(heap: 0x10000)
                VMs(0..<2)
                Partition("lan") { Link(0, 1) }
            }
            """,
        isAllowable: false)

    /// A setting, its name, and what it may be.
    private struct Limit: Sendable {
        let name: String
        /// `nil` where nothing was said, and what is customary is right.
        let setting: @Sendable (GuestSettings) -> Placed<Int>?
        let range: ClosedRange<Int>
        let step: Int
        let way: String
    }

    private static let limits = [
        Limit(
            name: "memoryMiB", setting: \.memoryMiB, range: GuestSettings.memories, step: 1,
            way: "give the guest some megabytes of memory, as 128"),
        Limit(
            name: "heap", setting: \.heap, range: Target.pageSize...Int(Int32.max), step: Target.pageSize,
            way: "give the VMM's heap a multiple of the page size of \(Target.pageSize) bytes, as 0x10000"),
        Limit(
            name: "untyped23Pool", setting: \.untyped23Pool, range: GuestSettings.pools, step: 1,
            way: "give a number of untypeds of 8 MiB, or leave it out"),
        Limit(
            name: "untyped22Pool", setting: \.untyped22Pool, range: GuestSettings.pools, step: 1,
            way: "give a number of untypeds of 4 MiB, or leave it out"),
        Limit(
            name: "ioSpaceDomain", setting: \.ioSpaceDomain, range: 0...0xffff, step: 1,
            way: "give an IOMMU domain of 16 bits, or leave it out"),
        Limit(
            name: "pciDevicesIOSpace", setting: \.pciDevicesIOSpace, range: 0...0xffff, step: 1,
            way: "give an IO space of 16 bits, or leave it out"),
    ]

    static func check(_ subject: Subject, _ report: (Finding) -> Void) {
        for limit in limits {
            var common: Set<SourceSpan> = []
            for node in subject.nodes {
                guard let setting = limit.setting(node.guest),
                    !limit.range.contains(setting.value) || setting.value % limit.step != 0
                else { continue }
                // What VMs have in common is written once and said once.
                if let span = setting.origin.span, !common.insert(span).inserted { continue }
                let multiple = limit.step > 1 ? " and a multiple of \(limit.step)" : ""
                report(
                    description.finding(
                        "\(node.label) has \(limit.name) \(setting.value), which must be between "
                            + "\(limit.range.lowerBound) and \(limit.range.upperBound)\(multiple)",
                        at: setting.origin.span ?? node.identityOrigin.span, notes: [limit.way]))
            }
        }
    }
}
