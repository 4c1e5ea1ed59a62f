// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import Wiring

/// Partitions whose names differ, but not what is made of them.
enum DerivedNameCollision: Rule {
    static let description = RuleDescription(
        code: "TOPO234", name: "derived-name-collision", severity: .error,
        summary: "Two partitions' names lead to the same connection or instance.",
        rationale: """
            A partition `lan` becomes the macro `lan`, the connection `lan_conn` and, where there are several \
            partitions, the instance `init_lan`. With links of several sizes the macros are called as \
            `lan_q256_s32768`. Instances and connections share one scope in CAmkES, so that no two partitions may \
            lead to the same name.
            """,
        bad: """
            import Topology

            Assembly("two") {
                VMs(0..<4)
                Partition("init_lan") { Link(0, 1) }
                Partition("lan_conn") { Link(2, 3) }
            }
            """,
        good: """
            import Topology

            Assembly("two") {
                VMs(0..<4)
                Partition("left") { Link(0, 1) }
                Partition("right") { Link(2, 3) }
            }
            """,
        isAllowable: false)

    static func check(_ subject: Subject, _ report: (Finding) -> Void) {
        guard let wiring = subject.wiring else { return }
        var owners: [String: String] = [:]
        for connection in wiring.connections {
            var made = [connection.topology, connection.name, connection.initInstance]
            if let filter = connection.filter.map({ wiring.filters[$0] }) {
                made = [connection.topology, connection.name, filter.instance]
                made += filter.ends.flatMap { [$0.connection, $0.initInstance] }
            }
            let taken = made.first { owners[$0].map { $0 != connection.partition } ?? false }
            for name in made where owners[name] == nil { owners[name] = connection.partition }
            if let name = taken, let other = owners[name] {
                let names = [other, connection.partition].map { name in
                    subject.assembly.partitions.first { $0.name.value == name }?.name
                }
                report(
                    description.finding(
                        "partitions \"\(other)\" and \"\(connection.partition)\" both lead to the name \"\(name)\"",
                        at: names[1]?.origin.span,
                        labels: [names[0].flatMap { Label($0.origin, "the other is named here") }].compactMap { $0 },
                        notes: ["name one of them otherwise"]))
            }
        }
    }
}
