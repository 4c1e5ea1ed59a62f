// SPDX-License-Identifier: BSD-2-Clause

import Foundation
import Testing

@Suite struct InstallTests {
    private let scratch: Scratch
    private static let app = "tree/projects/vm-examples/apps/x86/pair"

    private static let ofThree = Sample.good.replacing("0..<2", with: "0..<3").replacing(
        "Link(0, 1)", with: "Mesh(0..<3)")

    init() throws {
        scratch = try Scratch()
        try StandInTree.make(scratch)
        try scratch.put("mesh.topo", Sample.good)
    }

    private func install(_ arguments: String...) throws -> Ended {
        try Executable.run(
            Executable.topoc, ["install", "--tree", "tree", "mesh.topo"] + arguments, in: scratch.path)
    }

    /// The files of the checkout, with what is in them.
    private func files(_ root: String = "tree") throws -> [String: String] {
        var files: [String: String] = [:]
        for name in scratch.names where name.hasPrefix("\(root)/") {
            files[name] = try? scratch.text(name)
        }
        return files
    }

    @Test func theAppIsPutBesideUpstreamsAndGoesAgainWithoutATrace() throws {
        let before = try files()
        let names = scratch.names
        let ended = try install()
        #expect(ended.status == 0, "\(ended.errors)")
        #expect(ended.output.contains("create \(Self.app)/pair.camkes\n"))
        #expect(ended.output.hasSuffix("build it with: init-build.sh -DCAMKES_VM_APP=pair\n"))
        let after = try files()
        #expect(after.filter { before[$0.key] == nil }.keys.allSatisfy { $0.hasPrefix("\(Self.app)/") })
        #expect(after.filter { before[$0.key] != nil } == before)
        // It is what `build` writes.
        #expect(
            try Executable.topoc("build", "mesh.topo", "-o", "\(Self.app)/pair.camkes", "--check", in: scratch).status
                == 0)

        #expect(try install("--check").output == "")
        #expect(try install("--check").status == 0)
        let again = try install()
        #expect(again.status == 0)
        #expect(again.output.split(separator: "\n").dropLast(2).allSatisfy { $0.hasPrefix("keep ") })
        #expect(try files() == after)

        let removed = try install("--remove")
        #expect(removed.status == 0, "\(removed.errors)")
        #expect(removed.output.contains("remove \(Self.app)/pair.camkes\n"))
        #expect(try files() == before)
        #expect(scratch.names == names)
        let nothing = try install("--remove")
        #expect(nothing.status == 74)
        #expect(nothing.errors.contains("so nothing to remove"))
    }

    @Test func theManifestHasTheHashOfEachFile() throws {
        #expect(try install().status == 0)
        let manifest = try #require(
            JSONSerialization.jsonObject(with: Data(try scratch.text("\(Self.app)/topoc-manifest.json").utf8))
                as? [String: Any])
        let hashes = try #require(manifest["files"] as? [String: String])
        let installed = try files(Self.app).keys.map { String($0.dropFirst(Self.app.count + 1)) }
        #expect(Set(hashes.keys).union(["topoc-manifest.json"]) == Set(installed))
        let said = try Executable.shell("cd \(Self.app) && sha256sum pair.camkes", in: scratch).output
        #expect(hashes["pair.camkes"].map { said.hasPrefix($0) } == true)
        #expect(manifest["target"] as? String == "3.11")
    }

    @Test func anEditStaysAndIsNamed() throws {
        #expect(try install().status == 0)
        let hosts = "\(Self.app)/network/vm0/hosts"
        let generated = try scratch.text(hosts)
        try scratch.put(hosts, "10.0.0.1 mine\n")
        let check = try install("--check")
        #expect(check.status == 1)
        #expect(check.output == "edited \(hosts)\n")
        let again = try install()
        #expect(again.status == 1)
        #expect(again.output.contains("edited \(hosts)\n"))
        #expect(again.errors.contains("the edit stays"))
        #expect(try scratch.text(hosts) == "10.0.0.1 mine\n")

        // Removing takes all but the edit, which stays known.
        let removed = try install("--remove")
        #expect(removed.status == 1)
        #expect(removed.output.contains("left \(hosts)\n"))
        #expect(try Set(files(Self.app).keys) == [hosts, "\(Self.app)/topoc-manifest.json"])
        #expect(try install().status == 1)
        #expect(try scratch.text(hosts) == "10.0.0.1 mine\n")
        #expect(try install("--replace", "network/vm0/hosts").status == 0)
        #expect(try scratch.text(hosts) == generated)
        let odd = try install("--replace", "images/bzimage")
        #expect(odd.status == 64)
        #expect(odd.errors.contains("is no file that topoc has installed"))
    }

    /// An edit of a text that is now another: a mixture would be neither.
    @Test func anEditThatTheTopologyContradictsStopsAll() throws {
        #expect(try install().status == 0)
        let assembly = "\(Self.app)/pair.camkes"
        try scratch.put(assembly, try scratch.text(assembly) + "/* mine */\n")
        let before = try files()
        try scratch.put("mesh.topo", Self.ofThree)
        let ended = try install()
        #expect(ended.status == 1)
        #expect(ended.output == "conflict \(assembly)\n")
        #expect(ended.errors.hasSuffix("nothing was written\n"))
        #expect(try files() == before)
        #expect(try install("--check").output.contains("not installed \(Self.app)/network/vm2/hosts\n"))
        #expect(try install("--replace", "pair.camkes").status == 0)
        #expect(try !scratch.text(assembly).contains("mine"))
        #expect(try install("--check").status == 0)
    }

    @Test func whatIsNoLongerOfTheAppGoesUnlessEdited() throws {
        try scratch.put("mesh.topo", Self.ofThree)
        #expect(try install().status == 0)
        try scratch.put("\(Self.app)/network/vm2/hosts", "mine\n")
        try scratch.put("mesh.topo", Sample.good)
        #expect(try install("--check").output.contains("no longer in the app \(Self.app)/network/vm2/interfaces\n"))
        let ended = try install()
        #expect(ended.status == 1)
        #expect(ended.output.contains("left \(Self.app)/network/vm2/hosts\n"))
        #expect(try files(Self.app).keys.filter { $0.contains("vm2") } == ["\(Self.app)/network/vm2/hosts"])
        // It is nobody's but the user's now.
        #expect(try install().status == 0)
        #expect(try install("--remove").status == 0)
        #expect(try files(Self.app).keys.sorted() == ["\(Self.app)/network/vm2/hosts"])
    }

    @Test func whatIsMissingComesBackAndFilesOfOthersStay() throws {
        #expect(try install().status == 0)
        try scratch.put("\(Self.app)/images/kernel", "mine")
        try FileManager.default.removeItem(atPath: scratch / "\(Self.app)/CMakeLists.txt")
        #expect(try install("--check").output == "missing \(Self.app)/CMakeLists.txt\n")
        #expect(try install("-n").output.contains("create \(Self.app)/CMakeLists.txt\n"))
        #expect(try install("--check").status == 1)
        #expect(try install().status == 0)
        #expect(try install("--remove").status == 0)
        #expect(try files(Self.app) == ["\(Self.app)/images/kernel": "mine"])
    }

    @Test func anAppOfThatNameThatIsNotOursIsLeftAlone() throws {
        let before = try files()
        let ended = try install("--name", "minimal")
        #expect(ended.status == 74)
        #expect(
            ended.errors
                == "error: `tree/projects/vm-examples/apps/x86/minimal` is an app that topoc has not installed\n"
                + "  = note: nothing was changed; choose another name with `--name`, or move that directory away\n")
        #expect(try install("--name", "minimal", "--remove").status == 74)
        #expect(try files() == before)
        // A file that topoc would need, and has not written.
        #expect(try install().status == 0)
        try scratch.put("mesh.topo", Self.ofThree)
        try scratch.put("\(Self.app)/network/vm2/hosts", "mine\n")
        let foreign = try install()
        #expect(foreign.status == 1)
        #expect(foreign.output == "not ours \(Self.app)/network/vm2/hosts\n")
        #expect(try scratch.text("\(Self.app)/network/vm2/hosts") == "mine\n")
    }

    /// CMake would build that one.
    @Test func anAppOfAnotherMachineStandsInTheWay() throws {
        try scratch.put("tree/projects/vm-examples/apps/Arm/pair/pair.camkes", "assembly {}\n")
        let ended = try install()
        #expect(ended.status == 74)
        #expect(ended.errors.contains("apps/Arm/pair` is an app of this name, and the project's settings.cmake looks"))
        #expect(try install("--name", "other").status == 0)
        // It came later: what was installed is removed all the same, and the other app stays.
        try scratch.put("tree/projects/vm-examples/apps/Arm/other/other.camkes", "assembly {}\n")
        #expect(try install("--name", "other", "--check").status == 74)
        let removed = try install("--name", "other", "--remove")
        #expect(removed.status == 0, "\(removed.errors)")
        let left = scratch.names.filter { $0.contains("/other/") }
        #expect(left == ["tree/projects/vm-examples/apps/Arm/other/other.camkes"])
    }

    @Test func theNameAndTheProjectCanBeChosen() throws {
        let none = try install("--project", "projects/mine")
        #expect(none.status == 74)
        #expect(none.errors.contains("`tree` has no `projects/mine`"))
        try scratch.put("tree/projects/mine/CMakeLists.txt", "")
        #expect(try install("--project", "projects/mine", "--name", "other").status == 0)
        #expect(try scratch.text("tree/projects/mine/apps/x86/other/other.camkes").contains("assembly"))
        #expect(try scratch.text("tree/projects/mine/apps/x86/other/CMakeLists.txt").contains("(other.camkes)"))
        let removed = try Executable.topoc(
            "install", "--tree", "tree", "--project", "projects/mine", "--remove", "--name", "other", in: scratch)
        #expect(removed.status == 0, "\(removed.errors)")
        #expect(scratch.names.filter { $0.hasPrefix("tree/projects/mine/") && $0.hasSuffix(".camkes") }.isEmpty)
        for project in ["../mine", "/tmp", "projects/../../x"] {
            #expect(try install("--project", project).status == 64)
        }
        #expect(try install("--name", "a b").status == 64)
    }

    /// Until 3.8 apps were the project's own directories.
    @Test(arguments: [
        ("3.8.0", "pair"), ("3.9.0", "apps/x86/pair"), ("3.10.0", "apps/x86/pair"), ("3.11.1", "apps/x86/pair"),
        ("3.13.0-dev", "apps/x86/pair"),
    ])
    func eachReleaseGetsItsOwnApp(release: String, place: String) throws {
        try StandInTree.make(scratch, release: release, at: "other")
        let ended = try Executable.topoc("install", "--tree", "other", "mesh.topo", in: scratch)
        #expect(ended.status == 0, "\(ended.errors)")
        let text = try scratch.text("other/projects/vm-examples/\(place)/pair.camkes")
        #expect(text.contains("vm0_config.init_cons") == (release == "3.8.0"))
        #expect(text.contains("topocVirtQueues") == (release != "3.8.0"))
        let lists = try scratch.text("other/projects/vm-examples/\(place)/CMakeLists.txt")
        #expect(lists.contains("GetArchDefaultLinuxKernelFile") == !["3.8.0", "3.9.0"].contains(release))
    }

    @Test func whatIsNoTreeOrOfNoKnownReleaseIsNamed() throws {
        func run(_ tree: String, _ more: String...) throws -> Ended {
            try Executable.run(
                Executable.topoc, ["install", "--tree", tree, "mesh.topo"] + more, in: scratch.path)
        }
        let nowhere = try run("nowhere")
        #expect(nowhere.status == 74)
        #expect(nowhere.errors.hasPrefix("error: cannot use `nowhere`: there is no such directory\n"))
        let none = try run(".")
        #expect(none.status == 74)
        #expect(none.errors.contains("it has neither projects/camkes-tool nor tools/camkes"))
        #expect(none.errors.contains("`repo sync`"))

        try StandInTree.make(scratch, release: "3.7.0", at: "old")
        try scratch.put("old/projects/vm/components/Init/src/main.c", "")
        let old = try run("old")
        #expect(old.status == 74)
        #expect(old.errors.contains("has CAmkES 3.7.0, for which topoc writes no app"))
        try scratch.put("old/tools/camkes/VERSION", "")
        #expect(try run("old").errors.contains("does not say which release"))
        #expect(try run("old", "--target", "3.8", "-n").status == 0)

        try StandInTree.make(scratch, release: "3.11.0", at: "torn")
        try scratch.put("torn/tools/camkes/VERSION", "camkes-3.9.0")
        let torn = try run("torn")
        #expect(torn.status == 74)
        #expect(torn.errors.contains("has CAmkES 3.9.0, but projects/vm is of another release"))
        #expect(try run("torn", "--data-path", "topoc", "--target", "3.8").status == 64)
        try StandInTree.make(scratch, release: "3.8.0", at: "eight")
        #expect(try run("eight", "--data-path", "topoc").status == 64)
    }

    /// By a manifest files are changed and removed, and anyone may have written it.
    @Test(arguments: ["../../../../../mesh.topo", "/etc/passwd", "a//b", "./a", "topoc-manifest.json"])
    func aManifestThatLeadsOutOfTheAppIsRefused(path: String) throws {
        #expect(try install().status == 0)
        let place = "\(Self.app)/topoc-manifest.json"
        let text = try scratch.text(place)
        try scratch.put(place, text.replacing("\"CMakeLists.txt\"", with: "\"\(path)\""))
        let ended = try install("--remove")
        #expect(ended.status == 74)
        #expect(ended.errors.contains("which is not in the app"))
        try scratch.put(place, "{")
        #expect(try install("--remove").errors.contains("it is no manifest of this topoc's"))
        #expect(try scratch.text("mesh.topo") == Sample.good)
    }

    @Test func throughALinkNothingIsWritten() throws {
        #expect(try install().status == 0)
        try FileManager.default.removeItem(atPath: scratch / "\(Self.app)/network")
        try scratch.put("elsewhere/keep", "")
        try FileManager.default.createSymbolicLink(
            atPath: scratch / "\(Self.app)/network", withDestinationPath: scratch / "elsewhere")
        let ended = try install()
        #expect(ended.status == 74)
        #expect(ended.errors.contains("network`: it is a link, which topoc has not made"))
        #expect(scratch.names.filter { $0.hasPrefix("elsewhere/") } == ["elsewhere/keep"])
    }

    /// Mounts of its own, as root or as a user who may be root of a namespace.
    private static let unshare = try? Executable.run("/usr/bin/env", ["unshare", "-rm", "true"]).status == 0

    @Test(.enabled(if: unshare == true, "needs unshare(1) with namespaces"), arguments: ["size=600k", "ro"])
    func aFullOrReadOnlyDiskLeavesTheTreeAsItWas(option: String) throws {
        try scratch.put(
            "large.topo", Sample.good.replacing("0..<2", with: "0..<8").replacing("Link(0, 1)", with: "Line(0..<8)"))
        let ended = try Executable.shell(
            """
            cat > run <<'END'
            set -e
            mount -t tmpfs -o size=600k none tree/projects/vm-examples
            "$TOPOC" install --tree tree mesh.topo > /dev/null
            # What is left is too little for the larger app.
            cat /dev/zero > tree/projects/vm-examples/filler 2> /dev/null || true
            mount -o remount,\(option) tree/projects/vm-examples
            find tree -type f | sort | xargs cksum > before
            status=0
            "$TOPOC" install --tree tree large.topo > out.txt 2> errors.txt || status=$?
            find tree -type f | sort | xargs cksum > after
            exit $status
            END
            unshare -rm sh run
            """, in: scratch)
        #expect(ended.status == 74, "\(ended.errors)")
        let errors = try scratch.text("errors.txt")
        #expect(errors.contains(option == "ro" ? "read-only file system" : "no space left on device"), "\(errors)")
        #expect(errors.contains("nothing was changed"))
        #expect(try scratch.text("before") == scratch.text("after"))
        #expect(try scratch.text("before").contains("topoc-manifest.json"))
    }
}
