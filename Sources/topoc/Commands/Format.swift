// SPDX-License-Identifier: BSD-2-Clause

import ArgumentParser
import Diagnostics
import Files
import SystemPackage
import TopologyLanguage

struct Format: TopocCommand {
    static let configuration = CommandConfiguration(
        abstract: "Lay out .topo files in the one way, in place. Comments and meaning stay.",
        discussion: "With `-` it formats standard input to standard output.")

    @Argument(
        help: ArgumentHelp("The .topo files; `-` is standard input.", valueName: "file"),
        completion: .file(extensions: ["topo"]))
    var files: [String]

    @Flag(help: "Change nothing; exit 1 and print the difference where a file is not laid out so.")
    var check = false

    func perform() throws -> Outcome {
        try Input.forEach(files) { input in
            let formatted: [UInt8]
            switch TopologyFormatter.format(input.source) {
            case .formatted(let text): formatted = Array(text.utf8)
            case .refused(let findings):
                let report = Report(source: input.source, findings: findings)
                Console.note(TextRenderer(style: Console.errorStyle).render([report]))
                return .findings
            }
            if check {
                let diff = UnifiedDiff(old: input.source.bytes, new: formatted, name: input.source.name)
                try Console.print(diff.painted(Console.style))
                return diff.lines.isEmpty ? .clean : .findings
            }
            if input.path == "-" {
                try Console.print(String(decoding: formatted, as: UTF8.self))
            } else {
                let file = OutputFile(FilePath(input.path), formatted)
                _ = try withSignalsHeld { () throws(FileError) in try FileWriter().write([file]) }
            }
            return .clean
        }
    }
}

extension UnifiedDiff {
    /// The difference as text, in the colours of the terminal.
    func painted(_ style: TextStyle) -> String {
        lines.map { line in
            switch line.kind {
            case .added: style.added(line.text) + "\n"
            case .removed: style.removed(line.text) + "\n"
            case .header, .hunk, .context: line.text + "\n"
            }
        }.joined()
    }
}
