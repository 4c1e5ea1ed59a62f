// SPDX-License-Identifier: BSD-2-Clause

/// Prints lines, four spaces deeper in each block.
struct CodePrinter {
    private(set) var text = ""
    private var indentation = ""

    mutating func line(_ line: String) {
        if !line.isEmpty {
            text += indentation
            text += line
        }
        text += "\n"
    }

    mutating func lines(_ lines: [String]) {
        for line in lines { self.line(line) }
    }

    mutating func blank() {
        line("")
    }

    /// `opening`, what `body` prints, one step deeper, and `closing`.
    mutating func block(_ opening: String, closing: String = "}", _ body: (inout CodePrinter) -> Void) {
        lines(opening.split(separator: "\n").map(String.init))
        indented(body)
        line(closing)
    }

    /// What `body` prints, one step deeper.
    mutating func indented(_ body: (inout CodePrinter) -> Void) {
        indentation += "    "
        body(&self)
        indentation.removeLast(4)
    }
}
