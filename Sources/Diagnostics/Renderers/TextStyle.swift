// SPDX-License-Identifier: BSD-2-Clause

/// The colours of text for a terminal, or none.
public struct TextStyle: Sendable {
    public let isColoured: Bool

    public init(isColoured: Bool) {
        self.isColoured = isColoured
    }

    package func severity(_ severity: Severity, _ text: String) -> String {
        paint(text, severity == .error ? "1;31" : "1;33")
    }
    func bold(_ text: String) -> String { paint(text, "1") }
    func dim(_ text: String) -> String { paint(text, "2") }
    func primary(_ text: String) -> String { paint(text, "1;31") }
    func secondary(_ text: String) -> String { paint(text, "34") }
    public func added(_ text: String) -> String { paint(text, "32") }
    public func removed(_ text: String) -> String { paint(text, "31") }

    private func paint(_ text: String, _ code: String) -> String {
        isColoured ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }
}
