// SPDX-License-Identifier: BSD-2-Clause

import Testing
import TopologyComparison
import Wiring

@Suite struct WideningTests {
    private func links(_ difference: TopologyDifference) -> [[Int]] {
        difference.widening.links.map { $0.vms.map(\.number) }
    }

    @Test func aLinkThatWasNotThereWidens() throws {
        let changed = try difference(
            "VMs(0..<4)\nPartition(\"a\") { Link(0, 1) }\nPartition(\"b\") { Link(2, 3) }",
            "VMs(0..<4)\nPartition(\"a\") { Link(0, 1) }\nPartition(\"b\") { Line(2, 3, 1) }")
        #expect(links(changed) == [[1, 3]])
        #expect(changed.widening.links[0].partition == "b")
        #expect(changed.widening.links[0].wayBefore == [])
        // 0–2, 0–3 and 1–2 need the guests of 1 and 3.
        let joined = try #require(changed.widening.joined.first)
        #expect(changed.widening.joined.count == 1)
        #expect(joined.sets.map { $0.map(\.number) } == [[0, 1], [2, 3]])
        #expect(joined.pairs == 3)
        #expect(joined.example.map(\.number) == [0, 1, 3, 2])
    }

    @Test func aLinkBetweenVMsThatOthersJoinedSaysSo() throws {
        let changed = try difference(
            "VMs(0..<3)\nPartition(\"a\") { Link(0, 1) }\nPartition(\"b\") { Link(1, 2) }",
            "VMs(0..<3)\nPartition(\"a\") { Mesh(0, 1, 2) }")
        #expect(links(changed) == [[0, 2]])
        #expect(changed.widening.links[0].wayBefore.map(\.number) == [0, 1, 2])
        #expect(changed.widening.joined == [])
    }

    @Test(arguments: [
        // A partition is split, joined, renamed; a link goes; a shape is written otherwise.
        ("Partition(\"a\") { Mesh(0..<4) }", "Partition(\"a\") { Link(0, 1) }\nPartition(\"b\") { Link(2, 3) }"),
        ("Partition(\"a\") { Link(0, 1) }\nPartition(\"b\") { Link(1, 2) }", "Partition(\"c\") { Line(0, 1, 2) }"),
        ("Partition(\"a\") { Ring(0..<4) }", "Partition(\"a\") { Line(0..<4) }"),
    ])
    func lessOrTheSameIsNoWidening(old: String, new: String) throws {
        let changed = try difference("VMs(0..<4)\n" + old, "VMs(0..<4)\n" + new)
        #expect(changed.widening.isEmpty)
        #expect(changed.flows != [])
    }

    /// One direction of a link is enough to reach.
    @Test func halfALinkThatBecomesWholeIsNoWidening() throws {
        let changed = try difference(
            "VMs(0..<2)\nPartition(\"a\") { Connect(1, to: 0) }", "VMs(0..<2)\nPartition(\"a\") { Link(0, 1) }")
        #expect(changed.flows.count == 1)
        #expect(changed.widening.isEmpty)
    }

    @Test func aNewVMWidensByItsLinks() throws {
        let changed = try difference(
            "VMs(0..<2)\nPartition(\"a\") { Link(0, 1) }", "VMs(0..<3)\nPartition(\"a\") { Line(0, 1, 2) }")
        #expect(links(changed) == [[1, 2]])
        #expect(changed.widening.joined.map(\.pairs) == [1])
        let alone = try difference(
            "VMs(0..<2)\nPartition(\"a\") { Link(0, 1) }", "VMs(0..<3)\nPartition(\"a\") { Link(0, 1) }")
        #expect(alone.widening.isEmpty && alone.addedVMs.map(\.number) == [2])
    }

    /// Against all pairs, searched one by one.
    @Test func itAgreesWithASearchOfAllPairs() throws {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<200 {
            func links() -> Set<[Int]> {
                Set(
                    (0..<Int.random(in: 1...8, using: &random)).compactMap { _ in
                        let (a, b) = (Int.random(in: 0..<7, using: &random), Int.random(in: 0..<7, using: &random))
                        return a == b ? nil : [min(a, b), max(a, b)]
                    }
                ).union([[0, 1]])
            }
            let (old, new) = (links(), links())
            func body(_ links: Set<[Int]>) -> String {
                "VMs(0..<7)\nPartition(\"a\") {\n"
                    + links.map { "Link(\($0[0]), \($0[1]))\n" }.sorted().joined() + "}"
            }
            let changed = try difference(body(old), body(new))
            #expect(self.links(changed) == new.subtracting(old).sorted { ($0[0], $0[1]) < ($1[0], $1[1]) })
            let reached = (Self.reach(old), Self.reach(new))
            let joined = reached.1.subtracting(reached.0).subtracting(new)
            #expect(changed.widening.joined.reduce(0) { $0 + $1.pairs } == joined.count, "\(old) → \(new)")
            for set in changed.widening.joined {
                let way = set.example.map(\.number)
                #expect(joined.contains([way[0], way[way.count - 1]].sorted()))
                for (a, b) in zip(way, way.dropFirst()) { #expect(new.contains([a, b].sorted())) }
            }
        }
    }

    /// Each pair of seven VMs that links join, directly or not.
    private static func reach(_ links: Set<[Int]>) -> Set<[Int]> {
        var reached = links
        for middle in 0..<7 {
            for a in 0..<7 {
                for b in (a + 1)..<7 where a != middle && b != middle {
                    if reached.contains([a, middle].sorted()) && reached.contains([b, middle].sorted()) {
                        reached.insert([a, b])
                    }
                }
            }
        }
        return reached
    }

    @Test(.timeLimit(.minutes(1))) func manyVMsAreCompared() throws {
        let ring = "VMs(0..<1000)\nPartition(\"a\") { Ring(0..<500) }\nPartition(\"b\") { Ring(500..<1000) }"
        let changed = try difference(ring, ring + "\nPartition(\"c\") { Link(0, 500) }")
        #expect(links(changed) == [[0, 500]])
        #expect(changed.widening.joined.map(\.pairs) == [500 * 500 - 1])
    }
}
