// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import Topology
import Wiring

/// One thing that a topology must not do, in a file of its own.
public protocol Rule: Sendable {
    static var description: RuleDescription { get }
    /// Whether the rule looks for what is not there. Such a rule says nothing about a text of which a part could not be
    /// understood: what it misses may be in that part.
    static var judgesAbsence: Bool { get }
    /// Reports every fault of this kind, each once. Linear in VMs and links.
    static func check(_ subject: Subject, _ report: (Finding) -> Void)
}

extension Rule {
    static var judgesAbsence: Bool { false }
}

/// What the rules look at.
public struct Subject: Sendable {
    public let network: Network
    public let target: Target
    public let budgets: [Budget]
    /// What the topology is wired as; `nil` where a fault leaves nothing to wire.
    public let wiring: Wiring?
    /// The text that the origins point into; `nil` for an assembly that Swift built.
    public let source: SourceText?

    public init(_ network: Network, target: Target, source: SourceText? = nil) {
        self.network = network
        self.target = target
        self.source = source
        budgets = Budget.all(of: network, target: target)
        wiring = Wiring(network, target: target)
    }

    var nodes: [Node] { network.nodes }
    var assembly: Assembly { network.assembly }

    /// Whether the text has exactly this there. A fix-it may replace a plain literal and nothing else: what was
    /// computed (an interpolation, a name) means something else the next time.
    func says(_ text: String, at origin: Origin) -> Bool {
        guard let source, let span = origin.span, span.upperBound <= source.bytes.count else { return false }
        return source.bytes[span].elementsEqual(text.utf8)
    }

    /// The edits that replace a string literal, where one stands there.
    func replacing(_ text: Placed<String>, with replacement: String, _ message: String) -> [FixIt] {
        guard let span = text.origin.span, says("\"\(text.value)\"", at: text.origin) else { return [] }
        return [FixIt(message, [Edit(span, "\"\(replacement)\"")])]
    }

    /// The edits that replace an integer literal, where one stands there.
    func replacing(_ number: Placed<Int>, with replacement: Int, _ message: String) -> [FixIt] {
        guard let span = number.origin.span, says("\(number.value)", at: number.origin) else { return [] }
        return [FixIt(message, [Edit(span, "\(replacement)")])]
    }

    /// The VMs that rules about duplicates compare: where several have one number, what the number gives them by
    /// default is no fault of its own.
    func comparable(_ isDefault: (Node) -> Bool) -> [Int] {
        nodes.indices.filter { index in
            index == 0 || nodes[index - 1].number != nodes[index].number || !isDefault(nodes[index])
        }
    }
}

extension Node {
    /// As messages name it: `VM 3`, or `VM 3 ("web")`.
    var label: String { name.map { "VM \(number) (\"\($0)\")" } ?? "VM \(number)" }

    /// Where an address of this VM is best shown: where it was written, else where the VM was.
    func place<Value>(of address: Address<Value>) -> SourceSpan? {
        address.isFromPool ? identityOrigin.span : address.origin.span
    }
}

extension Label {
    /// `nil` where there is no text to label.
    init?(_ origin: Origin, _ message: String) {
        guard let span = origin.span else { return nil }
        self.init(span, message)
    }
}
