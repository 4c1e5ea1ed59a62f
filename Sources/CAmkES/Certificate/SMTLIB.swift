// SPDX-License-Identifier: BSD-2-Clause

import Wiring

extension Certificate {
    /// The certificate as SMT-LIB 2.6, for a solver that need not trust topoc's comparison: the flows as declared and
    /// the flows as read back, each a relation, and two questions. A solver answers `unsat` to "a flow is missing" and
    /// `unsat` to "a flow was added".
    public var smtLIB: String {
        var text = """
            ; SPDX-License-Identifier: BSD-2-Clause
            ;
            ; \(wiring.provenance)
            ; A flow: from which VM to which, in which connection, by which address, with which ids, queue length and
            ; bytes of memory at either end. `declared` is made of the topology, `found` of the emitted text, read in
            ; the \(readBack.form.rawValue) form. -1, and an address of ones, is for what the text does not say.\(remark)
            (set-logic ALL)

            """
        for note in sourceNotes { text += "; \(note).\n" }
        let connectionNumbers = Dictionary(
            wiring.connections.enumerated().map { ($0.element.name, $0.offset) }
        ) { first, _ in first }
        for (number, connection) in wiring.connections.enumerated() {
            text += "; connection \(number): \(Spelling.word(connection.name))\n"
        }
        define("declared", wiring.flows.map(Self.row), &text)
        define("found", readBack.flows.map { Self.row(of: $0, connectionNumbers) }, &text)
        for column in columns.map(\.column) { text += "(declare-const \(column.name) \(column.sort))\n" }
        let names = columns.map(\.column.name).joined(separator: " ")
        for (question, holds, fails) in [
            ("a flow is missing", "declared", "found"), ("a flow was added", "found", "declared"),
        ] {
            text += """

                ; \(question)
                (push 1)
                (assert (and (\(holds) \(names)) (not (\(fails) \(names)))))
                (check-sat)
                (pop 1)

                """
        }
        return text
    }

    /// The columns that were read, each with its place in a row.
    private var columns: [(place: Int, column: (name: String, sort: String))] {
        Self.columns.enumerated().map { ($0.offset, $0.element) }.filter {
            readBack.hasAddresses || $0.1.name != "address"
        }
    }

    private var remark: String {
        readBack.hasAddresses ? "" : "\n; Addresses are left out: without libclang the device's tables were not read."
    }

    private static let columns: [(name: String, sort: String)] = [
        ("source", "Int"), ("destination", "Int"), ("connection", "Int"), ("address", "(_ BitVec 52)"),
        ("send-id", "Int"), ("receive-id", "Int"), ("queue-length", "Int"), ("send-memory", "Int"),
        ("receive-memory", "Int"),
    ]

    /// A relation: the disjunction of its rows.
    private func define(_ name: String, _ rows: [[String]], _ text: inout String) {
        let columns = columns
        let parameters = columns.map { "(\($0.column.name) \($0.column.sort))" }.joined(separator: " ")
        text += "(define-fun \(name) (\(parameters)) Bool\n    (or false"
        for row in rows {
            text += "\n        (and"
            for (place, column) in columns { text += " (= \(column.name) \(row[place]))" }
            text += ")"
        }
        text += "))\n"
    }

    private static func row(of flow: Flow) -> [String] {
        [
            number(flow.source), number(flow.destination), number(flow.connection), address(flow.destinationMAC),
            number(flow.sendID), number(flow.receiveID), number(flow.queueLength), number(flow.sharedMemory),
            number(flow.sharedMemory),
        ]
    }

    private static func row(of flow: ReadFlow, _ connectionNumbers: [String: Int]) -> [String] {
        [
            number(flow.source), number(flow.destination), number(connectionNumbers[flow.connection]),
            address(flow.destinationMAC), number(flow.sendID), number(flow.receiveID), number(flow.queueLength),
            number(flow.sendMemory), number(flow.receiveMemory),
        ]
    }

    /// SMT-LIB writes `(- 1)` for -1.
    private static func number(_ value: Int?) -> String {
        let value = value ?? -1
        return value < 0 ? "(- \(value.magnitude))" : "\(value)"
    }

    /// 48 bits after four zeros, so that no address is the one that stands for none.
    private static func address(_ mac: MACAddress?) -> String {
        guard let mac else { return "#xfffffffffffff" }
        let digits = String(mac.value, radix: 16)
        return "#x" + String(repeating: "0", count: 13 - digits.utf8.count) + digits
    }
}
