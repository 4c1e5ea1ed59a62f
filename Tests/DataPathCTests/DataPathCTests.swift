// SPDX-License-Identifier: BSD-2-Clause

import CCompilers
import Foundation
import Testing

/// The C of the data path compiles for every machine that it is written for, and stands as seL4 lays out C.
@Suite struct DataPathCTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    private static let headers = ["CVirtqueue", "CVSwitch", "CFilter"].map {
        root.appending(path: "Sources/\($0)/include").path
    }

    @Test(.enabled(if: CCompiler.missing.isEmpty, "not there: \(CCompiler.missing)")) func everyCompilerIsThere() {
        #expect(CCompiler.available == CCompiler.all)
    }

    /// All of it: the switch includes the links, the links one layout.
    @Test(
        arguments: CCompiler.available,
        ["TOPOC_LAYOUT_PACKED", "TOPOC_LAYOUT_SPLIT", "TOPOC_LAYOUT_LIBVIRTQUEUE"])
    func compiles(_ compiler: CCompiler, _ layout: String) throws {
        // gcc finds some faults only where it makes code, and makes none of a function that nothing calls.
        let keeping = compiler.program == "gcc" ? ["-fkeep-inline-functions"] : []
        let said = try compiler.complaints(
            about: [("data_path.c", "#include <topoc/switch.h>\n#include <topoc/filter_carry.h>\n")],
            including: Self.headers,
            options: ["-ffreestanding", "-DTOPOC_LINK_LAYOUT=\(layout)"] + keeping)
        #expect(said == "")
    }

    /// A fault is seen: what compiles above could be refused.
    @Test(arguments: CCompiler.available) func refusesWhatIsWrong(_ compiler: CCompiler) throws {
        for wrong in ["int a = b;", "short c(long d);\nshort c(long d) { return d; }", "int e(int f) { return 1; }"] {
            #expect(try compiler.complaints(about: [("wrong.c", wrong + "\n")]).contains("error:"))
        }
    }

    @Test(.enabled(if: Astyle.isThere, "needs astyle")) func astyleChangesNothing() throws {
        var files: [(path: String, text: String)] = []
        for directory in ["Benchmarks/DataPath", "Sources", "Tests"] {
            let all = FileManager.default.enumerator(atPath: Self.root.appending(path: directory).path)
            for path in (all?.compactMap { $0 as? String } ?? []).sorted()
            where path.hasSuffix(".c") || path.hasSuffix(".h") {
                let url = Self.root.appending(path: "\(directory)/\(path)")
                files.append(("\(directory)/\(path)", try String(contentsOf: url, encoding: .utf8)))
            }
        }
        try #require(files.count > 60)
        let changes = try Astyle.changes(of: files.filter { !$0.path.hasPrefix("Tests/Golden/") })
        #expect(changes == [])
    }
}
