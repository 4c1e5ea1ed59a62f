// SPDX-License-Identifier: BSD-2-Clause

import Testing
import Wiring

@Suite struct AddressRuleTests {
    @Test func aFurtherInterfaceNeedsAddressesOfItsOwn() {
        func bridge(_ other: String) -> String {
            "VM(0)\nVM(1, interfaces: 1️⃣.perPartition)\nVM(2️⃣2, \(other))\n"
                + "Partition(\"left\") { Link(0, 1) }\nPartition(\"right\") { Link(1, 2) }"
        }
        expectFindings(bridge("ip: \"192.168.2.3/24\""), [])
        expectFindings(
            bridge("mac: \"02:00:00:01:AA:02\", ip: \"192.168.2.3/24\""),
            [
                Expected(
                    "1️⃣", "TOPO217", "interface eth1 of VM 1 gets the MAC address of VM 2", labels: "2️⃣")
            ])
        expectFindings(
            bridge("ip: \"192.168.2.2/24\""),
            [Expected("1️⃣", "TOPO217", "interface eth1 of VM 1 gets the IP address of VM 2", labels: "2️⃣")])
    }

    /// Linked interfaces share a subnet, not all those of a VM.
    @Test func subnetsAreOfInterfaces() {
        expectFindings(
            "VM(0)\nVM(2️⃣1, interfaces: .perPartition)\nVM(1️⃣2)\n"
                + "Partition(\"left\") { Link(0, 1) }\nPartition(\"right\") { Link(1, 2) }",
            [
                Expected(
                    "1️⃣", "TOPO215", "VM 2 (192.168.1.3/24) is linked with VM 1 (192.168.2.2/24), in another subnet",
                    labels: "2️⃣")
            ])
    }

    private let lan = "Partition(\"lan\") { Link(0, 1) }"

    @Test func aMACThatCannotBeReadIsShownWhereItStands() {
        expectFindings(
            """
            VM(0, mac: 1️⃣"02:00:00:00:AA")
            VM(1, mac: 2️⃣"hello")
            \(lan)
            """,
            [
                Expected("1️⃣", "TOPO201", "VM 0 has the MAC address \"02:00:00:00:AA\", which cannot be read"),
                Expected("2️⃣", "TOPO201", "VM 1 has the MAC address \"hello\", which cannot be read"),
            ])
    }

    @Test func aPoolIsCheckedOnceForAllItsVMs() {
        expectFindings(
            """
            AddressPool(mac: 1️⃣"02-00-00-00-AA-01", ip: 2️⃣"10.0.0.1", ipv6: 3️⃣"fd00::g/64")
            VMs(0..<2)
            \(lan)
            """,
            [
                Expected(
                    "1️⃣", "TOPO201", "the address pool has the MAC address \"02-00-00-00-AA-01\", which cannot be read"),
                Expected(
                    "2️⃣", "TOPO211", "the address pool has the IPv4 address \"10.0.0.1\", which has no prefix length"),
                Expected("3️⃣", "TOPO211", "the address pool has the IPv6 address \"fd00::g/64\", which cannot be read"),
            ])
    }

    @Test func zeroBroadcastAndMulticastAreToldApart() {
        expectFindings(
            """
            VM(0, mac: 1️⃣"00:00:00:00:00:00")
            VM(1, mac: 2️⃣"FF:FF:FF:FF:FF:FF")
            VM(2, mac: 3️⃣"33:33:00:00:00:01")
            Partition("lan") { Mesh(0, 1, 2) }
            """,
            [
                Expected(
                    "1️⃣", "TOPO202", "VM 0 has the MAC address 00:00:00:00:00:00, which marks a free slot of the switch"),
                Expected("2️⃣", "TOPO203", "VM 1 has the broadcast address FF:FF:FF:FF:FF:FF as its own MAC address"),
                Expected("3️⃣", "TOPO204", "VM 2 has the multicast address 33:33:00:00:00:01 as its own MAC address"),
            ])
    }

    @Test func theUniversalBitIsAWarning() {
        expectFindings(
            """
            AddressPool(mac: 1️⃣"00:1B:21:00:00:01")
            VM(0, mac: 2️⃣"08:00:27:00:00:09")
            VM(1)
            \(lan)
            """,
            [
                Expected(
                    "1️⃣", "TOPO205",
                    "the address pool has the MAC address 00:1B:21:00:00:01, which is not locally administered"),
                Expected(
                    "2️⃣", "TOPO205", "VM 0 has the MAC address 08:00:27:00:00:09, which is not locally administered"),
            ])
    }

    @Test func theUniversalBitIsSetByTheFix() {
        let fixed = fixing(
            assembly("AddressPool(mac: \"00:1B:21:00:00:01\")\nVM(0, mac: \"08:00:27:00:00:09\")\nVM(1)\n\(lan)"))
        #expect(fixed.contains("AddressPool(mac: \"02:1B:21:00:00:01\")"))
        #expect(fixed.contains("VM(0, mac: \"0A:00:27:00:00:09\")"))
    }

    @Test func whatWasComputedIsNotFixed() {
        let body = "for n in 0..<2 { VM(n, mac: \"00:00:00:00:AA:0\\(n + 1)\") }\n\(lan)"
        let result = Marked(assembly(body)).lint()
        #expect(result.report.findings.map(\.code) == ["TOPO205", "TOPO205"])
        #expect(result.report.findings.flatMap(\.fixIts) == [])
    }

    @Test func aDuplicateMACShowsAllPlaces() {
        expectFindings(
            """
            VM(0, mac: 1️⃣"02:00:00:00:AA:09")
            VM(1, mac: 2️⃣"02:00:00:00:aa:09")
            VM(2, mac: 3️⃣"02:00:00:00:AA:09")
            Partition("lan") { Mesh(0..<3) }
            """,
            [
                Expected(
                    "2️⃣", "TOPO206", "VM 0, VM 1 and VM 2 have the MAC address 02:00:00:00:AA:09", labels: "1️⃣3️⃣")
            ])
    }

    @Test func anAddressOfThePoolMeetsOneThatWasWritten() {
        expectFindings(
            """
            VM(1️⃣0)
            VM(1, mac: 2️⃣"02:00:00:00:AA:01", ip: 3️⃣"192.168.1.1/24")
            \(lan)
            """,
            [
                Expected("2️⃣", "TOPO206", "VM 0 and VM 1 have the MAC address 02:00:00:00:AA:01", labels: "1️⃣"),
                Expected("3️⃣", "TOPO212", "VM 0 and VM 1 have the IPv4 address 192.168.1.1", labels: "1️⃣"),
            ])
    }

    @Test func aDuplicateIPIsOneWhateverThePrefix() {
        expectFindings(
            """
            VM(0, ip: 1️⃣"10.0.0.1/24", ipv6: 2️⃣"fd00::1/64")
            VM(1, ip: 3️⃣"10.0.0.1/24", ipv6: 4️⃣"fd00:0:0::1/64")
            \(lan)
            """,
            [
                Expected("3️⃣", "TOPO212", "VM 0 and VM 1 have the IPv4 address 10.0.0.1", labels: "1️⃣"),
                Expected("4️⃣", "TOPO212", "VM 0 and VM 1 have the IPv6 address fd00::1", labels: "2️⃣"),
            ])
    }

    @Test func thePoolOfMACsEnds() {
        expectFindings(
            """
            AddressPool(mac: 1️⃣"02:00:00:FF:FF:FE")
            VMs(2️⃣0..<4)
            Partition("lan") { Mesh(0..<4) }
            """,
            [
                Expected(
                    "1️⃣", "TOPO207",
                    "the address pool that begins with 02:00:00:FF:FF:FE has no address left for VM 2, which gets "
                        + "02:00:01:00:00:00, nor for 1 other VM", labels: "2️⃣")
            ])
    }

    @Test func thePoolOfIPsEndsAtTheBroadcastAddress() {
        expectFindings(
            """
            AddressPool(ip: 1️⃣"10.0.0.253/24")
            VMs(2️⃣0..<3)
            Partition("lan") { Mesh(0..<3) }
            """,
            [
                Expected(
                    "1️⃣", "TOPO216",
                    "the address pool that begins with 10.0.0.253/24 has no address left for VM 2, which gets "
                        + "10.0.0.255/24", labels: "2️⃣")
            ])
    }

    @Test func networkAndBroadcastAddressesAreNoHosts() {
        expectFindings(
            """
            VM(0, ip: 1️⃣"10.0.0.0/30", ipv6: 2️⃣"fd00::/64")
            VM(1, ip: 3️⃣"10.0.0.3/30", ipv6: "fd00::1/64")
            \(lan)
            """,
            [
                Expected("1️⃣", "TOPO213", "VM 0 has 10.0.0.0/30, the network address of its subnet 10.0.0.0/30"),
                Expected("2️⃣", "TOPO213", "VM 0 has fd00::/64, the router address of its subnet fd00::/64"),
                Expected("3️⃣", "TOPO213", "VM 1 has 10.0.0.3/30, the broadcast address of its subnet 10.0.0.0/30"),
            ])
    }

    @Test func aPointToPointSubnetHasTwoHosts() {
        expectFindings("VM(0, ip: \"10.0.0.0/31\")\nVM(1, ip: \"10.0.0.1/31\")\n\(lan)", [])
    }

    @Test(arguments: [
        ("0.0.0.1/8", "an unspecified"), ("127.1.2.3/8", "a loopback"), ("224.0.0.251/4", "a multicast"),
        ("240.0.0.1/4", "a reserved"),
    ])
    func addressesThatNoHostHas(_ address: String, _ kind: String) {
        expectFindings(
            "VM(0, ip: 1️⃣\"\(address)\")\nVM(1)\nPartition(\"lan\") { Connect(1, to: 1) }",
            [Expected("1️⃣", "TOPO214", "VM 0 has \(address), which is \(kind) address")],
            ignoring: ["TOPO302", "TOPO308"])
    }

    @Test(arguments: [("::/64", "an unspecified"), ("::1/128", "a loopback"), ("ff02::1/64", "a multicast")])
    func addressesThatNoHostHasInIPv6(_ address: String, _ kind: String) {
        expectFindings(
            "VM(0, ipv6: 1️⃣\"\(address)\")\nVM(1)\n\(lan)",
            [Expected("1️⃣", "TOPO214", "VM 0 has \(address), which is \(kind) address")])
    }

    @Test func theVMThatDisagreesWithTheMostPeersIsNamed() {
        expectFindings(
            """
            VM(0, ip: 1️⃣"10.0.0.1/24")
            VM(1, ip: 2️⃣"10.0.1.2/24")
            VM(2, ip: 3️⃣"10.0.0.3/24")
            Partition("lan") { Mesh(0, 1, 2) }
            """,
            [
                Expected(
                    "2️⃣", "TOPO215",
                    "VM 1 (10.0.1.2/24) is linked with VM 0 (10.0.0.1/24) and VM 2 (10.0.0.3/24), in another subnet",
                    labels: "1️⃣3️⃣")
            ])
    }

    @Test func theSameNetworkWithAnotherPrefixIsAnotherSubnet() {
        expectFindings(
            "VM(0, ip: 1️⃣\"10.0.0.1/24\")\nVM(1, ip: 2️⃣\"10.0.0.2/25\")\n\(lan)",
            [
                Expected(
                    "2️⃣", "TOPO215", "VM 1 (10.0.0.2/25) is linked with VM 0 (10.0.0.1/24), in another subnet",
                    labels: "1️⃣")
            ])
    }

    @Test func vmsThatAreNotLinkedMayBeInOtherSubnets() {
        expectFindings(
            """
            VM(0, ip: "10.0.0.1/24")
            VM(1, ip: "10.0.0.2/24")
            VM(2, ip: "10.0.1.1/24")
            VM(3, ip: "10.0.1.2/24")
            Partition("left") { Link(0, 1) }
            Partition("right") { Link(2, 3) }
            """, [])
    }
}
