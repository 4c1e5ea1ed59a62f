// SPDX-License-Identifier: BSD-2-Clause

import CCompilers
import Diagnostics
import Foundation
import Testing

@testable import ClangSource

/// topoc's own headers say of a tree what the tree says of itself.
@Suite struct HeaderTests {
    private func messages(_ reports: [Report]) -> [String] {
        reports.flatMap { report in
            report.findings.map { "\(report.source.name): \($0.code) \($0.message) \($0.notes.first ?? "")" }
        }
    }

    @Test(.enabled(if: Machine.hasLibclang, Machine.needsLibclang), arguments: SourceHeaders.Release.allCases)
    func theProbeHoldsOverOurHeaders(_ release: SourceHeaders.Release) throws {
        for libclang in Machine.libclangs {
            let checker = try SourceChecker(.stubs(release), libclang: libclang)
            #expect(messages(checker.check([try Machine.probe()])) == [])
        }
    }

    @Test(.enabled(if: Machine.hasLibclang, Machine.needsLibclang), arguments: Machine.trees)
    func theProbeHoldsOverATree(_ root: String) throws {
        let tree = try TreeHeaders(root: root)
        for libclang in Machine.libclangs {
            let checker = try SourceChecker(tree.headers, libclang: libclang)
            #expect(messages(checker.check([try Machine.probe()])) == [])
        }
    }

    @Test(.enabled(if: Machine.treesMissing.isEmpty, "needs \(Machine.treesMissing)")) func everyTreeIsNamed() {
        #expect(!Machine.trees.isEmpty)
    }

    /// What the probe says could be wrong: each of these changes is a finding, over a tree and over ours.
    @Test(
        .enabled(if: Machine.hasLibclang, Machine.needsLibclang),
        arguments: [
            ("FIELD(virtio_net_t, iobase, unsigned int)", "FIELD(virtio_net_t, iobase, unsigned long)"),
            ("int vm_inject_irq(vm_vcpu_t *vcpu, int irq)", "int vm_inject_irq(vm_vcpu_t *vcpu)"),
            ("CONSTANT(VIRTQUEUE_DRIVER, 1)", "CONSTANT(VIRTQUEUE_DRIVER, 2)"),
            ("void seL4_Signal(seL4_CPtr dest)", "void seL4_Signal(char dest)"),
        ])
    func theProbeCanFail(_ change: (String, String)) throws {
        var probe = try Machine.probe()
        try #require(probe.text.contains(change.0))
        probe.text.replace(change.0, with: change.1)
        for headers in try [.stubs(.camkes3_11)] + Machine.trees.map({ try TreeHeaders(root: $0).headers }) {
            #expect(!(try SourceChecker(headers).check([probe])).isEmpty, "\(headers.name)")
        }
    }

    @Test(.enabled(if: Machine.hasLibclang, Machine.needsLibclang)) func theProbeIncludesEachOfOurHeaders() throws {
        let probe = try Machine.probe()
        for release in SourceHeaders.Release.allCases {
            let headers = SourceHeaders.stubs(release)
            let unit = try TranslationUnit(
                Libclang.find(), path: "/\(probe.path)",
                arguments: ["-nostdinc"] + headers.directories.flatMap { ["-isystem", $0] }
                    + headers.defines.map { "-D\($0)" },
                files: headers.files + [CFile(path: "/\(probe.path)", text: probe.text)])
            for file in headers.files where file.path.contains("/tree") {
                #expect(unit.inclusion(of: file.path) != nil, "\(file.path)")
            }
        }
    }

    @Test func allOurHeadersAreEmbedded() throws {
        let directory = URL(filePath: CCompiler.stubs(""))
        let directories = try FileManager.default.contentsOfDirectory(atPath: directory.path)
        let embedded = SourceHeaders.stubFiles(in: directories)
        let onDisk = try #require(FileManager.default.enumerator(atPath: directory.path)).compactMap { $0 as? String }
            .filter { $0.hasSuffix(".h") }
        #expect(onDisk.count == embedded.count)
        for path in onDisk {
            let file = embedded.first { $0.path.hasSuffix("/headers/\(path)") }
            #expect(file?.text == (try String(contentsOf: directory.appending(path: path), encoding: .utf8)), "\(path)")
        }
    }

    @Test func whatIsNoTreeIsNamed() throws {
        let error = #expect(throws: TreeHeadersError.self) { try TreeHeaders(root: "/nowhere/at all") }
        #expect(error?.message == "/nowhere/at all is no checkout of camkes-vm-examples with its projects, from 3.9 on")
        #expect(error?.notes.first == "there is no kernel/libsel4/include/sel4/sel4.h")
        #expect(error?.notes.last?.hasPrefix("`repo sync`") == true)
    }

    @Test(arguments: CCompiler.available, [("tree-3.9", 309), ("tree-3.9", 310), ("tree-3.11", 311)])
    func theProbeCompiles(_ compiler: CCompiler, _ release: (directory: String, number: Int)) throws {
        let files = [try Machine.probe(), try Machine.device()]
        let said = try compiler.complaints(
            about: files.map { ($0.path, $0.text) },
            including: ["generated", "tree", release.directory].map(CCompiler.stubs),
            options: ["-std=gnu11", "-DTOPOC_RELEASE=\(release.number)"])
        #expect(said == "")
    }

    @Test(.enabled(if: Astyle.isThere, "needs astyle")) func astyleChangesNoHeader() throws {
        let files =
            SourceHeaders.stubFiles(in: ["libc", "generated", "tree", "tree-3.9", "tree-3.11"])
            + [try Machine.probe(), try Machine.device()]
        let changes = try Astyle.changes(of: files.map { ($0.path, $0.text) })
        #expect(changes == [])
    }
}
