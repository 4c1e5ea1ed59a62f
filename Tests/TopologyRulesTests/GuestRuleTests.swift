// SPDX-License-Identifier: BSD-2-Clause

import Testing
import Wiring

@Suite struct GuestRuleTests {
    private let rest = "VMs(0..<2)\nPartition(\"lan\") { Link(0, 1) }"

    @Test(arguments: [
        ("memoryMiB: 1️⃣0", "memoryMiB 0, which must be between 1 and 1048576"),
        ("memoryMiB: 1️⃣-128", "memoryMiB -128, which must be between 1 and 1048576"),
        ("heap: 1️⃣0", "heap 0, which must be between 4096 and 2147483647 and a multiple of 4096"),
        ("heap: 1️⃣65537", "heap 65537, which must be between 4096 and 2147483647 and a multiple of 4096"),
        ("untyped23Pool: 1️⃣-1", "untyped23Pool -1, which must be between 0 and 262144"),
        ("untyped22Pool: 1️⃣262145", "untyped22Pool 262145, which must be between 0 and 262144"),
        ("ioSpaceDomain: 1️⃣65536", "ioSpaceDomain 65536, which must be between 0 and 65535"),
        ("pciDevicesIOSpace: 1️⃣-1", "pciDevicesIOSpace -1, which must be between 0 and 65535"),
    ])
    func numbersOutOfRangeAreSaidOnce(_ setting: String, _ message: String) {
        expectFindings("Guest(\(setting))\n\(rest)", [Expected("1️⃣", "TOPO241", "VM 0 has \(message)")])
    }

    @Test func aVMsOwnSettingIsShownThere() {
        expectFindings(
            """
            VM(0, guest: Guest(heap: 1️⃣1))
            VM(1, guest: Guest(heap: 2️⃣2))
            Partition("lan") { Link(0, 1) }
            """,
            [
                Expected(
                    "1️⃣", "TOPO241", "VM 0 has heap 1, which must be between 4096 and 2147483647 and a multiple of 4096"),
                Expected(
                    "2️⃣", "TOPO241", "VM 1 has heap 2, which must be between 4096 and 2147483647 and a multiple of 4096"),
            ])
    }

    @Test(arguments: [
        ("kernel: 1️⃣\"\"", "kernel \"\""), ("kernel: 1️⃣\"../bzimage\"", "kernel \"../bzimage\""),
        ("kernel: 1️⃣\"a;b\"", "kernel \"a;b\""), ("kernel: 1️⃣\"${HOME}\"", "kernel \"${HOME}\""),
        ("initrd: 1️⃣\"rootfs cpio\"", "initrd \"rootfs cpio\""),
        ("initrd: 1️⃣\"-rf\"", "initrd \"-rf\""), ("relocations: 1️⃣\"a\\\"b\"", "relocations \"a\\\"b\""),
        ("commandLine: 1️⃣\"quiet\\\"; vm0.heap_size = 0;\"", "commandLine \"quiet\\\"; vm0.heap_size = 0;\""),
        ("commandLine: 1️⃣\"a\\nb\"", "commandLine \"a\\nb\""),
        ("commandLine: 1️⃣\"a\\\\b\"", "commandLine \"a\\\\b\""),
        ("commandLine: 1️⃣\"café\"", "commandLine \"café\""),
    ])
    func nothingIsInjected(_ setting: String, _ message: String) {
        expectFindings(
            "Guest(\(setting))\n\(rest)",
            [Expected("1️⃣", "TOPO242", "VM 0 has the \(message), which an assembly cannot carry")])
    }

    @Test func linuxReadsSoMuchOfACommandLine() {
        expectFindings("Guest(commandLine: \"\(String(repeating: "a", count: 2047))\")\n\(rest)", [])
        let result = Marked(assembly("Guest(commandLine: \"\(String(repeating: "a", count: 2048))\")\n\(rest)")).lint()
        #expect(result.report.findings.map(\.code) == ["TOPO242"])
    }

    @Test(arguments: ["", "/src", "../src", "src/../..", "src/", "a b", "${HOME}", "a;b", ".git", "a//b", "café"])
    func aFolderOfProgramsLeadsDown(_ folder: String) {
        expectFindings(
            "Programs(1️⃣\"\(folder)\", \"hello\")\n\(rest)",
            [
                Expected(
                    "1️⃣", "TOPO243", "the programs' folder \"\(folder)\" does not lead down from the topology")
            ])
    }

    @Test(arguments: ["", "bin/hello", "a b", "-x", "${HOME}", ".."])
    func aProgramIsAFileOfTheGuest(_ name: String) {
        expectFindings(
            "Programs(\"src\", \"hello\", 1️⃣\"\(name)\")\n\(rest)",
            [
                Expected(
                    "1️⃣", "TOPO243", "the program \"\(name)\" cannot be a file of the guest's `/usr/bin`")
            ])
    }

    @Test func programsStandOnce() {
        expectFindings(
            "Programs(1️⃣\"src\", 2️⃣\"a\")\nPrograms(3️⃣\"src\", \"b\")\nPrograms(\"more\", 4️⃣\"a\")\n\(rest)",
            [
                Expected("3️⃣", "TOPO243", "the programs of \"src\" stand twice", labels: "1️⃣"),
                Expected("4️⃣", "TOPO243", "two programs are named \"a\"", labels: "2️⃣"),
            ])
    }

    @Test func aStartIsALineForTheTreesRootFileSystem() {
        let longest = String(repeating: "a", count: 1000)
        expectFindings("Guest(start: \"echo \\\"a b\\\" \\\\ $x && true\")\n\(rest)", [])
        expectFindings("Guest(start: \"\(longest)\")\n\(rest)", [])
        expectFindings("Guest(initrd: \"mine.cpio\", start: \"\")\n\(rest)", [])
        for text in ["a\\nb", "café", "a\\t"] {
            expectFindings(
                "Guest(start: 1️⃣\"\(text)\")\n\(rest)",
                [Expected("1️⃣", "TOPO243", "VM 0 starts \"\(text)\", which is not a line of a script")])
        }
        expectFindings(
            "VM(0, guest: Guest(initrd: 1️⃣\"mine.cpio\", start: 2️⃣\"a\"))\nVM(1)\nPartition(\"lan\") { Link(0, 1) }",
            [
                Expected(
                    "2️⃣", "TOPO243", "VM 0 has a root file system of its own, to which no start can be added",
                    labels: "1️⃣")
            ])
    }

    @Test func aGuestIsThereToTakeThePrograms() {
        expectFindings(
            "1️⃣Programs(\"src\", \"a\")\nGuest(initrd: \"mine.cpio\")\n\(rest)",
            [
                Expected(
                    "1️⃣", "TOPO243", "no guest has the tree's root file system, so none can be given programs")
            ])
    }

    @Test func withoutRelocationsAndInitrd() {
        expectFindings("Guest(relocations: \"\", initrd: \"\")\n\(rest)", [])
        expectFindings(
            "Guest(kernel: \"bzimage-6.1_x+1\", commandLine: \"root=/dev/mem console='a b' $x %d\")\n\(rest)", [])
    }

    /// Each that the assembly for Arm has no place for; the others have one on every target.
    @Test func settingsThatArmHasNoUseForAreNamed() {
        let body = """
            Guest(relocations: 1️⃣"other", heap: 2️⃣0x40000, ioSpaceDomain: 3️⃣20, pciDevicesIOSpace: 4️⃣3)
            VM(0)
            VM(1, guest: Guest(commandLine: 5️⃣"\(Defaults.commandLine)", heap: 6️⃣0x50000))
            VM(2, guest: Guest(memoryMiB: 64, kernel: "image", initrd: "", commandLine: "console=hvc0"))
            VM(3, guest: Guest(start: "true", untyped23Pool: 24, untyped22Pool: 2))
            Partition("lan") { Mesh(0..<4) }
            """
        let expected = [
            ("1️⃣", "relocations"), ("2️⃣", "heap"), ("3️⃣", "ioSpaceDomain"), ("4️⃣", "pciDevicesIOSpace"),
            ("5️⃣", "commandLine"), ("6️⃣", "heap"),
        ].map { Expected($0, "TOPO416", "the target arm has no use for a guest's `\($1):`") }
        expectFindings(body, expected, target: .arm)
        for target in Target.all where target.name != "arm" { expectFindings(body, [], target: target) }
    }
}
