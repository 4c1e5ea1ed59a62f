// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import Foundation
import Testing
import TopologyComparison
import TopologyLanguage
import Wiring

/// The bodies of two assemblies, compared.
func difference(_ old: String, _ new: String) throws -> TopologyDifference {
    func network(_ body: String) throws -> Network {
        let text = "import Topology\n\nAssembly(\"test\") {\n\(body)\n}\n"
        let file = TopologyFile(reading: SourceText(name: "test.topo", text: text))
        try #require(file.findings == [])
        return Network(try #require(file.assembly))
    }
    return TopologyDifference(from: try network(old), to: try network(new))
}

/// The lines for a person, without the one that counts.
private func lines(_ difference: TopologyDifference) -> [String] {
    difference.text(style: TextStyle(isColoured: false)).split(separator: "\n").dropLast().map(String.init)
}

@Suite struct DifferenceTests {
    private let three = "VMs(0..<3)\nPartition(\"lan\") { Line(0, 1, 2) }"

    @Test func whatSaysTheSameDoesNotDiffer() throws {
        let shapes = try difference(three, "VM(2)\nVM(1)\nVM(0)\nPartition(\"lan\") { Link(2, 1)\nLink(0, 1) }")
        #expect(shapes.isEmpty)
        #expect(shapes.text(style: TextStyle(isColoured: false)) == "no difference\n")
    }

    @Test func addressesAndSettingsAreNamedInTheWordsOfTheLanguage() throws {
        let changed = try difference(
            three,
            """
            VM(0, mac: "02:00:00:00:BB:01", ip: "10.0.0.1/8", ipv6: "fd00::1/64", hostname: "gate",
               guest: Guest(memoryMiB: 256, commandLine: "quiet", heap: 131072))
            VMs(1..<3)
            Partition("lan") { Line(0, 1, 2) }
            """)
        #expect(
            lines(changed) == [
                "~ VM 0: hostname vm0 → gate", "~ VM 0: mac 02:00:00:00:AA:01 → 02:00:00:00:BB:01",
                "~ VM 0: ip 192.168.1.1/24 → 10.0.0.1/8", "~ VM 0: ipv6 none → fd00::1/64",
                "~ VM 0: heap none → 131072", "~ VM 0: memoryMiB 128 → 256",
                "~ VM 0: commandLine \(Defaults.commandLine) → quiet",
                // What follows from the memory.
                "~ VM 0: untyped23Pool 21 → 40",
            ])
        #expect(changed.widening.isEmpty)
    }

    @Test func interfacesAreSettings() throws {
        let partitions = "Partition(\"red\") { Link(0, 1) }\nPartition(\"blue\") { Link(0, 2) }"
        let changed = try difference(
            "VMs(0..<3)\n\(partitions)", "VM(0, interfaces: .perPartition)\nVMs(1..<3)\n\(partitions)")
        #expect(
            lines(changed) == [
                "~ VM 0: eth0 partition none → red", "~ VM 0: eth1 partition none → blue",
                "~ VM 0: eth1 mac none → 02:00:00:01:AA:01", "~ VM 0: eth1 ip none → 192.168.2.1/24",
            ])
    }

    @Test func whoMaySendAsWhomIsASetting() throws {
        let changed = try difference(
            three,
            "VM(0, sources: .any, dataPath: .topoc)\nVMs(1..<3)\nPartition(\"lan\") { Line(0, 1, 2) }")
        #expect(lines(changed) == ["~ VM 0: sources pinned → any", "~ VM 0: dataPath none → topoc"])
    }

    @Test func flowsAreCountedByDirection() throws {
        let changed = try difference(
            "VMs(0..<3)\nPartition(\"lan\") { Mesh(0, 1, 2) }",
            "VMs(0..<3)\nPartition(\"lan\", queueLength: 128) { Line(0, 1, 2) }")
        #expect(
            lines(changed) == [
                "~ VM 0 → VM 1: \"lan\", 256 descriptors, 32768 bytes → \"lan\", 128 descriptors, 32768 bytes",
                "- VM 0 → VM 2 in \"lan\", 256 descriptors, 32768 bytes",
                "~ VM 1 → VM 0: \"lan\", 256 descriptors, 32768 bytes → \"lan\", 128 descriptors, 32768 bytes",
                "~ VM 1 → VM 2: \"lan\", 256 descriptors, 32768 bytes → \"lan\", 128 descriptors, 32768 bytes",
                "- VM 2 → VM 0 in \"lan\", 256 descriptors, 32768 bytes",
                "~ VM 2 → VM 1: \"lan\", 256 descriptors, 32768 bytes → \"lan\", 128 descriptors, 32768 bytes",
            ])
        #expect(changed.widening.isEmpty)
    }

    @Test func namesTellVMsApartAndNumbersThoseWithout() throws {
        let renumbered = try difference(
            "VM(0, name: \"web\")\nVM(1, name: \"db\")\nPartition(\"lan\") { Link(\"web\", \"db\") }",
            """
            VM(1, name: "web", mac: "02:00:00:00:AA:01", ip: "192.168.1.1/24")
            VM(0, name: "db", mac: "02:00:00:00:AA:02", ip: "192.168.1.2/24")
            Partition("lan") { Link("web", "db") }
            """)
        #expect(renumbered.flows == [])
        #expect(renumbered.widening.isEmpty)
        #expect(renumbered.changedVMs.map { $0.changes.map(\.setting).first } == ["number", "number"])

        let named = try difference(three, "VM(0, name: \"web\")\nVMs(1..<3)\nPartition(\"lan\") { Line(0, 1, 2) }")
        #expect(lines(named) == ["~ VM 0 (\"web\"): hostname vm0 → web", "~ VM 0 (\"web\"): name none → web"])
    }

    /// Nothing says that what may reach one VM may reach another that takes its number.
    @Test func anotherNameIsAnotherVM() throws {
        let changed = try difference(
            "VM(0, name: \"web\")\nVM(1)\nPartition(\"lan\") { Link(0, 1) }",
            "VM(0, name: \"guest\")\nVM(1)\nPartition(\"lan\") { Link(0, 1) }")
        #expect(changed.addedVMs.map(\.name) == ["guest"])
        #expect(changed.removedVMs.map(\.name) == ["web"])
        #expect(changed.widening.links.map { $0.vms.map(\.number) } == [[0, 1]])
    }

    @Test func assertionsThatGoAreNamed() throws {
        let changed = try difference(
            three + "\nNever(0, reaches: 2, 1)\nNever(2, reaches: 0)",
            three + "\nNever(2, reaches: 0)\nNever(0, reaches: 1, 2)")
        #expect(changed.isEmpty)
        let gone = try difference(three + "\nNever(0, reaches: 2)", three + "\nNever(1, reaches: 2)")
        #expect(lines(gone) == ["+ Never: VM 1 reaches VM 2", "- Never: VM 0 reaches VM 2"])
    }

    @Test func theDocumentHasEveryField() throws {
        let changed = try difference(three, "VMs(0..<4)\nPartition(\"lan\") { Line(0, 1, 3) }\nNever(0, reaches: 2)")
        let text = try changed.json(old: "a.topo", new: "b.topo")
        let document = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        #expect(
            Set(document.keys) == [
                "formatVersion", "version", "old", "new", "assembly", "vms", "flows", "filters", "assertions",
                "widening",
            ])
        let flows = try #require(document["flows"] as? [String: [[String: Any]]])
        #expect(flows.mapValues(\.count) == ["added": 2, "removed": 2, "changed": 0])
        let widening = try #require(document["widening"] as? [String: [[String: Any]]])
        let link = try #require(widening["links"]?.first)
        #expect((link["vms"] as? [[String: Int]])?.map { $0["number"] } == [1, 3])
        #expect(widening["joined"]?.first?["pairs"] as? Int == 1)
    }
}
