// SPDX-License-Identifier: BSD-2-Clause

extension AppEmitter {
    /// The directories of an app that hold nothing but emitted files, unless its author puts others there.
    public static let directories = ["network", "configurations"]

    /// Whether some wiring's app has a file at this path, which is relative to the app's directory. A file there that
    /// the present wiring's app does not have is of an earlier one.
    public static func isOwn(_ path: String) -> Bool {
        if path == ConnectionsHeader.path { return true }
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == "network", let number = Int(parts[1].dropFirst(2)) else { return false }
        return parts[1] == "vm\(number)" && ["hostname", "hosts", "interfaces"].contains(parts[2])
    }

    /// The name under which an assembly of that name is written.
    public static func fileName(of assemblyName: String) -> String { "\(Spelling.word(assemblyName)).camkes" }
}
