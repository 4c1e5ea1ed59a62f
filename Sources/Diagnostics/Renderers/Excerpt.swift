// SPDX-License-Identifier: BSD-2-Clause

/// The lines of a text that a finding is about, numbered, with carets under what it means and dashes under the other
/// places.
struct Excerpt {
    /// A place to underline.
    struct Mark {
        var span: SourceSpan
        var message: String
        var isPrimary: Bool
    }

    /// A line and what is underlined of it, in columns.
    private struct Underline {
        var line: Int
        var columns: Range<Int>
        var message: String
        var isPrimary: Bool
    }

    /// A finding with more places shows the first of them and says how many more there are.
    static let mostMarks = 8
    /// Of a wider line the part around the mark is shown.
    private static let widestLine = 160
    /// Of a line of more bytes only so many around the mark are looked at.
    static let longestLine = 1024

    let source: SourceText
    let marks: [Mark]
    let style: TextStyle

    /// How wide the column of line numbers is.
    var gutter: Int { String(underlines.map(\.line).max() ?? 1).count }

    /// The lines, without a newline at the end.
    func lines(gutter: Int) -> [String] {
        let underlines = underlines
        var result: [String] = []
        var last: Int?
        for line in Set(underlines.map(\.line)).sorted() {
            if let last {
                switch line - last {
                case 1: break
                case 2: result.append(numbered(last + 1, window: window([], last + 1), gutter))
                default: result.append(style.dim(String(repeating: " ", count: gutter) + "..."))
                }
            }
            let here = underlines.filter { $0.line == line }.sorted {
                ($0.columns.lowerBound, $0.columns.upperBound) < ($1.columns.lowerBound, $1.columns.upperBound)
            }
            let window = window(here, line)
            result.append(numbered(line, window: window, gutter))
            for underline in here { result.append(drawn(underline, window: window, gutter)) }
            last = line
        }
        return result
    }

    private func numbered(_ line: Int, window: Range<Int>, _ gutter: Int) -> String {
        let number = String(line)
        let margin = String(repeating: " ", count: max(gutter - number.count, 0)) + number + " |"
        let text = clipped(DisplayWidth.shown(text(of: line)), to: window)
        return style.dim(margin) + (text.isEmpty ? "" : " " + text)
    }

    private func drawn(_ underline: Underline, window: Range<Int>, _ gutter: Int) -> String {
        let columns = underline.columns.clamped(to: window)
        // An empty span, as where something is missing, still gets one caret.
        let width = max(columns.count, 1)
        let line =
            String(repeating: underline.isPrimary ? "^" : "-", count: width)
            + (underline.message.isEmpty ? "" : " " + underline.message)
        return style.dim(String(repeating: " ", count: gutter) + " |") + " "
            + String(repeating: " ", count: columns.lowerBound - window.lowerBound)
            + (underline.isPrimary ? style.primary(line) : style.secondary(line))
    }

    /// The columns of a line that are shown: all of it, unless it is very long.
    private func window(_ underlines: [Underline], _ line: Int) -> Range<Int> {
        let width = DisplayWidth.columns(of: text(of: line))
        let focus = (underlines.first { $0.isPrimary } ?? underlines.first)?.columns.lowerBound ?? 0
        guard width > Self.widestLine, focus > Self.widestLine / 2 else { return 0..<max(Self.widestLine, focus + 1) }
        return focus - Self.widestLine / 2..<focus + Self.widestLine / 2
    }

    private func clipped(_ shown: String, to window: Range<Int>) -> String {
        var result = ""
        var column = 0
        for character in shown {
            if column >= window.upperBound { break }
            if column >= window.lowerBound { result.append(character) }
            column += DisplayWidth.columns(of: String(character))
        }
        return result
    }

    /// Each mark's underlines: one for a span in a line, two (its first and last line) for a longer one, which carries
    /// its message on the last.
    private var underlines: [Underline] {
        marks.prefix(Self.mostMarks).flatMap { mark -> [Underline] in
            let first = source.position(of: mark.span.lowerBound).line
            let last = source.position(of: max(mark.span.lowerBound, mark.span.upperBound - 1)).line
            if first == last { return [underline(mark, line: first, message: mark.message)] }
            return [underline(mark, line: first, message: ""), underline(mark, line: last, message: mark.message)]
        }
    }

    private func underline(_ mark: Mark, line: Int, message: String) -> Underline {
        let bounds = extent(of: line)
        let bytes = source.bytes[bounds]
        let indent = bytes.prefix { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }.count
        let start = max(mark.span.lowerBound, min(bounds.lowerBound + indent, mark.span.upperBound))
        let span = (min(start, mark.span.upperBound)..<mark.span.upperBound).clamped(to: bounds)
        let columns = column(span.lowerBound, in: bounds)..<column(span.upperBound, in: bounds)
        return Underline(line: line, columns: columns, message: message, isPrimary: mark.isPrimary)
    }

    /// The bytes of a line that are looked at: all of them, unless there are very many.
    private func extent(of line: Int) -> Range<Int> {
        guard let span = source.lineSpan(line) else { return 0..<0 }
        guard span.count > Self.longestLine else { return span }
        let ends = marks.prefix(Self.mostMarks).flatMap { [$0.span.lowerBound, $0.span.upperBound - 1] }
        let focus = ends.first { span.contains($0) } ?? span.lowerBound
        let half = Self.longestLine / 2
        return scalar(at: max(span.lowerBound, focus - half))..<scalar(at: min(span.upperBound, focus + half))
    }

    /// The first place from an offset on at which a scalar begins, or the text ends.
    private func scalar(at offset: Int) -> Int {
        source.bytes[offset...].firstIndex { $0 & 0xC0 != 0x80 } ?? source.bytes.count
    }

    private func text(of line: Int) -> String {
        String(decoding: source.bytes[extent(of: line)], as: UTF8.self)
    }

    private func column(_ offset: Int, in line: Range<Int>) -> Int {
        DisplayWidth.columns(of: String(decoding: source.bytes[line.lowerBound..<offset], as: UTF8.self))
    }
}
