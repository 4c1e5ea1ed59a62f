// SPDX-License-Identifier: BSD-2-Clause

import Foundation
import Testing

/// Over a checkout in which small programs stand for the CAmkES tool; `RealCAmkESTests` has the real one.
@Suite(.enabled(if: Executable.find("python3") != nil && Executable.find("cpp") != nil, "needs python3 and cpp"))
struct VerifyTests {
    private let scratch: Scratch
    private static let header = "tree/projects/vm/components/VM/configurations/vm.h"

    init() throws {
        scratch = try Scratch()
        try StandInTree.make(scratch)
        try StandInTree.makeTool(scratch)
        try scratch.put(
            "mesh.topo", Sample.good.replacing("0..<2", with: "0..<3").replacing("Link(0, 1)", with: "Line(0..<3)"))
    }

    private func verify(_ arguments: String..., environment: [String: String] = [:]) throws -> Ended {
        try Executable.run(
            Executable.topoc, ["verify", "--tree", "tree", "mesh.topo"] + arguments, in: scratch.path,
            environment: environment)
    }

    /// The lines of the screen, each as its verdict, its part and what is said of it.
    private func parts(_ ended: Ended) -> [String: (verdict: String, text: String)] {
        var parts: [String: (String, String)] = [:]
        for line in ended.output.split(separator: "\n").dropFirst() {
            guard let match = line.wholeMatch(of: /\ \ (passed|FAILED|not checked) +([A-Za-z]+) +(.*)/) else {
                continue
            }
            parts[String(match.2)] = (String(match.1), String(match.3))
        }
        return parts
    }

    @Test(arguments: ["macros", "expanded"]) func whatTheCheckoutMakesOfItIsReadBack(form: String) throws {
        let before = scratch.names
        let ended = try verify("--form", form)
        #expect(ended.status == 0, "\(ended.errors)")
        let parts = parts(ended)
        #expect(parts["release"]?.text == "3.11, data path topoc; CAmkES 3.11.0 in tools/camkes")
        #expect(parts["parser"]?.verdict == "passed", "\(ended.output)")
        #expect(parts["parser"]?.text == "accepted; 4 flows, those of the certificate, with ids and sizes")
        #expect(parts["templates"]?.verdict == "passed")
        // There are no headers in it, and nobody has built an image.
        #expect(parts["C"]?.verdict == "not checked")
        #expect(parts["C"]?.text.hasPrefix("the checkout's headers are not all there: there is no ") == true)
        #expect(parts["image"]?.verdict == "not checked")
        #expect(scratch.names == before)
        #expect(try verify("--require", "--form", form).status == 1)
    }

    @Test func theTreesOwnDataPathHasNoCOfTopocs() throws {
        let ended = try verify("--data-path", "tree", "--require")
        #expect(ended.status == 0, "\(ended.output)\(ended.errors)")
        #expect(parts(ended)["C"]?.verdict == "passed")
    }

    @Test func anAppForArmIsHeldAgainstTheVMMForArm() throws {
        let ended = try verify("--target", "arm")
        #expect(ended.status == 0, "\(ended.output)\(ended.errors)")
        #expect(parts(ended)["release"]?.text == "arm, data path topoc; CAmkES 3.11.0 in tools/camkes")
        #expect(parts(ended)["parser"]?.text == "accepted; 4 flows, those of the certificate, with ids and sizes")
        #expect(parts(ended)["templates"]?.verdict == "passed")

        let header = Self.header.replacing("/VM/", with: "/VM_Arm/")
        try scratch.put(
            header,
            try scratch.text(header).replacing(
                "#define VM_CONFIGURATION_DEF(number)\n",
                with: "#define VM_CONFIGURATION_DEF(number) vm1.ether_0_recv_id = 7;\n"))
        let changed = try verify("--target", "arm")
        #expect(changed.status == 1)
        #expect(
            changed.errors.contains("the flow from vm0 to vm1 has the receiver's id 7, not 1\n"), "\(changed.errors)")

        try FileManager.default.removeItem(atPath: scratch / "tree/projects/vm/Findcamkes-arm-vm.cmake")
        let without = try verify("--target", "arm")
        #expect(
            parts(without)["parser"]?.text.hasSuffix("lacks the VMM for Arm: projects/vm/Findcamkes-arm-vm.cmake")
                == true)
    }

    @Test func theVMMForArmIsOfTheNewestRelease() throws {
        try scratch.put("tree/tools/camkes/VERSION", "camkes-3.10.0\n")
        try FileManager.default.removeItem(atPath: scratch / "tree/projects/vm/components/Init/src/virtio_irq.h")
        let ended = try verify("--target", "arm")
        #expect(ended.status == 74)
        #expect(ended.errors.contains("error: `tree` is of release 3.10, and topoc writes for the VMM for Arm of 3.11"))
    }

    /// The VMs of a filter share memory with it alone, and wake it alone.
    @Test(arguments: ["3.11", "arm"]) func aFilterStandsBetweenItsVMs(target: String) throws {
        try scratch.put(
            "mesh.topo",
            Sample.good.replacing("Link(0, 1)", with: "Link(1, 2)").replacing(
                "VMs(0..<2)",
                with: "VMs(0..<3)\n"
                    + "    Filter(\"fw\", between: 0, and: 1) { Allow(.arp); Allow(.tcp, port: 5555, from: 0) }"))
        let ended = try verify("--target", target)
        #expect(ended.status == 0, "\(ended.output)\(ended.errors)")
        #expect(parts(ended)["parser"]?.text == "accepted; 4 flows, those of the certificate, with ids and sizes")
        #expect(parts(ended)["templates"]?.verdict == "passed")

        let runner = "tree/tools/camkes/camkes/runner/__main__.py"
        try scratch.put(
            runner,
            try scratch.text(runner).replacing(
                "    return made\n",
                with: "    made.signal('vm0', 'vm1')\n    made.signal('filter_fw', 'vm2')\n"
                    + "    made.share('past', PAGE, ['vm0', 'vm1'])\n    return made\n"))
        let past = try verify("--target", target)
        #expect(past.status == 1)
        for message in [
            "vm0 can wake filter_fw, vm1, not filter_fw", "filter_fw can wake vm0, vm1, vm2, not vm0, vm1",
            "vm0 and vm1 share 4096 bytes of memory, not 0",
        ] {
            #expect(past.errors.contains("error: [TOPO633] \(message)\n"), "\(past.errors)")
        }
    }

    /// A header of the checkout that was changed gives the same text another meaning.
    @Test(arguments: [
        ("vm1.ether_0_recv_id = 7;", "the flow from vm0 to vm1 has the receiver's id 7, not 1"),
        ("vm2.ether_1_send_shmem_size = 4096;", "the flow from vm2 to vm1 has the sender's memory 4096, not 32768"),
        ("lan_conn.queue_length = 64;", "the flow from vm0 to vm1 has queue length 64, not 256"),
        (
            "init.init_topology = [{\"drv\": \"vm0.ether_1_send\", \"dev\": \"vm1.ether_0_recv\"}];",
            "the flow from vm1 to vm0 is there 0 times"
        ),
    ])
    func whatTheParserReadsOtherwiseIsNamed(setting: String, message: String) throws {
        // After all other settings.
        let text = try scratch.text(Self.header)
        try scratch.put(
            Self.header,
            text.replacing(
                "VM_PER_VM_CONFIG_DEF(number)\n", with: "VM_PER_VM_CONFIG_DEF(number) \(setting)\n"))
        let ended = try verify("--form", "expanded")
        #expect(ended.status == 1)
        #expect(ended.errors.contains("error: [TOPO632] in the checkout's syntax tree \(message)\n"), "\(ended.errors)")
        #expect(parts(ended)["parser"]?.verdict == "FAILED")
    }

    /// What joins VMs beside the virtqueues stands in no flow.
    @Test func whatTheTemplatesJoinOtherwiseIsNamed() throws {
        let text = try scratch.text(Self.header)
        try scratch.put(
            Self.header,
            text + "#undef VM_COMPOSITION_DEF\n#define VM_COMPOSITION_DEF() "
                + "connection seL4SharedData page(from vm0.page, to vm2.page);\n"
                // Connections come after the VMs.
                + "#undef VM_PER_VM_COMP_DEF\n#define VM_PER_VM_COMP_DEF(number) component Init##number vm##number;\n")
        let ended = try verify()
        #expect(ended.status == 1, "\(ended.output)\(ended.errors)")
        #expect(ended.errors.contains("error: [TOPO633] vm0 and vm2 share 4096 bytes of memory, not 0\n"))
        #expect(parts(ended)["parser"]?.verdict == "passed")
        #expect(parts(ended)["templates"]?.verdict == "FAILED")
    }

    @Test func aVMThatCanWakeAnotherIsNamed() throws {
        let runner = "tree/tools/camkes/camkes/runner/__main__.py"
        try scratch.put(
            runner,
            try scratch.text(runner).replacing(
                "    return made\n", with: "    made.signal('vm2', 'vm0')\n    return made\n"))
        let ended = try verify()
        #expect(ended.status == 1)
        #expect(ended.errors.contains("error: [TOPO633] vm2 can wake vm0, vm1, not vm1\n"), "\(ended.errors)")
    }

    @Test(arguments: ["parser", "runner"]) func whatTheToolRefusesIsPrintedAsItSaidIt(step: String) throws {
        let tool = "tree/tools/camkes/camkes/\(step)/__main__.py"
        try scratch.put(
            tool,
            try scratch.text(tool).replacing(
                "    options", with: "    err.write('no such thing: vm9\\n')\n    raise SystemExit(1)\n    options",
                maxReplacements: 1))
        let ended = try verify()
        #expect(ended.status == 1)
        let name = step == "parser" ? "parser" : "renderer"
        #expect(ended.errors.contains("error: [TOPO631] the \(name) of "), "\(ended.errors)")
        #expect(ended.errors.contains("  = note: no such thing: vm9\n"))
        #expect(parts(ended)[step == "parser" ? "parser" : "templates"]?.text == "refused")
        #expect(parts(ended)["templates"]?.verdict == (step == "parser" ? "not checked" : "FAILED"))
    }

    @Test func packagesThatPythonLacksAreNamed() throws {
        try scratch.put(
            "tree/tools/camkes/camkes/runner/Renderer.py",
            "import os, sys\nimport no_such_package\nfrom another_one.part import thing\ntry:\n    import cPickle\n"
                + "except ImportError:\n    import pickle\n")
        try scratch.put("tree/tools/camkes/camkes/ast/old.py", "print 'of Python 2'\nimport not_even_read\n")
        let ended = try verify()
        #expect(ended.status == 0)
        let said = "python3 lacks another_one, no_such_package; `pip install another_one no_such_package`"
        #expect(parts(ended)["parser"]?.text.hasPrefix(said) == true, "\(ended.output)")
        #expect(parts(ended)["parser"]?.verdict == "not checked")
        #expect(try verify("--require").status == 1)
    }

    @Test func withoutPythonTheToolIsNotRun() throws {
        let ended = try verify("--python", "no-such-python")
        #expect(ended.status == 0)
        #expect(
            parts(ended)["parser"]?.text
                == "cannot run `no-such-python`: there is no such program; `--python` names another Python 3")
    }

    @Test func aPartThatTheCheckoutLacksIsNamed() throws {
        try FileManager.default.removeItem(atPath: scratch / "tree/projects/capdl")
        let ended = try verify()
        #expect(ended.status == 0)
        #expect(parts(ended)["parser"]?.text == "camkes_check: the tree lacks projects/capdl/python-capdl-tool")
    }

    @Test func aToolThatDoesNotEndIsKilled() throws {
        let tool = "tree/tools/camkes/camkes/parser/__main__.py"
        try scratch.put(
            tool,
            try scratch.text(tool).replacing(
                "    options", with: "    import time; time.sleep(60)\n    options", maxReplacements: 1))
        let ended = try verify("--timeout", "1")
        #expect(ended.status == 0)
        #expect(parts(ended)["parser"]?.text == "python3 was not done after 1 s; `--timeout` gives it longer")
        #expect(try verify("--timeout", "0").status == 64)
    }

    /// The checkout's headers, with and without drift.
    @Test func driftIsNamedWithTheCallTheHeaderAndTheRelease() throws {
        try StandInTree.makeHeaders(scratch)
        let clean = try verify()
        try #require(parts(clean)["C"]?.verdict != "not checked", "\(clean.output)")
        #expect(parts(clean)["C"]?.verdict == "passed", "\(clean.errors)")
        #expect(clean.status == 0)

        let name = "tree/\(StandInTree.found)/sel4vm/guest_irq_controller.h"
        let header = try scratch.text(name)
        try scratch.put(name, header.replacing("vm_inject_irq(", with: "vm_inject_irq_line("))
        let renamed = try verify()
        #expect(renamed.status == 1)
        #expect(
            renamed.errors.contains("error[TOPO701]: no header declares the function `vm_inject_irq`"),
            "\(renamed.errors)")
        #expect(renamed.errors.contains("camkes-vm 3.11 with CAmkES 3.11.0"))
        #expect(parts(renamed)["C"]?.verdict == "FAILED")

        try scratch.put(name, header.replacing("vm_inject_irq(", with: "vm_inject_irq(int priority, "))
        let wider = try verify()
        #expect(wider.status == 1)
        #expect(wider.errors.contains("error[TOPO702]: `vm_inject_irq`: too few arguments"), "\(wider.errors)")
        #expect(wider.errors.contains("sel4vm/guest_irq_controller.h:"))

        let without = try verify(environment: ["TOPOC_LIBCLANG": "/nonexistent/libclang.so"])
        #expect(without.status == 0)
        #expect(parts(without)["C"]?.verdict == "not checked")
        #expect(parts(without)["C"]?.text == "/nonexistent/libclang.so cannot be used as libclang")
    }

    /// Where the manifests of today have the tool; any directory may be a link.
    @Test func theToolMayBeAProjectAndAProjectALink() throws {
        try StandInTree.makeHeaders(scratch)
        try FileManager.default.moveItem(atPath: scratch / "tree/projects/capdl", toPath: scratch / "capdl")
        try FileManager.default.createSymbolicLink(
            atPath: scratch / "tree/projects/capdl", withDestinationPath: scratch / "capdl")
        try FileManager.default.moveItem(
            atPath: scratch / "tree/tools/camkes", toPath: scratch / "tree/projects/camkes-tool")
        let ended = try verify("--require")
        #expect(ended.status == 0, "\(ended.output)\(ended.errors)")
        #expect(parts(ended)["release"]?.text.hasSuffix("in projects/camkes-tool") == true)
        #expect(parts(ended)["C"]?.verdict == "passed")
    }

    @Test func aTopologyWithFaultsIsNotVerified() throws {
        try scratch.put("mesh.topo", Sample.bad)
        let ended = try verify()
        #expect(ended.status == 1)
        #expect(ended.errors.contains("error[TOPO206]"))
        #expect(ended.output == "")
    }
}

/// Over real checkouts: `TOPOC_CAMKES_TREE` names the newest, `TOPOC_CAMKES_TREE_3_9` and the like older ones, and
/// `TOPOC_CAMKES_PYTHON` a Python with the packages that CAmkES needs.
@Suite struct RealVerifyTests {
    static let trees = ["", "_3_8", "_3_9", "_3_10", "_3_11"].compactMap {
        ProcessInfo.processInfo.environment["TOPOC_CAMKES_TREE\($0)"]
    }

    @Test(.enabled(if: !trees.isEmpty, "TOPOC_CAMKES_TREE names no checkout"), arguments: trees)
    func theExampleHolds(tree: String) throws {
        let python = ProcessInfo.processInfo.environment["TOPOC_CAMKES_PYTHON"] ?? "python3"
        let example = Executable.package.appending(path: "Examples/zmq_samples/mesh.topo").path
        let ended = try Executable.topoc("verify", "--tree", tree, "--python", python, "--require", example)
        #expect(ended.status == 0, "\(ended.output)\(ended.errors)")
        #expect(ended.output.contains("  passed      templates  "))
    }
}
