// SPDX-License-Identifier: BSD-2-Clause

import Foundation
import Testing

/// The named attacks, run on our data path and, where a checkout is named, on upstream's: `docs/hostile-peer.md` says
/// what comes of each, and nothing else.
@Suite struct HostilePeerTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    private static let page = folder.deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "docs/hostile-peer.md")
    private static let updates = ProcessInfo.processInfo.environment["TOPOC_UPDATE"] != nil
    private static let tree = ProcessInfo.processInfo.environment["TOPOC_CAMKES_TREE"]

    /// Every attack of the page is made in every layout, under AddressSanitizer, and none is left out.
    @Test(.timeLimit(.minutes(5))) func oursIsWhatThePageSays() throws {
        var outcomes: [String: [(layout: String, outcome: String)]] = [:]
        for line in try Self.run(["make", "-s", "-C", Self.folder.appending(path: "ours").path, "run"]) {
            let fields = line.components(separatedBy: "\t")
            guard fields.count == 3 else { continue }
            outcomes[fields[1], default: []].append((fields[0], fields[2]))
            #expect(!fields[2].contains("endless loop") && !fields[2].contains("crash"), "\(line)")
        }
        let ours = outcomes.mapValues(Self.cell)
        #expect(outcomes.values.allSatisfy { $0.count == 3 }, "an outcome for each layout")
        try Self.compare(ours, column: 4)
    }

    /// The other column, from the real libvirtqueue, libsel4camkes, libvswitch and VMM.
    @Test(.enabled(if: tree != nil, "TOPOC_CAMKES_TREE names no checkout"), .timeLimit(.minutes(5)))
    func upstreamIsWhatThePageSays() throws {
        var theirs: [String: String] = [:]
        let lines = try Self.run(["make", "-s", "-C", Self.folder.appending(path: "upstream").path, "run"])
        for line in lines.prefix(while: { !$0.contains("address sanitizer") }) {
            let fields = line.components(separatedBy: "\t")
            if fields.count == 3 { theirs[fields[0]] = fields[2] }
        }
        #expect(theirs.count > 20)
        try Self.compare(theirs, column: 3, alsoOnThePage: ["event-storm", "partial-chain"])
    }

    /// What the layouts do, once where they do the same.
    private static func cell(_ outcomes: [(layout: String, outcome: String)]) -> String {
        var groups: [(layouts: [String], outcome: String)] = []
        for (layout, outcome) in outcomes {
            if let index = groups.firstIndex(where: { $0.outcome == outcome }) {
                groups[index].layouts.append(layout)
            } else {
                groups.append(([layout], outcome))
            }
        }
        if groups.count == 1, let only = groups.first { return only.outcome }
        return groups.map { "\($0.layouts.joined(separator: ", ")): \($0.outcome)" }.joined(separator: "<br>")
    }

    /// Compares a column of the page's tables with what was seen, by the key in the first column; or writes it.
    private static func compare(
        _ seen: [String: String], column: Int, alsoOnThePage: Set<String> = []
    ) throws {
        var keys: Set<String> = []
        var lines = try String(contentsOf: page, encoding: .utf8).components(separatedBy: "\n")
        for (number, line) in lines.enumerated() where line.hasPrefix("| `") {
            var cells = line.components(separatedBy: " | ")
            try #require(cells.count == 4, "\(line)")
            let key = cells[0].trimmingCharacters(in: CharacterSet(charactersIn: "| `"))
            guard let outcome = seen[key] else {
                #expect(alsoOnThePage.contains(key), "no one makes the attack \(key)")
                continue
            }
            keys.insert(key)
            let text = column == 4 ? outcome + " |" : outcome
            if updates {
                cells[column - 1] = text
                lines[number] = cells.joined(separator: " | ")
            } else if key == "two-threads" {
                // Chance decides how many; not whether.
                #expect(withoutNumbers(cells[column - 1]) == withoutNumbers(text), "make docs writes the page again")
            } else {
                #expect(cells[column - 1] == text, "\(key): make docs writes the page again")
            }
        }
        #expect(keys == Set(seen.keys), "the page has a row for every attack")
        if updates { try Data(lines.joined(separator: "\n").utf8).write(to: page) }
    }

    private static func withoutNumbers(_ text: String) -> String {
        // "0 of" is what is claimed of ours.
        text.hasPrefix("0 of ") ? text : text.filter { !$0.isNumber }
    }

    private static func run(_ command: [String]) throws -> [String] {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = command
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0, "\(text)")
        return text.components(separatedBy: "\n")
    }
}
