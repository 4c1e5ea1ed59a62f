// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import Topology
import Wiring

/// A link between VMs that must not reach each other.
enum NeverLinked: Rule {
    static let description = RuleDescription(
        code: "TOPO501", name: "never-linked", severity: .error,
        summary: "A partition links two VMs of which a `Never` says that one does not reach the other.",
        rationale: """
            A link carries frames both ways: each of its directions is a virtqueue, and the receiver answers over the \
            other. So a link contradicts `Never(a, reaches: b)` and `Never(b, reaches: a)` alike.

            A link with a filter in its middle contradicts it where a rule lets any frame pass in that direction, answers \
            included; that is computed from the rules.

            A `Never` is a claim about the whole topology, wherever in the file it stands. It is checked here, and it \
            is checked again in what `topoc build` writes.
            """,
        bad: """
            import Topology

            Assembly("three") {
                VMs(0..<3)
                Partition("lan") { Mesh(0, 1, 2) }
                Never(0, reaches: 2)
            }
            """,
        good: """
            import Topology

            Assembly("two") {
                VMs(0..<4)
                Partition("left") { Link(0, 1) }
                Partition("right") { Link(2, 3) }
                Never(0, reaches: 2)
            }
            """,
        isAllowable: true)

    static func check(_ subject: Subject, _ report: (Finding) -> Void) {
        let network = subject.network
        let reach = FilteredReach(network)
        for never in network.nevers {
            let links = network.directLinks(of: never).filter { link in
                network.filters.isEmpty || reach.crosses(link.source.value, link.destination.value)
            }
            guard let first = links.first else { continue }
            if let filter = network.filter(of: first.half) {
                report(passed(by: filter, first, never, subject))
                continue
            }
            let half = network.halves[first.half]
            let partition = network.assembly.partitions[Int(half.partition)].name.value
            let from = network.nodes[first.source.value]
            let to = network.nodes[first.destination.value]
            let others = links.dropFirst().prefix(Listing.limit).map { link in
                "\(network.nodes[link.source.value].number)–\(network.nodes[link.destination.value].number)"
            }
            let more =
                others.isEmpty ? [] : ["so are the pairs \(Listing.list(others, total: links.count - 1)) of this Never"]
            report(
                description.finding(
                    "\(from.label) must never reach \(to.label), but partition \(Names.quoted(partition)) links them",
                    at: first.destination.origin.span ?? never.origin.span,
                    labels: links.prefix(Listing.limit).compactMap { link in
                        Label(network.origin(of: network.halves[link.half]), "links \(network.pairLabel(link.half))")
                    },
                    notes: more + ["take the link out of the partition, or the assertion back"]))
        }
    }

    /// A link with a filter in its middle, which lets something pass.
    private static func passed(
        by filter: ResolvedFilter, _ link: ForbiddenLink, _ never: ResolvedNever, _ subject: Subject
    ) -> Finding {
        let direction = filter.direction(from: link.source.value) ?? .fromFirst
        let passages = FilterAnalysis(filter).passages(direction)
        let rules = Set(passages.map(\.rule)).sorted().filter { filter.effectiveRules.indices.contains($0) }
        let from = subject.nodes[link.source.value].label
        let to = subject.nodes[link.destination.value].label
        let example = passages.first.map { " \($0.spoken)" } ?? ""
        return description.finding(
            "\(from) must never reach \(to), but filter \(Names.quoted(filter.name.value)) lets pass" + example,
            at: link.destination.origin.span ?? never.origin.span,
            labels: rules.prefix(Listing.limit).compactMap { rule in
                Label(filter.effectiveRules[rule].origin, "lets frames of \(from) pass")
            },
            notes: ["`topoc explain --path` shows all that passes; deny it, or take the assertion back"])
    }
}

/// A pair that a `Never` keeps apart and a link joins.
struct ForbiddenLink {
    let source: Placed<Int>
    let destination: Placed<Int>
    /// Index of a half of the link, in either direction.
    let half: Int
}

extension Network {
    func link(_ a: Int, _ b: Int) -> Int? { half(from: a, to: b) ?? half(from: b, to: a) }

    /// The links that contradict a `Never`. It looks pairs up, or walks the sources' and destinations' rows, whichever
    /// is less.
    func directLinks(of never: ResolvedNever) -> [ForbiddenLink] {
        let pairs = never.sources.count.multipliedReportingOverflow(by: never.destinations.count)
        let entries = (never.sources + never.destinations).reduce(0) { $0 + rows[$1.value].count }
        if !pairs.overflow, pairs.partialValue <= entries {
            return never.sources.flatMap { source in
                never.destinations.compactMap { destination in
                    guard source.value != destination.value, let half = link(source.value, destination.value) else {
                        return nil
                    }
                    return ForbiddenLink(source: source, destination: destination, half: half)
                }
            }
        }
        let sources = Dictionary(never.sources.map { ($0.value, $0) }, uniquingKeysWith: { first, _ in first })
        let destinations = Dictionary(
            never.destinations.map { ($0.value, $0) }, uniquingKeysWith: { first, _ in first })
        // A pair as one number.
        var seen: Set<Int> = []
        var links: [ForbiddenLink] = []
        for member in never.sources + never.destinations {
            for entry in rows[member.value] where halves[entry].from != halves[entry].to {
                let ends = (Int(halves[entry].from), Int(halves[entry].to))
                for (from, to) in [ends, (ends.1, ends.0)] {
                    guard let source = sources[from], let destination = destinations[to],
                        seen.insert(from * nodes.count + to).inserted
                    else { continue }
                    links.append(ForbiddenLink(source: source, destination: destination, half: entry))
                }
            }
        }
        return links
    }
}
