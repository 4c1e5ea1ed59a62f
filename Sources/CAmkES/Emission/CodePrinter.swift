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
        line(opening)
        indentation += "    "
        body(&self)
        indentation.removeLast(4)
        line(closing)
    }
}
