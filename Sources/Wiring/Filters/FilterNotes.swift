// SPDX-License-Identifier: BSD-2-Clause

extension FilterAnalysis {
    /// A sentence for each rule that lets frames pass in a direction: `rule 2, Allow(.arp): ARP`.
    public func notes(_ direction: FilterDirection) -> [String] {
        let passages = Dictionary(grouping: passages(direction), by: \.rule)
        return passages.keys.sorted().map { rule in
            let frames = (passages[rule] ?? []).map(\.spoken).joined(separator: "; ")
            return "rule \(rule + 1), \(text(of: rule)): \(frames)"
        }
    }
}

extension Wiring {
    /// What of a flow's frames passes, by which rule; `nil` where no filter judges them.
    public func filterNotes(of flow: Flow) -> [String]? {
        guard let filter = flow.filter.map({ filters[$0] }) else { return nil }
        let direction: FilterDirection = filter.ends[0].vm == flow.source ? .fromFirst : .fromSecond
        return FilterAnalysis(rules: filter.rules).notes(direction).map { "through \(filter.name): \($0)" }
    }
}

extension FilterAnalysis {
    /// Whether one frame passes.
    package func passes(_ kind: FrameKind, _ direction: FilterDirection, _ header: FrameBox) -> Bool {
        rules.first { rule in
            rule.sets.contains { $0.box(kind, direction)?.intersection(header) == header }
        }?.action == .allow
    }
}

extension Wiring {
    /// Whether one VM hears the answer when it calls another with ARP and an ICMP echo request: always where a link joins
    /// them, and through a filter where its rules let the four frames pass.
    public func answersPing(from source: Int, to destination: Int) -> Bool {
        guard let peer = vms[source].peers.first(where: { $0.number == destination }),
            let back = vms[destination].peers.first(where: { $0.number == source })
        else { return false }
        guard let filter = connections[peer.connection].filter.map({ filters[$0] }) else { return true }
        let analysis = FilterAnalysis(rules: filter.rules)
        let there: FilterDirection = filter.ends[0].vm == source ? .fromFirst : .fromSecond
        let (asking, answering) = (vms[source].interfaces[peer.interface], vms[destination].interfaces[back.interface])
        func header(from: Interface, to: MACAddress, _ ip: Interface?, isAnswer: Bool) -> FrameBox {
            func one(_ value: some BinaryInteger) -> ClosedRange<UInt128> { UInt128(value)...UInt128(value) }
            var box = FrameBox.nothing.with(.sourceMAC, one(from.mac.value)).with(.destinationMAC, one(to.value))
                .with(.answer, one(isAnswer ? 1 : 0)).with(.etherType, one(ip == nil ? 0x0806 : 0x0800))
            if let ip {
                box[.ipProtocol] = 1...1
                box[.source] = one(from.ip.address)
                box[.destination] = one(ip.ip.address)
            }
            return box
        }
        let everybody = MACAddress(value: .max)
        return analysis.passes(.arp, there, header(from: asking, to: everybody, nil, isAnswer: false))
            && analysis.passes(.arp, there.opposite, header(from: answering, to: asking.mac, nil, isAnswer: true))
            && analysis.passes(.icmp4, there, header(from: asking, to: answering.mac, answering, isAnswer: false))
            && analysis.passes(.icmp4, there.opposite, header(from: answering, to: asking.mac, asking, isAnswer: true))
    }
}
