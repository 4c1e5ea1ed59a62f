// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import Topology
import Wiring

/// A setting of a guest that the target's VMM does not have.
enum IgnoredGuestSetting: Rule {
    static let description = RuleDescription(
        code: "TOPO416", name: "ignored-guest-setting", severity: .warning,
        summary: "A guest is given a setting that the target has no use for.",
        rationale: """
            The VMM for Arm is another program than the one for x86. It relocates no kernel, so `relocations:` names \
            nothing; the tree sets its heap, to 3 MiB for every VM, so `heap:` cannot; and it takes no IO spaces, since \
            no device of the machine's is given to a guest, so `ioSpaceDomain:` and `pciDevicesIOSpace:` go nowhere. A \
            command line that is the one which guests on x86 have unless said is replaced by Arm's own, which has the \
            console there.

            What is left of such settings in the assembly is nothing, and nobody would hear of it. The example is wrong \
            for the target `arm` alone; no setting is Arm's alone.
            """,
        bad: """
            import Topology

            Assembly("pair") {
                Guest(heap: 0x40000)
                VMs(0..<2)
                Partition("lan") { Link(0, 1) }
            }
            """,
        good: """
            import Topology

            Assembly("pair") {
                Guest(memoryMiB: 64)
                VMs(0..<2)
                Partition("lan") { Link(0, 1) }
            }
            """,
        isAllowable: true)

    /// The settings without a use on Arm: as the language names them, whether and where a guest has them, and what
    /// takes their place.
    private static let ignoredOnArm: [(name: String, origin: @Sendable (Guest) -> Origin?, instead: String)] = [
        ("relocations", { $0.relocations?.origin }, "the VMM for Arm relocates no kernel"),
        ("heap", { $0.heap?.origin }, "the tree gives each VMM for Arm a heap of 3 MiB"),
        ("ioSpaceDomain", { $0.ioSpaceDomain?.origin }, "no guest on Arm has a device of the machine's"),
        ("pciDevicesIOSpace", { $0.pciDevicesIOSpace?.origin }, "no guest on Arm has a device of the machine's"),
        (
            "commandLine", { $0.commandLine.flatMap { $0.value == Defaults.commandLine ? $0.origin : nil } },
            "it is that of x86, in whose place a guest on Arm has \"\(Defaults.armCommandLine)\""
        ),
    ]

    static func check(_ subject: Subject, _ report: (Finding) -> Void) {
        guard subject.target.dialect?.machine == .arm else { return }
        let guests = subject.assembly.guests + subject.assembly.vms.map(\.guest)
        for setting in ignoredOnArm {
            // What VMs have in common is written once and said once.
            var places: Set<SourceSpan?> = []
            for origin in guests.compactMap(setting.origin) where places.insert(origin.span).inserted {
                report(
                    description.finding(
                        "the target \(subject.target.name) has no use for a guest's `\(setting.name):`",
                        at: origin.span,
                        notes: [setting.instead, "leave it out, or allow it in a file that is for x86, too"]))
            }
        }
    }
}
