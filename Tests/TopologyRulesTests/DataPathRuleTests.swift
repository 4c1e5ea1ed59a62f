// SPDX-License-Identifier: BSD-2-Clause

import Testing
import Wiring

/// VMs with the tree's device among VMs with topoc's, and VMs that send from any address.
@Suite struct DataPathRuleTests {
    @Test func topocsDeviceIsNotInTheTreesDataPath() {
        let body = "VM(0, dataPath: 1️⃣.topoc)\nVM(1)\nPartition(\"lan\") { Link(0, 1) }"
        let expected = [Expected("1️⃣", "TOPO415", "VM 0 asks for topoc's device, and the data path is the tree's")]
        expectFindings(body, [])
        expectFindings(body, [], target: .lab)
        expectFindings(body, expected, target: .newest.overTree)
        expectFindings(body, expected, target: .camkes3_8)
    }

    @Test func theTreesDeviceIsNotOnArm() {
        let body = "VM(0, dataPath: 1️⃣.tree)\nVM(1)\nPartition(\"lan\") { Link(0, 1) }"
        let message = "VM 0 asks for the tree's device, which the target arm does not have"
        expectFindings(body, [])
        expectFindings(body, [], target: .lab)
        expectFindings(body, [Expected("1️⃣", "TOPO415", message)], target: .arm)
    }

    @Test func theTreesDeviceHasFourPeersAndOneInterface() {
        expectFindings(
            """
            VM(1️⃣0, dataPath: .tree)
            VMs(1..<7)
            Partition("lan") { 2️⃣Star(hub: 0, 1..<6) }
            Partition("other") { Star(hub: 6, 1..<6) }
            """,
            [Expected("1️⃣", "TOPO401", "VM 0 has 5 peers, and a VM's switch holds 4", labels: "2️⃣")],
            ignoring: ["TOPO309"])
        expectFindings(
            """
            VMs(0..<2)
            VM(2, interfaces: 1️⃣.perPartition, dataPath: .tree)
            Partition("left") { 2️⃣Link(2, 0) }
            Partition("right") { 3️⃣Link(2, 1) }
            """,
            [Expected("1️⃣", "TOPO414", "VM 2 has 2 network interfaces, and there is one", labels: "2️⃣3️⃣")],
            ignoring: ["TOPO215"])
    }

    @Test func queuesOfThoseWhoAreJoinedWithItHoldItsFrames() {
        func line(_ first: String) -> String {
            "VM(0\(first))\nVMs(1..<3)\nPartition(\"lan\", sharedMemory: 1️⃣8192) { Line(0..<3) }"
        }
        expectFindings(line(""), [], ignoring: ["TOPO309"])
        expectFindings(
            line(", dataPath: .tree"),
            [
                Expected(
                    "1️⃣", "TOPO409",
                    "8192 bytes leave 11 blocks of 128 bytes, and a full frame of 1514 bytes takes 12: "
                        + "the largest that passes has 1408 bytes")
            ], ignoring: ["TOPO309"])
    }

    @Test func whoSendsFromAnyAddressIsNamed() {
        let message = "VM 1 may send from any MAC address, so VM 0 and VM 2 cannot tell by address who has sent"
        func bridge(_ other: String) -> String {
            "VM(0)\nVM(1, sources: 1️⃣.any)\nVM(3️⃣2\(other))\nVM(3, sources: .any)\n"
                + "Partition(\"lan\") { 2️⃣Mesh(0..<3) }"
        }
        expectFindings(bridge(""), [Expected("1️⃣", "TOPO505", message, labels: "2️⃣")], ignoring: ["TOPO308"])
        expectFindings(
            bridge(", dataPath: .tree"),
            [
                Expected(
                    "1️⃣", "TOPO312", "VM 2 cannot answer who is behind VM 1: the tree's device learns no address",
                    labels: "3️⃣"),
                Expected("1️⃣", "TOPO505", message, labels: "2️⃣"),
            ], ignoring: ["TOPO308"])
    }
}
