// SPDX-License-Identifier: BSD-2-Clause

import Foundation

/// seL4's formatter of C.
public enum Astyle {
    public static var isThere: Bool { Program.find("astyle") != nil }

    /// Those of the C files and headers that seL4's options change: in each, the first line that they change.
    public static func changes(of files: [(path: String, text: String)]) throws -> [String] {
        try ScratchDirectory.with(files) { root in
            try files.filter { $0.path.hasSuffix(".c") || $0.path.hasSuffix(".h") }.compactMap { file in
                let result = try Program.run(
                    Program.find("astyle") ?? "astyle",
                    ["--options=none", "--suffix=none", "--quiet"] + options.map { "--\($0)" }
                        + ["\(root)/\(file.path)"])
                guard result.status == 0 else { return "\(file.path): \(result.output)" }
                let styled = try String(contentsOfFile: "\(root)/\(file.path)", encoding: .utf8)
                if styled == file.text { return nil }
                let lines = zip(styled.split(separator: "\n"), file.text.split(separator: "\n"))
                return "\(file.path): \(lines.first { $0 != $1 }.map { "\($0.1) → \($0.0)" } ?? "its end")"
            }
        }
    }

    /// Those of seL4's `misc/astylerc`.
    private static let options = [
        "style=otbs", "pad-header", "indent=spaces=4", "attach-closing-while", "pad-oper", "pad-comma",
        "unpad-paren", "align-pointer=name", "add-braces", "attach-return-type", "convert-tabs",
        "min-conditional-indent=0", "max-code-length=120", "max-continuation-indent=120",
    ]
}
