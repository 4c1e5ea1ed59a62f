// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import Wiring

/// More VMs than the serial server has buffers for.
enum SerialServerVMs: Rule {
    static let description = RuleDescription(
        code: "TOPO404", name: "serial-server-vms", severity: .error,
        summary: "There are more VMs than the serial server keeps apart.",
        rationale: """
            The serial server has buffers for 12 clients that print messages, and 12 for guests. Of the former \
            `pci_config`, `time_server` and `rtc` take three, which leaves nine for VMs. With 10 or 11 VMs messages \
            of one end up in the console of another; the 12th writes past the end of the buffers.
            """,
        bad: """
            import Topology

            Assembly("ten") {
                VMs(0..<10)
                Partition("left") { Mesh(0..<5) }
                Partition("right") { Mesh(5..<10) }
            }
            """,
        good: """
            import Topology

            Assembly("nine") {
                VMs(0..<9)
                Partition("left") { Mesh(0..<5) }
                Partition("right") { Mesh(5..<9) }
            }
            """,
        isAllowable: true)

    static func check(_ subject: Subject, _ report: (Finding) -> Void) {
        for budget in subject.budgets where budget.kind == .serialServerVMs && budget.isExceeded {
            let first = subject.nodes[budget.available]
            report(
                description.finding(
                    "there are \(budget.used) VMs, and the serial server keeps \(budget.available) apart",
                    at: first.identityOrigin.span ?? subject.assembly.name.origin.span,
                    labels: [Label(subject.assembly.name.origin, "in this assembly")].compactMap { $0 },
                    notes: [
                        "declare \(budget.available) VMs at most, or split the assembly; the target `lab` has no such "
                            + "limit"
                    ]))
        }
    }
}
