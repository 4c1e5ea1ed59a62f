// SPDX-License-Identifier: BSD-2-Clause

/// A text that findings point into, with its lines already found.
public struct SourceText: Sendable {
    /// The name to print: the path as the user gave it.
    public let name: String
    /// The text as UTF-8.
    public let bytes: [UInt8]
    /// The offset of each line's first byte; the first is 0.
    private let lineStarts: [Int]

    public init(name: String, bytes: [UInt8]) {
        self.name = name
        self.bytes = bytes
        var starts = [0]
        for (offset, byte) in bytes.enumerated() where byte == UInt8(ascii: "\n") {
            starts.append(offset + 1)
        }
        lineStarts = starts
    }

    public init(name: String, text: String) {
        self.init(name: name, bytes: Array(text.utf8))
    }

    public var text: String { String(decoding: bytes, as: UTF8.self) }

    public var lineCount: Int { lineStarts.count }

    /// The place of a UTF-8 offset. Line and column count from 1; columns count Unicode scalars, as editors do.
    public func position(of offset: Int) -> SourcePosition {
        let offset = min(max(offset, 0), bytes.count)
        var low = 0
        var high = lineStarts.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if lineStarts[middle] <= offset { low = middle } else { high = middle }
        }
        // Every scalar has one byte that does not continue another.
        let scalars = bytes[lineStarts[low]..<offset].count { $0 & 0xC0 != 0x80 }
        return SourcePosition(line: low + 1, column: scalars + 1, offset: offset)
    }

    /// The text of a line, counted from 1, without its newline. Empty for a line that is not there.
    public func line(_ number: Int) -> String {
        guard let span = lineSpan(number) else { return "" }
        return String(decoding: bytes[span], as: UTF8.self)
    }

    /// The byte offsets of a line, counted from 1, without its newline; `nil` for a line that is not there.
    public func lineSpan(_ number: Int) -> Range<Int>? {
        guard number >= 1, number <= lineStarts.count else { return nil }
        let start = lineStarts[number - 1]
        var end = number < lineStarts.count ? lineStarts[number] - 1 : bytes.count
        if end > start, bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
        return start..<end
    }
}

/// A place in a text; line and column count from 1.
public struct SourcePosition: Sendable, Hashable {
    public let line: Int
    public let column: Int
    /// In UTF-8 bytes, from 0.
    public let offset: Int
}

/// A stretch of a text, in UTF-8 byte offsets. Findings, labels and edits hold one; the file is the report's.
public typealias SourceSpan = Range<Int>
