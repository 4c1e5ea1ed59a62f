// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import Topology
import Wiring

/// Shared memory that is no whole number of pages.
enum SharedMemoryPages: Rule {
    static let description = RuleDescription(
        code: "TOPO407", name: "shared-memory-pages", severity: .error,
        summary: "A size of shared memory is not a positive multiple of the page size, 4096.",
        rationale: """
            Both ends map the memory in pages. The template refuses other sizes: `does not meet minimum size and \
            alignment requirements`, and in releases before 3.11 `'size' is undefined`.

            The fix takes the next multiple.
            """,
        bad: """
            import Topology

            Assembly("pair") {
                VMs(0..<2)
                Partition("lan", sharedMemory: 32000) { Link(0, 1) }
            }
            """,
        good: """
            import Topology

            Assembly("pair") {
                VMs(0..<2)
                Partition("lan", sharedMemory: 32768) { Link(0, 1) }
            }
            """,
        isAllowable: false)

    static func check(_ subject: Subject, _ report: (Finding) -> Void) {
        let page = Target.pageSize
        for memory in subject.sharedMemories {
            let isInRange = RingLayout.sharedMemories.contains(memory.value)
            guard !isInRange || memory.value % page != 0 else { continue }
            let next = isInRange ? (memory.value + page - 1) / page * page : Defaults.sharedMemory
            report(
                description.finding(
                    "the shared memory of \(memory.value) bytes is not a positive multiple of the page size, \(page)",
                    at: memory.origin.span ?? subject.assembly.name.origin.span,
                    notes: ["take \(next) bytes"],
                    fixIts: isInRange ? subject.replacing(memory, with: next, "replace with \(next)") : []))
        }
    }
}
