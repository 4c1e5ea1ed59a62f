// SPDX-License-Identifier: BSD-2-Clause

extension StatsSnapshot {
    /// For a person: each direction of each link with what went in, what came out, and what became of the rest.
    public var text: String {
        let ends = Dictionary(links.map { (Ends(vm: $0.vm, peer: $0.peer), $0) }) { first, _ in first }
        let rows = links.map { sender in
            let receiver = ends[Ends(vm: sender.peer, peer: sender.vm)]
            let drops = sender.sent.drops.merging(receiver?.received.drops ?? [:], uniquingKeysWith: +)
            return [
                "vm\(sender.vm) vm\(sender.peer)", sender.state, "\(sender.sent.frames)", "\(sender.sent.bytes)",
                "\(receiver?.received.frames ?? 0)", Self.causes(drops), "\(sender.parked)",
                Self.time(receiver?.latencyP50), Self.time(receiver?.latencyP99), Self.time(receiver?.latencyMax),
            ]
        }
        var text = notes.map { "note: \($0)\n" }.joined()
        text +=
            TextTable(
                ["FROM TO", "STATE", "SENT", "BYTES", "RECEIVED", "DROPPED", "WAITED", "P50", "P99", "MAX"], rows
            ).text
        text += "\n"
        text +=
            TextTable(
                ["INTERFACE", "GUEST", "FROM GUEST", "TO GUEST", "DROPPED"],
                interfaces.map { interface in
                    [
                        "vm\(interface.vm) eth\(interface.interface)", interface.state, "\(interface.fromGuest.frames)",
                        "\(interface.toGuest.frames)",
                        Self.causes(interface.fromGuest.drops.merging(interface.toGuest.drops, uniquingKeysWith: +)),
                    ]
                }
            ).text
        for filter in filters { text += "\n" + Self.table(of: filter) }
        return text
    }

    /// What became of the frames at a filter, by rule.
    private static func table(of filter: Filter) -> String {
        var rows = filter.rules.map {
            [$0.rule, "\($0.frames)", "\($0.bytes)", $0.overRate == 0 ? "-" : "over the rate \($0.overRate)"]
        }
        for (name, frames) in [
            ("no rule", filter.unruled), ("no rule, fragments", filter.fragments),
            ("no rule, malformed", filter.malformed), ("wrong length", filter.lengths), ("link broken", filter.lost),
        ] where frames > 0 {
            rows.append([name, "\(frames)", "-", "all"])
        }
        let vms = filter.vms.map { "vm\($0)" }.joined(separator: " ")
        return TextTable(["FILTER \(filter.name) (\(vms))", "FRAMES", "BYTES", "DROPPED"], rows).text
    }

    private struct Ends: Hashable {
        let vm: Int
        let peer: Int
    }

    /// "loss 3, cut 1".
    private static func causes(_ drops: [String: UInt64]) -> String {
        drops.isEmpty ? "-" : drops.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
    }

    private static func time(_ nanoseconds: UInt64?) -> String {
        guard let nanoseconds else { return "-" }
        let microseconds = (Double(nanoseconds) / 100).rounded() / 10
        return microseconds < 10_000 ? "\(microseconds) us" : "\((microseconds / 100).rounded() / 10) ms"
    }
}
