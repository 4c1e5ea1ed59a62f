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

    @Test func withoutRelocationsAndInitrd() {
        expectFindings("Guest(relocations: \"\", initrd: \"\")\n\(rest)", [])
        expectFindings(
            "Guest(kernel: \"bzimage-6.1_x+1\", commandLine: \"root=/dev/mem console='a b' $x %d\")\n\(rest)", [])
    }
}
