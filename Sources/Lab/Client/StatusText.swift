// SPDX-License-Identifier: BSD-2-Clause

extension LabStatus {
    /// For a person.
    public var text: String {
        var text = "lab `\(name)`: \(assembly), guests of the kind \(guests.rawValue), process \(process)\n"
        for note in notes { text += "note: \(note)\n" }
        text += "\n"
        text +=
            TextTable(
                ["VM", "NAME", "GUEST", "DEVICE", "PROCESS", "RESTARTS", "ADDRESSES"],
                vms.map { vm in
                    [
                        vm.instance, vm.name ?? "-", vm.guest, vm.device, vm.deviceProcess.map { "\($0)" } ?? "-",
                        "\(vm.restarts)", zip(vm.addresses, vm.macs).map { "\($0) \($1)" }.joined(separator: ", "),
                    ]
                }
            ).text
        if !filters.isEmpty {
            text += "\n"
            text +=
                TextTable(
                    ["FILTER", "BETWEEN", "STATE", "PROCESS", "RESTARTS"],
                    filters.map { filter in
                        [
                            filter.name, filter.vms.map { "vm\($0)" }.joined(separator: " "), filter.state,
                            filter.process.map { "\($0)" } ?? "-", "\(filter.restarts)",
                        ]
                    }
                ).text
        }
        guard !links.isEmpty else { return text }
        text += "\n"
        text +=
            TextTable(
                ["LINK", "PARTITION", "STATE", "GENERATION", "THERE", "BACK"],
                links.map { link in
                    [
                        "vm\(link.from) vm\(link.to)", link.partition, link.isCut ? "cut" : "joined",
                        "\(link.generation)", link.there.text, link.back.text,
                    ]
                }
            ).text
        return text
    }
}

extension Impairment {
    /// "loss 1%, delay 5 ms".
    var text: String {
        var parts: [String] = []
        if lossPPM > 0 { parts.append("loss \(Double(lossPPM) / 10_000)%") }
        if delayNanoseconds > 0 { parts.append("delay \(milliseconds(delayNanoseconds))") }
        if jitterNanoseconds > 0 { parts.append("jitter \(milliseconds(jitterNanoseconds))") }
        if rate > 0 { parts.append("rate \(rate) bit/s") }
        return parts.isEmpty ? "-" : parts.joined(separator: ", ")
    }

    private func milliseconds(_ nanoseconds: UInt64) -> String { "\(Double(nanoseconds) / 1_000_000) ms" }
}

/// Rows under a heading, with columns as wide as they need.
public struct TextTable {
    private let rows: [[String]]

    public init(_ heading: [String], _ rows: [[String]]) {
        self.rows = [heading] + rows
    }

    public var text: String {
        let widths = rows.reduce(into: [Int](repeating: 0, count: rows[0].count)) { widths, row in
            for (column, cell) in row.enumerated() { widths[column] = max(widths[column], cell.count) }
        }
        return rows.map { row in
            let cells = row.enumerated().map { column, cell in
                column == row.count - 1 ? cell : cell + String(repeating: " ", count: widths[column] - cell.count)
            }
            return cells.joined(separator: "  ") + "\n"
        }.joined()
    }
}
