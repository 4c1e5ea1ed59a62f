// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics

/// Where the lines of a preprocessed text came from: the markers `# 12 "zmq_samples.camkes"` that a C preprocessor
/// leaves.
public struct LineMarkers: Sendable {
    public struct Place: Sendable, Hashable {
        public var file: String
        /// From 1.
        public var line: Int
    }

    private struct Marker {
        var lineInText: Int
        var place: Place
    }

    private let source: SourceText
    private let markers: [Marker]

    public init(_ source: SourceText) {
        self.source = source
        var markers: [Marker] = []
        for number in 1...source.lineCount {
            guard let span = source.lineSpan(number), source.bytes[span].first == UInt8(ascii: "#") else { continue }
            if let place = Self.place(source.line(number)) {
                markers.append(Marker(lineInText: number + 1, place: place))
            }
        }
        self.markers = markers
    }

    /// The place in the original file of an offset into the preprocessed text.
    public func place(of offset: Int) -> Place {
        let line = source.position(of: offset).line
        var low = 0
        var high = markers.count
        while low < high {
            let middle = (low + high) / 2
            if markers[middle].lineInText <= line { low = middle + 1 } else { high = middle }
        }
        guard low > 0 else { return Place(file: source.name, line: line) }
        let marker = markers[low - 1]
        return Place(file: marker.place.file, line: marker.place.line + (line - marker.lineInText))
    }

    /// Reads `# 12 "file" 1 3` and `#line 12 "file"`.
    private static func place(_ line: String) -> Place? {
        guard let match = line.wholeMatch(of: /#(?:line)?\s*([0-9]{1,9})\s+"([^"]*)".*/), let number = Int(match.1)
        else { return nil }
        return Place(file: String(match.2), line: number)
    }
}
