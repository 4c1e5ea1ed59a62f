// SPDX-License-Identifier: BSD-2-Clause

import Processes

/// The networks that are measured, the peer of all others first.
enum Networks {
    private static let guestReference = "QEMU, bridge + TAP"

    static func all(_ tools: Tools, guests: Bool) async throws -> [MeasuredNetwork] {
        var networks = [
            MeasuredNetwork(name: "bridge + veth") { try await NamespaceMachines($0, port: .veth, tools) },
            MeasuredNetwork(name: "bridge + TAP") { try await NamespaceMachines($0, port: .tap, tools) },
        ]
        networks += try await labs(
            tools, guests: "namespaces", pairs: 3,
            [
                ("topoc", []),
                ("topoc, offload", ["--offload"]),
                ("topoc, offload, busy polling", ["--offload", "--busy-poll", "50"]),
                ("topoc, offload, no batching", ["--offload", "--batch", "1"]),
                ("topoc, offload, one process", ["--offload", "--one-process"]),
                ("topoc, offload, one process, busy polling", ["--offload", "--one-process", "--busy-poll", "50"]),
            ])
        guard guests else { return networks }
        networks += [
            MeasuredNetwork(name: guestReference, reference: guestReference, pairs: 1) { _ in
                try await GuestMachines(2, .bridge, tools)
            },
            MeasuredNetwork(name: "QEMU, its own sockets", reference: guestReference, pairs: 1) { _ in
                try await GuestMachines(2, .sockets, tools)
            },
        ]
        return networks
            + (try await labs(
                tools, guests: "qemu", pairs: 1,
                [
                    ("QEMU, topoc", []), ("QEMU, topoc, no batching", ["--batch", "1"]),
                    ("QEMU, topoc, one process", ["--one-process"]), ("QEMU, topoc, offload", ["--offload"]),
                ]))
    }

    /// The lab's, of which those are absent that this lab has no options for.
    private static func labs(
        _ tools: Tools, guests: String, pairs: Int, _ variants: [(String, [String])]
    ) async throws -> [MeasuredNetwork] {
        var known = ""
        if let topoc = tools.topoc {
            let help = try await ChildProcess.run(
                Command(topoc, ["lab", "up", "--help-hidden"]), within: .seconds(20))
            known = help.succeeded ? help.outputText : ""
        }
        return variants.map { name, options in
            let missing = options.filter { $0.hasPrefix("--") && !known.contains($0) }
            var absence: String?
            if known.isEmpty || !known.contains("--guests") {
                absence = "this topoc has no lab"
            } else if !missing.isEmpty {
                absence = "this lab has no \(missing.joined(separator: " "))"
            }
            let reference = guests == "qemu" ? guestReference : "bridge + veth"
            return MeasuredNetwork(name: name, reference: reference, absence: absence, pairs: pairs) { count in
                guard let topoc = tools.topoc else { throw BenchmarkError("there is no topoc") }
                let count = min(count, 2 * pairs)
                return try await LabMachines(
                    count, tools, topoc: topoc, options: ["--guests", guests] + options)
            }
        }
    }
}
