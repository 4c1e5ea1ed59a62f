// SPDX-License-Identifier: BSD-2-Clause

import Foundation
import Testing

@Suite struct BuildTests {
    private let scratch: Scratch

    init() throws {
        scratch = try Scratch()
        try scratch.put("mesh.topo", Sample.good)
    }

    private func build(_ arguments: String...) throws -> Ended {
        try Executable.run(Executable.topoc, ["build", "mesh.topo"] + arguments, in: scratch.path)
    }

    /// The files below `out`, with their text.
    private func written() throws -> [String: String] {
        let files = scratch.names.filter { name in
            var isDirectory: ObjCBool = false
            _ = FileManager.default.fileExists(atPath: scratch / name, isDirectory: &isDirectory)
            return name.hasPrefix("out/") && !isDirectory.boolValue
        }
        return Dictionary(uniqueKeysWithValues: try files.map { ($0, try scratch.text($0)) })
    }

    @Test func theAppIsWrittenWithAllItNeeds() throws {
        let whole = try build("-o", "out/pair.camkes")
        #expect(whole.status == 0, "\(whole.errors)")
        #expect(
            try written().keys.filter { $0.hasPrefix("out/src/") || $0.hasPrefix("out/connectors/") }.sorted() == [
                "out/connectors/templates/topocVirtQueues-from.template.c",
                "out/connectors/templates/topocVirtQueues-from.template.h",
                "out/connectors/topocVirtQueues.camkes", "out/src/virtio_net_vswitch.c",
                "out/src/virtio_net_vswitch.h", "out/src/vm0_interfaces.c", "out/src/vm1_interfaces.c",
            ])
        #expect(try written()["out/include/topoc/switch.h"] != nil)
        // What the other data path does not have goes.
        let ended = try build("-o", "out/pair.camkes", "--data-path", "tree")
        #expect(ended.status == 0, "\(ended.errors)")
        let files = try written()
        #expect(
            files.keys.sorted() == [
                "out/CMakeLists.txt", "out/app_settings.cmake", "out/configurations/connections.h",
                "out/network/vm0/hostname", "out/network/vm0/hosts", "out/network/vm0/interfaces",
                "out/network/vm1/hostname", "out/network/vm1/hosts", "out/network/vm1/interfaces",
                "out/pair.camkes",
            ])
        #expect(files["out/pair.camkes"]?.contains("VM_CONNECTION_CONNECT_VMS(init.init, ") == true)
        let expanded = try build("-o", "out/pair.camkes", "--data-path", "tree", "--form", "expanded")
        #expect(expanded.status == 0)
        #expect(try written()["out/configurations/connections.h"] == nil)
    }

    // MARK: - The programs of guests

    private func declarePrograms(_ folder: String = "src") throws {
        let text = Sample.good.replacing("{\n", with: "{\n    Programs(\"\(folder)\", \"hello\")\n", maxReplacements: 1)
        try scratch.put("mesh.topo", text)
    }

    @Test func theAppHasACopyOfThePrograms() throws {
        try declarePrograms()
        try scratch.put("src/CMakeLists.txt", "project(hello C)\n")
        try scratch.put("src/parts/hello.c", "int main(void) { return 0; }\n")
        try scratch.put("src/.hello.c.swp", "of an editor\n")
        let ended = try build("-o", "out/pair.camkes")
        #expect(ended.status == 0, "\(ended.errors)")
        let files = try written()
        #expect(
            files.keys.filter { $0.hasPrefix("out/programs/") }.sorted() == [
                "out/programs/src/CMakeLists.txt", "out/programs/src/parts/hello.c",
            ])
        #expect(files["out/programs/src/parts/hello.c"] == "int main(void) { return 0; }\n")
        #expect(try build("-o", "out/pair.camkes", "--check").status == 0)
        // A copy that is older than its original is a difference.
        try scratch.put("src/parts/hello.c", "int main(void) { return 1; }\n")
        let changed = try build("-o", "out/pair.camkes", "--check")
        #expect(changed.status == 1)
        #expect(changed.output.contains("+int main(void) { return 1; }"))
    }

    @Test func programsThatAreNotThereAreNamed() throws {
        try declarePrograms("programs/of-mine")
        let ended = try build("-o", "out/pair.camkes")
        #expect(ended.status == 74)
        #expect(ended.errors.contains("`programs/of-mine`: there is no CMakeLists.txt"))
        #expect(try written().isEmpty)
    }

    @Test func aFolderWithoutEndIsNotCopied() throws {
        try declarePrograms()
        try scratch.put("src/CMakeLists.txt", "project(hello C)\n")
        for number in 0..<1001 { try scratch.put("src/\(number)", "") }
        let ended = try build("-o", "out/pair.camkes")
        #expect(ended.status == 74)
        #expect(ended.errors.contains("`src`: more than 1000 files or 16 MiB"))
    }

    @Test func withoutLibclangTheCIsNotCheckedAndThatIsSaid() throws {
        let ended = try Executable.run(
            Executable.topoc, ["build", "mesh.topo", "-o", "out/pair.camkes", "--certificate-smt", "out/a.smt2"],
            in: scratch.path, environment: ["TOPOC_LIBCLANG": "/nonexistent/libclang.so"])
        #expect(ended.status == 0, "\(ended.errors)")
        #expect(
            ended.errors.contains("note: the C is not checked: /nonexistent/libclang.so cannot be used as libclang"))
        #expect(ended.output.contains("; MAC addresses were not read back\n"))
        #expect(try scratch.text("out/a.smt2").contains("Addresses are left out"))
    }

    @Test func aTreeThatIsNoneIsNamed() throws {
        let ended = try build("-o", "out/pair.camkes", "--tree", "nowhere")
        #expect(ended.status == 74)
        #expect(ended.errors.contains("nowhere is no checkout of camkes-vm-examples"))
        #expect(try written().isEmpty)
    }

    @Test func theTemplateForTheTreesConnectorIsAFileOfItsOwn() throws {
        #expect(try build("-o", "out/pair.camkes", "--connector-template", "tree.c").status == 0)
        #expect(try scratch.text("tree.c").contains("macros.global_endpoint_badges(composition, end,"))
    }

    @Test func whatWasAllowedAndCannotBeCarriedIsNamed() throws {
        try scratch.put(
            "mesh.topo",
            Sample.good.replacing("0..<2", with: "0..<1").replacing(
                "Partition", with: "VM(1, mac: \"02:00:00:00:BB:01\")\nVM(2, mac: \"02:00:00:00:BB:01\")\nPartition",
                maxReplacements: 1
            ).replacing("Link(0, 1)", with: "Mesh(0..<3)"))
        let ended = try build("-o", "out/pair.camkes", "--allow", "TOPO206")
        #expect(ended.status == 1)
        #expect(ended.errors.contains("what was allowed leaves nothing that the data path `topoc` can carry"))
        #expect(try build("-o", "out/pair.camkes", "--allow", "TOPO206", "--data-path", "tree").status == 0)
    }

    @Test func whatAnEarlierBuildLeftGoesAndWhatOthersWroteStays() throws {
        try scratch.put("three.topo", Sample.good.replacingOccurrences(of: "0..<2", with: "0..<3"))
        #expect(try build("-o", "out/pair.camkes").status == 0)
        let two = try written()
        #expect(
            try Executable.run(
                Executable.topoc, ["build", "three.topo", "-o", "out/pair.camkes"], in: scratch.path
            ).status == 0)
        #expect(try written()["out/network/vm2/hostname"] != nil)
        try scratch.put("out/network/vm7/hosts", "a guest's own\n")
        #expect(try build("-o", "out/pair.camkes").status == 0)
        #expect(try written() == two.merging(["out/network/vm7/hosts": "a guest's own\n"]) { $1 })
    }

    @Test(arguments: ["mesh.topo", "./mesh.topo", "out/pair.camkes"])
    func aCertificateTakesNoOtherFilesPlace(_ path: String) throws {
        #expect(try build("-o", "out/pair.camkes", "--certificate", path).status == 64)
        #expect(try scratch.text("mesh.topo") == Sample.good)
    }

    @Test func aPreprocessorThatFailsIsNamedWithAWayOut() throws {
        try scratch.put("bin/cc", "#!/bin/sh\necho 'no licence' >&2\nexit 3\n")
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: scratch / "bin/cc")
        let ended = try Executable.run(
            Executable.topoc, ["build", "mesh.topo", "-o", "out/pair.camkes"], in: scratch.path,
            environment: ["PATH": scratch / "bin"])
        #expect(ended.status == 74)
        #expect(
            ended.errors == "error: [TOPO604] \(scratch / "bin/cc") ended with status 3: no licence\n"
                + "  = note: mend the preprocessor or put another first in PATH, or write the expanded form\n"
                + "nothing was written\n")
        #expect(try written().isEmpty)
    }

    @Test func theSameInputGivesTheSameBytesAndUntouchedFiles() throws {
        #expect(try build("-o", "out/pair.camkes").status == 0)
        let first = try written()
        let file = URL(filePath: scratch / "out/pair.camkes")
        let date = try file.resourceValues(forKeys: [.contentModificationDateKey])
            .contentModificationDate
        #expect(try build("-o", "out/pair.camkes").status == 0)
        #expect(try written() == first)
        #expect(
            try file.resourceValues(forKeys: [.contentModificationDateKey]).contentModificationDate
                == date)
    }

    @Test func checkShowsWhatDiffers() throws {
        let missing = try build("-o", "out/pair.camkes", "--check")
        #expect(missing.status == 1)
        #expect(missing.output.contains("--- /dev/null\n+++ out/pair.camkes\n"))
        #expect(try written().isEmpty)
        #expect(try build("-o", "out/pair.camkes").status == 0)
        let clean = try build("-o", "out/pair.camkes", "--check")
        #expect(clean.status == 0)
        #expect(clean.output == "")
        try scratch.put("out/network/vm0/hosts", "mine\n")
        let changed = try build("-o", "out/pair.camkes", "--check")
        #expect(changed.status == 1)
        #expect(
            changed.output.hasPrefix("--- out/network/vm0/hosts\n+++ out/network/vm0/hosts\n@@ -1 +1,"))
        #expect(changed.output.contains("\n-mine\n+"))
        #expect(try scratch.text("out/network/vm0/hosts") == "mine\n")
    }

    @Test func whatIsNoLongerEmittedGoes() throws {
        try scratch.put(
            "mesh.topo",
            Sample.good.replacing("0..<2", with: "0..<3").replacing("(0, 1)", with: "(0, 1); Link(1, 2)"))
        #expect(try build("-o", "out/pair.camkes").status == 0)
        try scratch.put("out/network/vm2/mine", "mine")
        try scratch.put("mesh.topo", Sample.good)
        let check = try build("-o", "out/pair.camkes", "--check")
        #expect(check.status == 1)
        #expect(check.output.contains("--- out/network/vm2/hosts\n+++ /dev/null\n"))
        #expect(!check.output.contains("network/vm2/mine"))
        #expect(try build("-o", "out/pair.camkes").status == 0)
        #expect(try written().keys.filter { $0.contains("vm2") } == ["out/network/vm2/mine"])
        #expect(try build("-o", "out/pair.camkes", "--check").status == 0)
    }

    @Test func aDryRunListsAndWritesNothing() throws {
        let ended = try build("-o", "out/pair.camkes", "-n")
        #expect(ended.status == 0)
        #expect(ended.output.contains("create out/pair.camkes\n"))
        #expect(try written().isEmpty)
    }

    @Test func standardOutputGetsTheAssemblyAlone() throws {
        let ended = try build("--stdout")
        #expect(ended.status == 0)
        #expect(try build("-o", "out/pair.camkes").status == 0)
        #expect(try scratch.text("out/pair.camkes").hasSuffix(ended.output.suffix(200)))
        #expect(scratch.names.contains("out"))
    }

    @Test func errorsStopItUnlessAllowed() throws {
        try scratch.put("mesh.topo", Sample.bad)
        let refused = try build("-o", "out/pair.camkes")
        #expect(refused.status == 1)
        #expect(refused.output == "")
        let code = String(try #require(refused.errors.firstMatch(of: /error\[(TOPO[0-9]{3})\]/)?.1))
        #expect(try written().isEmpty)
        let allowed = try build(
            "-o", "out/pair.camkes", "--allow", code, "--certificate", "out/pair.json")
        #expect(allowed.status == 0)
        #expect(allowed.errors.contains("allowed[\(code)]"))
        #expect(try scratch.text("out/pair.json").contains("\"\(code)\""))
    }

    @Test func certificatesAreWrittenInBothForms() throws {
        let ended = try build(
            "-o", "out/pair.camkes", "--certificate", "out/a.json", "--certificate-smt", "out/a.smt2")
        #expect(ended.status == 0, "\(ended.errors)")
        let certificate = try JSONSerialization.jsonObject(
            with: Data(try scratch.text("out/a.json").utf8))
        #expect(certificate is [String: Any])
        #expect(try scratch.text("out/a.smt2").contains("(check-sat)"))
    }

    @Test func aPlaceThatCannotBeWrittenIsNamed() throws {
        try scratch.put("file", "")
        let ended = try build("-o", "file/pair.camkes")
        #expect(ended.status == 74)
        #expect(ended.errors.contains("error: cannot write `file/"))
        #expect(scratch.names == ["file", "mesh.topo"])
        let device = try build("-o", "out/pair.camkes", "--certificate", "/dev/null")
        #expect(device.status == 74)
        #expect(try written().isEmpty)
    }

    /// Mounts of its own, as root or as a user who may be root of a namespace.
    private static let unshare =
        try? Executable.run("/usr/bin/env", ["unshare", "-rm", "true"]).status == 0

    @Test(
        .enabled(if: unshare == true, "needs unshare(1) with namespaces"),
        arguments: ["size=64k", "ro"])
    func aFullOrReadOnlyDiskLeavesTheOldFiles(option: String) throws {
        let mesh = Sample.good.replacing("0..<2", with: "0..<8").replacing(
            "Link(0, 1)", with: "Line(0..<8)")
        try scratch.put("large.topo", mesh)
        let ended = try Executable.shell(
            """
            cat > run <<'END'
            set -e
            mkdir disk
            mount -t tmpfs -o size=64k none disk
            "$TOPOC" build mesh.topo --data-path tree -o disk/pair.camkes > /dev/null
            # What is left is too little for the larger app.
            cat /dev/zero > disk/filler 2> /dev/null || true
            mount -o remount,\(option) disk
            find disk -type f | sort | xargs cksum > before
            status=0
            "$TOPOC" build large.topo --data-path tree -o disk/pair.camkes > out.txt 2> errors.txt || status=$?
            find disk -type f | sort | xargs cksum > after
            exit $status
            END
            unshare -rm sh run
            """, in: scratch)
        #expect(ended.status == 74, "\(ended.errors)")
        let errors = try scratch.text("errors.txt")
        #expect(
            errors.contains(option == "ro" ? "read-only file system" : "no space left on device"),
            "\(errors)")
        #expect(errors.contains("nothing was changed"))
        #expect(try scratch.text("before") == scratch.text("after"))
        #expect(try !scratch.text("before").isEmpty)
    }
}
