// SPDX-License-Identifier: BSD-2-Clause

/// Where in the files that a person edits a place of preprocessed text is.
public struct SpecificationPlace: Sendable, Hashable, CustomStringConvertible {
    public let file: String
    /// From 1.
    public let line: Int

    public init(file: String, line: Int) {
        self.file = file
        self.line = line
    }

    public var description: String { "\(file):\(line)" }
}

/// Follows the preprocessor's line markers, `# 12 "connections.h"`. A text without markers is its own file.
struct LineMap {
    private struct Run {
        /// Where the first line of the run begins.
        let offset: Int
        let file: String
        let line: Int
    }

    private let bytes: [UInt8]
    /// By offset.
    private let runs: [Run]

    init(_ bytes: [UInt8], file: String) {
        self.bytes = bytes
        var runs = [Run(offset: 0, file: file, line: 1)]
        var start = 0
        while start < bytes.count {
            let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
            if bytes[start] == UInt8(ascii: "#"), let (line, file) = Self.marker(bytes[start..<end]) {
                runs.append(Run(offset: end + 1, file: file, line: line))
            }
            start = end + 1
        }
        self.runs = runs
    }

    func place(of offset: Int) -> SpecificationPlace {
        var low = 0
        var high = runs.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if runs[middle].offset <= offset { low = middle } else { high = middle }
        }
        let run = runs[low]
        let end = min(max(offset, run.offset), bytes.count)
        guard run.offset < end else { return SpecificationPlace(file: run.file, line: run.line) }
        let newlines = bytes[run.offset..<end].count { $0 == UInt8(ascii: "\n") }
        return SpecificationPlace(file: run.file, line: run.line &+ newlines)
    }

    private static func marker(_ line: ArraySlice<UInt8>) -> (line: Int, file: String)? {
        let words = line.dropFirst().split(separator: UInt8(ascii: " "), maxSplits: 1)
        guard words.count == 2, let number = Int(String(decoding: words[0], as: UTF8.self)), number >= 0,
            words[1].first == UInt8(ascii: "\""),
            let end = words[1].dropFirst().firstIndex(of: UInt8(ascii: "\""))
        else { return nil }
        return (number, String(decoding: words[1][(words[1].startIndex + 1)..<end], as: UTF8.self))
    }
}
