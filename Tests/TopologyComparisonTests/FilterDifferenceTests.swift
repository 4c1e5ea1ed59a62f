// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import Foundation
import Testing
import TopologyComparison
import TopologyLanguage
import Wiring

/// Filters that come, go and change, and what passes now and did not.
@Suite struct FilterDifferenceTests {
    private func filter(_ rules: String, from first: Int = 0, to second: Int = 1) -> String {
        "VMs(0..<3)\nFilter(\"fw\", between: \(first), and: \(second)) {\n\(rules)\n}\nPartition(\"lan\") { Link(1, 2) }"
    }

    private let link = "VMs(0..<3)\nPartition(\"direct\") { Link(0, 1) }\nPartition(\"lan\") { Link(1, 2) }"

    private func lines(_ difference: TopologyDifference) -> [String] {
        difference.text(style: TextStyle(isColoured: false)).split(separator: "\n").map(String.init)
    }

    @Test func rulesThatComeGoAndChangeAreNamed() throws {
        let changed = try difference(
            filter("Allow(.arp)\nAllow(.tcp, port: 80, from: 0)\nAllow(.udp, port: 53)\nDeny(.icmp)\nAllow(.any)"),
            filter("Allow(.arp)\nAllow(.tcp, port: 81, from: 0)\nDeny(.icmp)\nDeny(.udp)\nAllow(.any)"))
        #expect(
            changed.filters.flatMap(\.rules).map { "\($0.number) \($0.old ?? "none") → \($0.new ?? "none")" } == [
                "2 Allow(.tcp, port: 80, from: 0) → Allow(.tcp, port: 81, from: 0)",
                "3 Allow(.udp, port: 53) → none", "4 none → Deny(.udp)",
            ])
        #expect(
            lines(changed) == [
                "~ filter \"fw\": rule 2, Allow(.tcp, port: 80, from: 0) → Allow(.tcp, port: 81, from: 0)",
                "- filter \"fw\": rule 3, Allow(.udp, port: 53)", "+ filter \"fw\": rule 4, Deny(.udp)",
                "VMs: 0 added, 0 removed, 0 changed; flows: 0 added, 0 removed, 0 changed; "
                    + "filters: 0 added, 0 removed, 1 changed",
            ])
    }

    /// The same rules, seen from the other side, with other words and under another name.
    @Test func whatMeansTheSameDoesNotDiffer() throws {
        let same = try difference(
            "VM(\"a\")\nVM(\"b\")\nFilter(\"fw\", between: 0, and: 1) { Allow(.tcp, port: 80...80, from: 0) }",
            "VM(\"a\")\nVM(\"b\")\nFilter(\"fw\", between: \"b\", and: \"a\") { Allow(.tcp, port: 80, from: \"a\") }")
        #expect(same.isEmpty)
        let turned = try difference(
            filter("Allow(.tcp, port: 80, from: 0)"), filter("Allow(.tcp, port: 80, from: 1)", from: 1, to: 0))
        #expect(turned.filters[0].rules.count == 1)
        #expect(!turned.widening.isEmpty)
    }

    @Test func aFilterInPlaceOfALinkNarrowsAndALinkInPlaceOfAFilterWidens() throws {
        let filtered = filter("Allow(.arp)\nDeny(.any)")
        let narrowed = try difference(link, filtered)
        #expect(narrowed.widening.isEmpty)
        #expect(
            lines(narrowed).filter { $0.contains("filter") } == [
                "+ filter \"fw\" between VM 0 and VM 1", "+ filter \"fw\": rule 1, Allow(.arp)",
                "+ filter \"fw\": rule 2, Deny(.any)",
                "VMs: 0 added, 0 removed, 0 changed; flows: 0 added, 0 removed, 2 changed; "
                    + "filters: 1 added, 0 removed, 0 changed",
            ])
        let widened = try difference(filtered, link)
        #expect(widened.widening.links == [] && widened.widening.joined == [])
        #expect(widened.widening.passing.map { [$0.source.number, $0.destination.number] } == [[0, 1], [1, 0]])
        let marked = lines(widened).filter { $0.hasPrefix("widening:") }
        #expect(
            marked == [
                "widening: partition \"direct\" lets every frame pass from VM 0 to VM 1, and a filter did not",
                "widening: partition \"direct\" lets every frame pass from VM 1 to VM 0, and a filter did not",
            ])
        #expect(lines(widened).last?.hasSuffix("; widening: more passes between 1 pair") == true)
        // A filter that held nothing back.
        let open = filter("Allow(.any)\nAllow(.fragments)\nAllow(.malformed)")
        #expect(try difference(open, link).widening.isEmpty)
        #expect(!(try difference(filter("Allow(.any)\nAllow(.fragments)"), link).widening.isEmpty))
        // CakeML's component forwards everything, whatever is written.
        let proxy = "VMs(0..<3)\nFilter(\"fw\", between: 0, and: 1, implementation: .cakeML) { Allow(.any) }\n"
        let replaced = try difference(filter("Allow(.any)"), proxy + "Partition(\"lan\") { Link(1, 2) }")
        #expect(replaced.filters[0].settings.map(\.setting) == ["implementation"])
        #expect(replaced.widening.passing.count == 2)
    }

    @Test func aFilterThatLetsNothingPassJoinsNothing() throws {
        let closed = filter("Deny(.any)")
        let apart = "VMs(0..<3)\nPartition(\"lan\") { Link(1, 2) }"
        #expect(try difference(apart, closed).widening.isEmpty)
        for before in [apart, closed] {
            let opened = try difference(before, filter("Allow(.udp, port: 514, from: 0, answers: false)"))
            #expect(opened.widening.links.map { $0.vms.map(\.number) } == [[0, 1]])
            #expect(opened.widening.links.map(\.isFiltered) == [true])
            #expect(opened.widening.passing == [])
            #expect(opened.widening.joined.map { $0.example.map(\.number) } == [[0, 1, 2]])
            #expect(lines(opened).contains("widening: filter \"fw\" joins VM 0 and VM 1"))
        }
    }

    /// What was let through, what is, and the frames that are so for the first time, by the rule that lets them.
    private static let changes: [(old: String, new: String, gained: [String])] = [
        ("Allow(.tcp, port: 80)", "Allow(.tcp, port: 80)\nDeny(.any)", []),
        ("Allow(.tcp, port: 80)", "Allow(.tcp, port: 80, from: 0)", []),
        ("Allow(.tcp)", "Deny(.tcp, port: 22)\nAllow(.tcp)", []),
        ("Allow(.ip)\nAllow(.arp)", "Allow(.arp)\nAllow(.tcp)\nAllow(.udp)\nAllow(.icmp)", []),
        ("Allow(.tcp, port: 1...10)\nAllow(.tcp, port: 11...20)", "Allow(.tcp, port: 5...15)", []),
        (
            "Allow(.ipv4, source: \"10.0.0.0/9\")\nAllow(.ipv4, source: \"10.128.0.0/9\")",
            "Allow(.udp, source: \"10.0.0.0/8\")", []
        ),
        // What a rule denied it still denies, by another rule.
        ("Deny(.tcp, port: 22)\nAllow(.tcp)", "Deny(.tcp, port: 20...30)\nAllow(.tcp, port: 22...40)", []),
        (
            "Allow(.tcp, port: 80, from: 0)", "Allow(.tcp, port: 80...81, from: 0)",
            [
                "0→1 rule 1, Allow(.tcp, port: 80...81, from: 0): TCP over IPv4 to port 81",
                "0→1 rule 1, Allow(.tcp, port: 80...81, from: 0): TCP over IPv6 to port 81",
                "1→0 rule 1, Allow(.tcp, port: 80...81, from: 0): TCP over IPv4 from port 81, answers",
                "1→0 rule 1, Allow(.tcp, port: 80...81, from: 0): TCP over IPv6 from port 81, answers",
            ]
        ),
        (
            "Deny(.icmp)\nAllow(.any)", "Allow(.any)",
            ["0→1 rule 1, Allow(.any): ICMP", "1→0 rule 1, Allow(.any): ICMP"]
        ),
        (
            "Allow(.udp, port: 53, from: 1, answers: false)", "Allow(.udp, port: 53, from: 1)",
            [
                "0→1 rule 1, Allow(.udp, port: 53, from: 1): UDP over IPv4 from port 53, answers",
                "0→1 rule 1, Allow(.udp, port: 53, from: 1): UDP over IPv6 from port 53, answers",
            ]
        ),
        // The order of rules decides.
        (
            "Deny(.tcp, port: 22)\nAllow(.ipv4)", "Allow(.ipv4)\nDeny(.tcp, port: 22)",
            [
                "0→1 rule 1, Allow(.ipv4): TCP over IPv4 to port 22",
                "1→0 rule 1, Allow(.ipv4): TCP over IPv4 to port 22",
            ]
        ),
        (
            "Allow(.any)", "Allow(.any)\nAllow(.fragments)",
            [
                "0→1 rule 2, Allow(.fragments): a fragment of IPv4",
                "0→1 rule 2, Allow(.fragments): a fragment of IPv6",
                "1→0 rule 2, Allow(.fragments): a fragment of IPv4",
                "1→0 rule 2, Allow(.fragments): a fragment of IPv6",
            ]
        ),
        // Rates.
        ("Allow(.arp)", "Allow(.arp, rate: 10)", []),
        ("Allow(.arp, rate: 10)", "Allow(.arp, rate: 9)", []),
        ("Allow(.ip, rate: 10)", "Allow(.udp, rate: 4)\nAllow(.tcp, rate: 6)", []),
        (
            "Allow(.arp, rate: 10)", "Allow(.arp, rate: 11, burst: 10)",
            ["0→1 rule 1, Allow(.arp, rate: 11, burst: 10): ARP, more often than by Allow(.arp, rate: 10)"]
        ),
        (
            "Allow(.arp, rate: 10, burst: 1)", "Allow(.arp, rate: 10, burst: 2)",
            ["0→1 rule 1, Allow(.arp, rate: 10, burst: 2): ARP, more often than by Allow(.arp, rate: 10, burst: 1)"]
        ),
        (
            "Allow(.any, rate: 10)", "Allow(.arp)",
            ["0→1 rule 1, Allow(.arp): ARP, more often than by Allow(.any, rate: 10)"]
        ),
        // Two buckets hold more than one.
        (
            "Allow(.ipv4, rate: 10)", "Allow(.icmp, rate: 10)\nAllow(.udp, source: \"10.0.0.0/8\", rate: 10)",
            [
                "0→1 rule 1, Allow(.icmp, rate: 10): ICMP, more often than by Allow(.ipv4, rate: 10)",
                "0→1 rule 2, Allow(.udp, source: \"10.0.0.0/8\", rate: 10): UDP over IPv4, more often than by Allow(.ipv4, rate: 10)",
            ]
        ),
    ]

    @Test(arguments: changes)
    func onlyWhatIsLetThroughForTheFirstTimeWidens(_ change: (old: String, new: String, gained: [String])) throws {
        let (old, new, expected) = change
        let changed = try difference(filter(old), filter(new))
        let found = changed.widening.passing.flatMap { passing in
            passing.frames.map { "\(passing.source.number)→\(passing.destination.number) \($0)" }
        }
        #expect(found == expected)
        #expect(changed.widening.links == [] && changed.widening.joined == [])
        #expect(changed.widening.isEmpty == expected.isEmpty)
        #expect(changed.filters.count == 1)
    }

    /// Filters of random rules: each example passes by the new rules and not by the old ones; where nothing is gained no
    /// frame of many shows otherwise; and a filter gains nothing over itself.
    @Test func gainsAreThoseOfFramesThatAreJudged() throws {
        var random = SystemRandomNumberGenerator()
        let pool = [
            "Allow(.arp)", "Allow(.tcp, port: 80, from: 0)", "Allow(.tcp, port: 70...90)", "Allow(.udp, port: 53)",
            "Allow(.ipv4)", "Allow(.ip, source: \"10.0.0.0/8\")", "Allow(.icmp, from: 1)", "Allow(.any)",
            "Allow(.fragments)", "Allow(.any, etherType: 0x88cc)", "Allow(.ipv4, ipProtocol: 47)",
            "Deny(.tcp, port: 80)", "Deny(.udp)", "Deny(.ipv4, destination: \"10.1.0.0/16\")", "Deny(.icmp)",
            "Deny(.any, sourceMAC: \"02:00:00:00:AA:01\")", "Deny(.tcp, port: 85...100, from: 1, answers: false)",
        ]
        func analysis() throws -> FilterAnalysis {
            let rules = (0..<Int.random(in: 1...5, using: &random)).compactMap { _ in
                pool.randomElement(using: &random)
            }
            let text = "import Topology\n\nAssembly(\"test\") {\n\(filter(rules.joined(separator: "\n")))\n}\n"
            let file = TopologyFile(reading: SourceText(name: "test.topo", text: text))
            let network = Network(try #require(file.assembly))
            return FilterAnalysis(try #require(network.filters.first))
        }
        var (gained, nothing) = (0, 0)
        for _ in 0..<400 {
            let (old, new) = (try analysis(), try analysis())
            #expect(old.gains(over: old) == [])
            let gains = new.gains(over: old)
            for gain in gains {
                let frame = FrameBox.corner(of: gain.passage.example)
                #expect(new.passes(gain.passage.kind, gain.passage.direction, frame))
                #expect(!old.passes(gain.passage.kind, gain.passage.direction, frame))
            }
            if gains.isEmpty { nothing += 1 } else { gained += 1 }
            for direction in FilterDirection.allCases {
                for passage in new.passages(direction) {
                    let frame = FrameBox.corner(of: passage.example)
                    if !old.passes(passage.kind, direction, frame) {
                        #expect(gains.contains { $0.passage.kind == passage.kind && $0.passage.direction == direction })
                    }
                }
            }
        }
        #expect(gained > 50 && nothing > 20, "\(gained) with gains, \(nothing) without")
    }

    @Test func theDocumentHasFilters() throws {
        let changed = try difference(link, filter("Allow(.any)\nAllow(.fragments)\nAllow(.malformed)"))
        let wider = try difference(filter("Allow(.arp)"), filter("Allow(.any)"))
        func read(_ difference: TopologyDifference) throws -> [String: Any] {
            let text = try difference.json(old: "a.topo", new: "b.topo")
            return try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        }
        let filters = try #require(try read(changed)["filters"] as? [String: [[String: Any]]])
        #expect(filters.mapValues(\.count) == ["added": 1, "removed": 0, "changed": 0])
        #expect((filters["added"]?.first?["rules"] as? [[String: Any]])?.map { $0["number"] as? Int } == [1, 2, 3])
        let widening = try #require(try read(wider)["widening"] as? [String: [[String: Any]]])
        #expect(widening["passing"]?.count == 2)
        let frames = try #require(widening["passing"]?.first?["frames"] as? [String])
        #expect(frames.contains("rule 1, Allow(.any): TCP over IPv4"))
    }
}

extension FrameBox {
    /// The header in which each field has the least value that it has in a box.
    fileprivate static func corner(of box: FrameBox) -> FrameBox {
        var corner = box
        for field in FrameField.allCases { corner[field] = box[field].lowerBound...box[field].lowerBound }
        return corner
    }
}
