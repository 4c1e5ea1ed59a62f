// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import Testing
import TopologyRules
import Wiring

@Suite struct BudgetRuleTests {
    private func findings(_ body: String, _ target: Target = .newest.overTree) -> [Finding] {
        Marked(assembly(body)).lint(target).report.findings.filter { $0.code.hasPrefix("TOPO4") }
    }

    private func star(_ peers: Int) -> String {
        "VMs(0..<\(peers + 1))\nPartition(\"lan\") { Star(hub: 0, 1..<\(peers + 1)) }"
    }

    @Test func fourPeersAreRightAndFiveAreNot() {
        #expect(findings(star(4)) == [])
        let found = findings(star(5))
        #expect(
            found.map(\.message) == [
                "VM 0 has 5 peers, and a VM's switch holds 4",
                "VM 0 needs 13 notification badges, and there are 11",
            ])
        #expect(
            found[1].notes[0]
                == "3 for intready, init_timer and serial_getchar, and 2 for each of 5 peers: "
                + "ether_1_send, ether_1_recv, ether_2_send, ether_2_recv and 6 more")
        #expect(found[1].notes[1].hasPrefix("give it 4 peers at most"))
    }

    @Test func vmsOfOneDeclarationAreOneFinding() {
        let body = "VMs(0..<12)\nPartition(\"lan\") { Mesh(0..<12) }"
        #expect(
            findings(body).map(\.message) == [
                "VM 0, VM 1, VM 2, VM 3 and 8 more each have 11 peers, and a VM's switch holds 4",
                "VM 0, VM 1, VM 2, VM 3 and 8 more each need 25 notification badges, and there are 11",
                "there are 12 VMs, and the serial server keeps 9 apart",
            ])
    }

    @Test func peersOfAllPartitionsCount() {
        let body = "VMs(0..<6)\nPartition(\"a\") { Mesh(0..<4) }\nPartition(\"b\") { Mesh(0, 4, 5) }"
        #expect(findings(body).map(\.message).first == "VM 0 has 5 peers, and a VM's switch holds 4")
        #expect(findings(body).count == 2)
    }

    @Test func fiftyPeersHaveIds() {
        #expect(!findings(star(50)).contains { $0.code == "TOPO403" })
        #expect(
            findings(star(51)).filter { $0.code == "TOPO403" }.map(\.message) == [
                "VM 0 needs 102 virtqueue ids, two for each of 51 peers, and there are 100"
            ])
    }

    @Test func theSerialServerKeepsNineVMsApart() {
        func pairs(_ count: Int) -> String {
            "VMs(0..<\(count))\n" + "Partition(\"lan\") { Line(0..<\(count)) }"
        }
        #expect(findings(pairs(9)) == [])
        #expect(findings(pairs(10)).map(\.message) == ["there are 10 VMs, and the serial server keeps 9 apart"])
        #expect(findings(pairs(10), .camkes3_8).map(\.code) == ["TOPO404"])
    }

    @Test func theLabHasNoLimits() {
        #expect(findings(star(200), .lab) == [])
        #expect(findings("VMs(0..<2)\nPartition(\"lan\", sharedMemory: 4096) { Link(0, 1) }", .lab) == [])
    }

    @Test func badgesAreNoLimitIn3_8() {
        #expect(findings(star(5), .camkes3_8).map(\.code) == ["TOPO401"])
    }

    @Test func theQueueLengthIsFixedIn3_8() {
        let body = "VMs(0..<2)\nPartition(\"lan\", queueLength: 128) { Link(0, 1) }"
        #expect(
            findings(body, .camkes3_8).map(\.message) == [
                "the queue length is 128, but on 3.8 every queue has 256 descriptors"
            ])
        #expect(findings(body, .camkes3_9) == [])
    }

    @Test(arguments: [(200, 256), (3, 4), (32767, 32768), (257, 512)])
    func queueLengthsArePowersOfTwo(_ length: Int, _ next: Int) {
        let body = "VMs(0..<2)\nPartition(\"lan\", queueLength: 1️⃣\(length), sharedMemory: 1048576) { Link(0, 1) }"
        expectFindings(
            body,
            [Expected("1️⃣", "TOPO405", "the queue length \(length) is not a power of two from 2 to 32768")],
            target: .newest.overTree, ignoring: ["TOPO409", "TOPO410"])
        #expect(fixing(Marked(assembly(body)).text).contains("queueLength: \(next),"))
    }

    @Test(arguments: [-256, 0, 1, 65536, Int.max])
    func queueLengthsThatNoFixMends(_ length: Int) {
        let found = findings("VMs(0..<2)\nPartition(\"lan\") { Link(0, 1, queueLength: \(length)) }")
        #expect(found.map(\.code) == ["TOPO405"])
        #expect(found.flatMap(\.fixIts) == [])
    }

    @Test(arguments: [(1, 4096), (32769, 36864), (4095, 4096)])
    func sharedMemoryIsWholePages(_ size: Int, _ next: Int) {
        let body = "VMs(0..<2)\nPartition(\"lan\", sharedMemory: 1️⃣\(size)) { Link(0, 1) }"
        expectFindings(
            body,
            [
                Expected(
                    "1️⃣", "TOPO407",
                    "the shared memory of \(size) bytes is not a positive multiple of the page size, 4096")
            ], ignoring: ["TOPO408", "TOPO409"])
        #expect(fixing(Marked(assembly(body)).text).contains("sharedMemory: \(next))"))
    }

    @Test(arguments: [0, -4096, Int.max, 1 << 31])
    func sharedMemoryThatNoFixMends(_ size: Int) {
        let found = findings("VMs(0..<2)\nPartition(\"lan\", sharedMemory: \(size)) { Link(0, 1) }")
        #expect(found.map(\.code) == ["TOPO407"])
        #expect(found.flatMap(\.fixIts) == [])
    }

    @Test func topocsDataPathHoldsMore() {
        #expect(findings(star(8), .newest) == [])
        #expect(findings(star(51), .newest).map(\.code) == ["TOPO403", "TOPO404"])
        #expect(findings("VMs(0..<2)\nPartition(\"lan\", sharedMemory: 8192) { Link(0, 1) }", .newest) == [])
        let pages = findings("VMs(0..<2)\nPartition(\"lan\", sharedMemory: 4096) { Link(0, 1) }", .newest)
        #expect(pages.map(\.message) == ["the rings of 256 descriptors take 4224 bytes, and there are 4096"])
        let short = findings("VMs(0..<2)\nPartition(\"lan\", queueLength: 2) { Link(0, 1) }", .newest)
        #expect(short.map(\.code) == ["TOPO405"])
        let full = findings(
            "VMs(0..<2)\nPartition(\"lan\", queueLength: 128, sharedMemory: 4096) { Link(0, 1) }", .newest)
        #expect(full.map(\.code) == ["TOPO410"])
    }

    @Test func interfacesNeedInterruptLines() {
        func hub(_ partitions: Int) -> String {
            "VM(0, interfaces: 1️⃣.perPartition)\nfor n in 1...\(partitions) {\nVM(n, ip: \"192.168.\\(n).2/24\")\n"
                + "Partition(\"p\\(n)\") { 2️⃣Link(0, n) }\n}"
        }
        expectFindings(hub(5), [])
        let body = hub(6)
        expectFindings(
            body, [Expected("1️⃣", "TOPO414", "VM 0 has 6 network interfaces, and there are 5", labels: "2️⃣")])
        let two = findings(hub(2))
        #expect(two.map(\.message) == ["VM 0 has 2 network interfaces, and there is one"])
        #expect(two[0].notes[0].contains("data path `topoc`"))
    }

    @Test func ringsNeedTheirMemory() {
        expectFindings(
            "VMs(0..<2)\nPartition(\"lan\", sharedMemory: 1️⃣4096) { Link(0, 1) }",
            [Expected("1️⃣", "TOPO408", "the rings of 256 descriptors take 6664 bytes, and there are 4096")],
            target: .newest.overTree)
        let found = findings("VMs(0..<2)\nPartition(\"lan\", sharedMemory: 4096) { Link(0, 1) }")
        #expect(found[0].notes == ["take 32768 bytes, which hold the rings and 16 full frames, or a shorter queue"])
    }

    @Test func framesNeedTheirBlocks() {
        expectFindings(
            "VMs(0..<2)\nPartition(\"lan\", sharedMemory: 1️⃣8192) { Link(0, 1) }",
            [
                Expected(
                    "1️⃣", "TOPO409",
                    "8192 bytes leave 11 blocks of 128 bytes, and a full frame of 1514 bytes takes 12: the largest that "
                        + "passes has 1408 bytes")
            ], target: .newest.overTree)
        expectFindings(
            "VMs(0..<2)\nPartition(\"lan\", queueLength: 1️⃣8) { Link(0, 1) }",
            [
                Expected(
                    "1️⃣", "TOPO409",
                    "the queue has 8 descriptors, and a full frame of 1514 bytes takes 12: the largest that passes has "
                        + "1024 bytes", labels: "1️⃣")
            ], target: .newest.overTree)
    }

    @Test func oneFrameAtATimeIsAWarning() {
        // 128 descriptors take 3336 bytes, and the rest of 8192 holds three frames.
        #expect(findings("VMs(0..<2)\nPartition(\"lan\", queueLength: 128, sharedMemory: 8192) { Link(0, 1) }") == [])
        #expect(
            findings("VMs(0..<2)\nPartition(\"lan\", queueLength: 16) { Link(0, 1) }").map(\.message) == [
                "32768 bytes with 16 descriptors hold one full frame at a time"
            ])
    }

    @Test func aSettingIsJudgedOnceForAllItsLinks() {
        let body =
            "VMs(0..<4)\nPartition(\"lan\", queueLength: 100) { for n in 1..<4 { Link(0, n)\nLink(n, n % 3 + 1) } }"
        #expect(findings(body).map(\.code) == ["TOPO405"])
    }

    @Test func untypedMemoryHoldsTheGuest() {
        func guest(_ memory: Int, _ pool23: Int, _ pool22: Int) -> [Finding] {
            findings(
                "Guest(memoryMiB: \(memory), untyped23Pool: \(pool23), untyped22Pool: \(pool22))\nVMs(0..<2)\n"
                    + "Partition(\"lan\") { Link(0, 1) }")
        }
        // 128 MiB, (208 + 64 + 8) frames: 132192 KiB, which 129.1 MiB round up to.
        #expect(guest(128, 16, 0).map(\.code) == ["TOPO412"])
        #expect(
            guest(128, 16, 0)[0].message
                == "VM 0 and VM 1 each have 128 MiB of untyped memory, and a guest of 128 MiB needs 132192 KiB to start"
        )
        #expect(guest(128, 16, 1).map(\.code) == ["TOPO413"])
        #expect(
            guest(128, 19, 1)[0].message
                == "VM 0 and VM 1 each have 156 MiB of untyped memory for a guest of 128 MiB; upstream's examples have 160 at least"
        )
        #expect(guest(128, 20, 0) == [])
        #expect(guest(1900, 295, 3).map(\.code) == ["TOPO413"])
        #expect(guest(1900, 297, 0) == [])
    }

    @Test func aGuestHasSoManyAddresses() {
        func guest(_ memory: Int) -> [String] {
            findings("Guest(memoryMiB: \(memory))\nVMs(0..<2)\nPartition(\"lan\") { Link(0, 1) }").map(\.message)
        }
        #expect(guest(2303) == [])
        #expect(
            guest(2304).first == "VM 0 and VM 1 each have 2304 MiB of guest memory, and the VMM has addresses for 2303")
    }
}
