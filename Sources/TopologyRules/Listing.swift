// SPDX-License-Identifier: BSD-2-Clause

/// Lists inside a message, which stay readable however many things there are.
enum Listing {
    /// How many items a list names before it counts the rest.
    static let limit = 4

    /// `a`, `a and b`, `a, b and c`, or `a, b, c, d and 12 more`.
    /// - Parameter total: how many there are, where `items` are only the first of them.
    static func list(_ items: some Collection<String>, total: Int? = nil) -> String {
        let shown = Array(items.prefix(limit))
        let rest = (total ?? items.count) - shown.count
        if rest > 0 { return shown.joined(separator: ", ") + " and \(rest) more" }
        guard let last = shown.last, shown.count > 1 else { return shown.first ?? "" }
        return shown.dropLast().joined(separator: ", ") + " and " + last
    }

    /// `1 peer`, `5 peers`.
    static func count(_ number: Int, _ noun: String) -> String {
        "\(number) \(noun)\(number == 1 ? "" : "s")"
    }
}
