// SPDX-License-Identifier: BSD-2-Clause

import CCompilers
import Foundation
import Testing

/// What our headers declare of a tree, by clang's own syntax tree, stands in the probe: so that nothing is declared that
/// no tree was asked about.
@Suite(.enabled(if: Program.find("clang-14") != nil, "needs clang-14"))
struct ProbeCoverageTests {
    /// A node of `-ast-dump=json`.
    private struct Node: Decodable {
        struct Location: Decodable {
            struct Includer: Decodable {}

            struct Expansion: Decodable {
                let includedFrom: Includer?
            }

            let includedFrom: Includer?
            let expansionLoc: Expansion?
        }

        let kind: String?
        let name: String?
        let isImplicit: Bool?
        let loc: Location?
        let inner: [Node]?

        var isOfTheFile: Bool {
            isImplicit != true && loc?.includedFrom == nil && loc?.expansionLoc?.includedFrom == nil
        }

        /// The names that it declares, without those of parameters.
        var names: [String] {
            let own = ["ParmVarDecl", "ElaboratedType"].contains(kind) ? [] : [name].compactMap { $0 }
            return own + (inner ?? []).filter { ["FieldDecl", "EnumConstantDecl"].contains($0.kind) }.flatMap(\.names)
        }
    }

    private static let headers = ["tree", "tree-3.9", "tree-3.11"].flatMap { directory in
        let root = CCompiler.stubs(directory)
        let paths = FileManager.default.enumerator(atPath: root)?.compactMap { $0 as? String } ?? []
        return paths.filter { $0.hasSuffix(".h") }.sorted().map { "\(root)/\($0)" }
    }

    @Test func theProbeNamesAllThatOurHeadersDeclare() throws {
        let words = Set(try Machine.probe().text.split { !($0.isLetter || $0.isNumber || $0 == "_") })
        let clang = try #require(Program.find("clang-14"))
        var (count, missing): (Int, [String]) = (0, [])
        for header in Self.headers {
            let release = header.contains("/tree-3.9/") ? "tree-3.9" : "tree-3.11"
            let directories = ["libc", "generated", "tree", release].flatMap { ["-isystem", CCompiler.stubs($0)] }
            let dump = try Program.run(
                clang,
                ["-x", "c", "-w", "-fsyntax-only", "-Xclang", "-ast-dump=json", "-nostdinc"] + directories
                    + ["-DTOPOC_RELEASE=\(release == "tree-3.9" ? 310 : 311)", header])
            try #require(dump.status == 0, "\(header)")
            let unit = try JSONDecoder().decode(Node.self, from: Data(dump.output.utf8))
            for name in (unit.inner ?? []).filter(\.isOfTheFile).flatMap(\.names)
            where !name.hasPrefix("topoc_stub_") {
                count += 1
                if !words.contains(Substring(name)) { missing.append("\(name) of \(header)") }
            }
        }
        #expect(missing == [])
        #expect(count > 100)
    }
}
