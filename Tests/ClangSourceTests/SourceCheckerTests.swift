// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import Testing

@testable import ClangSource

/// What the check makes of files that belong together, and of odd ones.
@Suite(.enabled(if: Machine.hasLibclang, Machine.needsLibclang))
struct SourceCheckerTests {
    private func check(_ files: (path: String, text: String)..., searching: [String] = []) throws -> [Report] {
        try SourceChecker(.stubs(.camkes3_11)).check(
            files.map { CFile(path: $0.path, text: $0.text) }, searching: searching)
    }

    @Test func aHeaderOfTheAppIsFoundBesideTheFileAndInTheDirectoriesOfTheApp() throws {
        let files = [
            (path: "src/a.c", text: "#include \"b.h\"\n#include <topoc/c.h>\nint a = B + C;\n"),
            (path: "src/b.h", text: "#define B 1\n"), (path: "include/topoc/c.h", text: "#define C 1\n"),
        ]
        #expect(try check(files[0], files[1], files[2], searching: ["include"]).isEmpty)
        let lost = try check(files[0], files[1], files[2])
        #expect(lost.flatMap(\.findings).map(\.message) == ["there is no header `topoc/c.h`"])
    }

    /// Once, in the header, though two files include it.
    @Test func aFaultInAHeaderOfTheAppHasItsPlaceThere() throws {
        let header = "int one(void);\nstatic inline int two(void)\n{\n    return ones();\n}\n"
        let reports = try check(
            ("a.c", "#include \"h.h\"\nint a(void);\nint a(void)\n{\n    return two();\n}\n"),
            ("b.c", "#include \"h.h\"\n"), ("h.h", header))
        #expect(reports.map(\.source.name) == ["h.h"])
        let findings = reports.flatMap(\.findings)
        #expect(findings.map(\.code) == ["TOPO701"])
        #expect(findings.first?.span == 56..<60)
    }

    @Test func twoFaultsAtOnePlaceAreBothSaid() throws {
        let reports = try check(("a.c", "int b(int);\nint a(void);\nint a(void)\n{\n    return b(c, d);\n}\n"))
        let messages = reports.flatMap(\.findings).map(\.message)
        #expect(messages.contains("use of undeclared identifier `c`"))
        #expect(messages.contains("use of undeclared identifier `d`"))
    }

    /// The place is the `#include` that leads there.
    @Test func aFaultInAHeaderOfTheTreeIsNamed() throws {
        let headers = SourceHeaders(
            name: "a tree", directories: ["/nowhere/tree"],
            files: [
                CFile(path: "/nowhere/tree/outer.h", text: "#include <inner.h>\n"),
                CFile(path: "/nowhere/tree/inner.h", text: "\n#include <gone.h>\n"),
            ])
        let reports = try SourceChecker(headers).check([CFile(path: "a.c", text: "int a;\n#include <outer.h>\n")])
        let finding = try #require(reports.first?.findings.first)
        #expect(reports.count == 1 && reports.first?.findings.count == 1)
        #expect(finding.code == "TOPO704")
        #expect(finding.message == "there is no header `gone.h`")
        #expect(finding.span.map { reports[0].source.position(of: $0.lowerBound).line } == 2)
        #expect(finding.notes.first == "in /nowhere/tree/inner.h:2, which this file includes")
    }

    @Test func aFaultOfOneMachineSaysOfWhich() throws {
        let reports = try check(("a.c", "_Static_assert(sizeof(long) == 8, \"a long has 8 bytes\");\n"))
        let findings = reports.flatMap(\.findings)
        #expect(findings.map(\.code) == ["TOPO707"])
        #expect(findings.first?.notes.first == "only where it is compiled for i686-linux-gnu")
    }

    @Test func allFaultsAreFoundAtOnceInTheirOrder() throws {
        let text = "int b(void);\nint a(void);\nint a(void)\n{\n    b(1);\n    c();\n    return d;\n}\n"
        let reports = try check(("a.c", text))
        #expect(reports.flatMap(\.findings).map(\.code) == ["TOPO702", "TOPO701", "TOPO706"])
        let first = try #require(reports.first?.findings.first)
        #expect(first.labels == [Label(4..<5, "`b` declared here")])
        let shown = TextRenderer(style: TextStyle(isColoured: false)).render(reports)
        #expect(shown.contains("5 |     b(1);\n  |       ^"))
    }

    @Test func whereAFunctionIsDeclaredIsSaid() throws {
        let text =
            "#include <sel4vm/guest_irq_controller.h>\n#include \"h.h\"\nint a = 0;\nint b(vm_vcpu_t *c);\n"
            + "int b(vm_vcpu_t *c)\n{\n    return vm_inject_irq(c) + d(1);\n}\n"
        let findings = try check(("a.c", text), ("h.h", "\nint d(void);\n")).flatMap(\.findings)
        #expect(findings.map(\.code) == ["TOPO702", "TOPO702"])
        #expect(
            findings.first?.notes.first
                == "topoc's tree/sel4vm/guest_irq_controller.h:7: `vm_inject_irq` declared here")
        #expect(findings.last?.notes.first == "h.h:2: `d` declared here")
    }

    @Test func oddTextIsNoCrash() throws {
        let megabyte = String(repeating: "x", count: 1 << 20)
        let odd: [(name: String, text: String, codes: Set<String>)] = [
            ("empty", "", []),
            ("one newline", "\n", []),
            ("NUL", "int a;\0int b;\n", ["TOPO707"]),
            ("only NUL", "\0", ["TOPO707"]),
            ("includes itself", "#include \"a.c\"\n", ["TOPO707"]),
            ("a long name", "int \(megabyte)y;\n", []),
            ("a long line", "int a = " + String(repeating: "1 + ", count: 1 << 18) + "b;\n", ["TOPO706"]),
            ("deep", "int a = " + String(repeating: "(", count: 100_000), ["TOPO707"]),
            ("a long string", "const char *a = \"\(megabyte);\n", ["TOPO707"]),
            ("no newline", "int a", ["TOPO707"]),
            ("a comment that does not end", "/* \(megabyte)", ["TOPO707"]),
            ("many faults", String(repeating: "int a(void) { return b; }\n", count: 1000), ["TOPO706", "TOPO707"]),
            ("not ASCII", "int größe = 🦀;\n", ["TOPO706"]),
            ("a byte order mark", "\u{FEFF}int a;\n", []),
            ("carriage returns", "int a;\r\nint b = c;\r\n", ["TOPO706"]),
            ("a line marker", "# 1 \"elsewhere.c\"\nint b = c;\n", ["TOPO706"]),
        ]
        for libclang in Machine.libclangs {
            let checker = try SourceChecker(.stubs(.camkes3_11), libclang: libclang)
            for (name, text, codes) in odd {
                let reports = checker.check([CFile(path: "a.c", text: text)])
                #expect(Set(reports.flatMap(\.findings).map(\.code)) == codes, "\(name), \(libclang.version)")
                for finding in reports.flatMap(\.findings) {
                    #expect((finding.span?.upperBound ?? 0) <= text.utf8.count, "\(name)")
                }
                _ = TextRenderer(style: TextStyle(isColoured: false)).render(reports)
            }
        }
    }

    @Test func headersThatIncludeEachOtherAreNoCrash() throws {
        let reports = try check(
            ("a.c", "#include \"b.h\"\n"), ("b.h", "#include \"c.h\"\n"), ("c.h", "#include \"b.h\"\n"))
        #expect(reports.flatMap(\.findings).map(\.code).allSatisfy { $0 == "TOPO707" })
        #expect(!reports.isEmpty)
    }

    @Test func theExamplesOfTheRulesSayWhatTheyShow() throws {
        let head =
            "#include <sel4vm/boot.h>\n#include <sel4vm/guest_irq_controller.h>\n"
            + "#include <sel4vmmplatsupport/drivers/virtio_net.h>\n#include <virtio_irq.h>\n"
        for rule in SourceRules.all {
            let bad = try check(("a.c", head + rule.bad + "\n"))
            #expect(bad.flatMap(\.findings).map(\.code) == [rule.code])
            #expect(try check(("a.c", head + rule.good + "\n")).isEmpty, "\(rule.code)")
        }
    }
}

/// A machine without libclang: nothing is wrong, and nothing is silent.
@Suite struct MissingLibclangTests {
    @Test func whatCannotBeLoadedIsNamed() throws {
        let error = #expect(throws: ClangUnavailable.self) { try Libclang(path: "/nowhere/libclang.so") }
        #expect(error?.message == "not checked: /nowhere/libclang.so cannot be used as libclang")
        #expect(error?.notes.first?.contains("/nowhere/libclang.so") == true)
        // A library that is there, and is another.
        let other = #expect(throws: ClangUnavailable.self) { try Libclang(path: "libm.so.6") }
        #expect(other?.notes == ["libm.so.6 has no clang_getClangVersion"])
    }

    @Test func whereNoneLoadsTheWayOutIsSaid() {
        let error = #expect(throws: ClangUnavailable.self) {
            try Libclang.first(of: ["/nowhere/libclang.so", "libm.so.6"])
        }
        #expect(error?.message == "not checked: libclang was not found (apt-get install libclang1-14)")
        #expect(error?.notes.count == 2)
    }
}
