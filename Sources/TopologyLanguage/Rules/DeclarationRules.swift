// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics

/// Where declarations stand.
extension LanguageRules {
    static let declarations = [wrongPlace, noAssembly, severalAssemblies, unusedValue, badAllowance]

    static let wrongPlace = rule(
        115, "wrong-place", "A declaration stands where it has no meaning.",
        """
        An `Assembly` stands at the top of the file; VMs, partitions, pools, guest settings and assertions in its \
        braces; links in the braces of a `Partition`. A link outside would belong to no partition, and a VM inside to \
        one alone.
        """,
        bad: file("VMs(0, 1)\nPartition(\"net\") {\n    VM(2)\n    Mesh(0, 1)\n}"),
        good: file("VMs(0, 1, 2)\nPartition(\"net\") {\n    Mesh(0, 1, 2)\n}"))

    static let noAssembly = rule(
        116, "no-assembly", "The file declares no `Assembly`.",
        "The assembly gives the name of the files that `build` writes, and its braces hold the VMs.",
        bad: "import Topology\n\nlet count = 2\n", good: pair)

    static let severalAssemblies = rule(
        117, "several-assemblies", "The file declares more than one `Assembly`.",
        "A file is built into one image; a second assembly would be left out in silence.",
        bad: pair + "\nAssembly(\"other\") {\n    VMs(0, 1)\n    Partition(\"net\") { Link(0, 1) }\n}\n", good: pair)

    static let unusedValue = rule(
        118, "unused-value", "A value stands as a statement, and nothing uses it.",
        "A number or a string alone declares nothing; most often a declaration around it was forgotten.",
        bad: file("0..<2\nVMs(0, 1)\nPartition(\"net\") { Link(0, 1) }"), good: pair)

    static let badAllowance = rule(
        124, "bad-allowance", "A comment `topoc:allow` lacks its code or its reason, or covers nothing.",
        """
        A finding that is let pass is named in the certificate, with the reason. A comment that lets nothing pass, by \
        a slip of the pen, must not look as if it did.
        """,
        bad: file(
            "VM(0, mac: \"00:1B:21:00:AA:01\")  // topoc:allow TOPO205\nVM(1)\nPartition(\"net\") { Link(0, 1) }"),
        good: file(
            "VM(0, mac: \"00:1B:21:00:AA:01\")  // topoc:allow TOPO205 the address of the real card\nVM(1)\n"
                + "Partition(\"net\") { Link(0, 1) }"))
}
