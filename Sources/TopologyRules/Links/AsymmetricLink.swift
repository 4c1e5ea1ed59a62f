// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import Topology
import Wiring

/// A row without the row that answers.
enum AsymmetricLink: Rule {
    static let description = RuleDescription(
        code: "TOPO304", name: "asymmetric-link", severity: .error,
        summary: "A VM connects to a peer whose row does not answer.",
        rationale: """
            Each direction of a link is a virtqueue with a driver side at the sender and a device side at the \
            receiver, and each VM brings both of its ends. Where one row is missing, its ends are: `Interface \
            vm1.ether_0_recv is not present in connection`, from a template, after the whole parse.

            Only `Connect` can say half a link; the other shapes always say both halves. The fix adds the peer to the \
            row that should answer, or writes that row.
            """,
        bad: """
            import Topology

            Assembly("chain") {
                VMs(0..<3)
                Partition("lan") {
                    Connect(0, to: 1)
                    Connect(1, to: 0, 2)
                    Connect(2, to: 1, 0)
                }
            }
            """,
        good: """
            import Topology

            Assembly("chain") {
                VMs(0..<3)
                Partition("lan") {
                    Connect(0, to: 1, 2)
                    Connect(1, to: 0, 2)
                    Connect(2, to: 1, 0)
                }
            }
            """,
        isAllowable: false)

    static let judgesAbsence = true

    static func check(_ subject: Subject, _ report: (Finding) -> Void) {
        let network = subject.network
        var rows: ConnectRows?
        for (index, half) in network.halves.enumerated() where half.from != half.to {
            guard network.first(like: index) == index, network.answer(to: index) == nil else { continue }
            let to = Int(half.to)
            let found = rows ?? ConnectRows(subject)
            rows = found
            let sender = subject.nodes[Int(half.from)]
            let receiver = subject.nodes[to]
            let row = found.row(of: to, partition: half.partition)
            let label = row.flatMap { Label($0.origin, "this row of \(receiver.label) does not name \(sender.label)") }
            report(
                description.finding(
                    "\(sender.label) connects to \(receiver.label), which does not connect back",
                    at: network.origin(of: half).span, labels: [label].compactMap { $0 },
                    notes: ["add `Connect(\(receiver.number), to: \(sender.number))`, or write a `Link` for both"],
                    fixIts: found.answer(half)))
        }
    }
}

/// The `Connect` rows of a topology, to find where an answer belongs.
private struct ConnectRows {
    private struct Key: Hashable {
        let vm: Int32
        let partition: Int32
    }

    private let subject: Subject
    private var rows: [Key: LinkGroup] = [:]
    /// How many groups each stretch of text made: more than one is a loop's body.
    private var uses: [SourceSpan: Int] = [:]

    init(_ subject: Subject) {
        self.subject = subject
        for partition in subject.assembly.partitions {
            for group in partition.links {
                if let span = group.origin.span { uses[span, default: 0] += 1 }
            }
        }
        for half in subject.network.halves {
            let group = subject.network.group(of: half)
            let key = Key(vm: half.from, partition: half.partition)
            if group.shape == .connect, rows[key] == nil { rows[key] = group }
        }
    }

    func row(of vm: Int, partition: Int32) -> LinkGroup? { rows[Key(vm: Int32(vm), partition: partition)] }

    /// The answer to a half: its sender, added to the receiver's row where that has one, else as a new row. Only where
    /// both are plain text that is run once.
    func answer(_ half: Half) -> [FixIt] {
        let asking = subject.network.group(of: half)
        let sender = asking.members[Int(half.fromMember)]
        let receiver = asking.members[Int(half.toMember)]
        guard isPlain(asking), says(sender), says(receiver), let source = subject.source,
            let asked = asking.origin.span
        else { return [] }
        if let row = row(of: Int(half.to), partition: half.partition) {
            guard isPlain(row), let last = row.members.last, says(last), let end = last.origin.span?.upperBound else {
                return []
            }
            return [FixIt("add \(sender.value) to the row that answers", [Edit(end..<end, ", \(sender.value)")])]
        }
        let row = "Connect(\(receiver.value), to: \(sender.value))"
        let start = source.position(of: asked.lowerBound)
        let indent = source.line(start.line).prefix { $0 == " " || $0 == "\t" }
        let end = endOfStatement(asked.upperBound, in: source)
        return [FixIt("add the row that answers, `\(row)`", [Edit(end..<end, "\n\(indent)\(row)")])]
    }

    /// After a comment that ends the line, so that it stays with what it is about.
    private func endOfStatement(_ offset: Int, in source: SourceText) -> Int {
        guard let line = source.lineSpan(source.position(of: offset).line) else { return offset }
        let rest = String(decoding: source.bytes[offset..<max(offset, line.upperBound)], as: UTF8.self)
        let tail = rest.drop { $0 == " " || $0 == "\t" }
        return tail.isEmpty || tail.hasPrefix("//") ? max(offset, line.upperBound) : offset
    }

    private func says(_ member: Placed<VMReference>) -> Bool {
        subject.says(member.value.description, at: member.origin)
    }

    private func isPlain(_ group: LinkGroup) -> Bool {
        group.shape == .connect && group.origin.span.map { uses[$0] == 1 } == true
    }
}
