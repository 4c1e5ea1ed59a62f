// SPDX-License-Identifier: BSD-2-Clause

import Topology

/// Reads a rule as sets of frames, and says what of it has no meaning.
struct RuleMeaning {
    private let rule: FilterRule
    private let index: Int
    /// The side that asks; `nil` where either may, or where it is at fault.
    private let from: FilterDirection?
    private(set) var faults: [FilterFault] = []

    init(_ rule: FilterRule, index: Int, from direction: (VMReference) -> FilterDirection?) {
        self.rule = rule
        self.index = index
        from = rule.from.flatMap { direction($0.value) }
        if let named = rule.from, from == nil { fault(.foreignEnd, named.origin) }
    }

    mutating func resolved() -> ResolvedRule {
        let sets = self.sets()
        let rate = self.rate()
        return ResolvedRule(
            action: rule.action, sets: faults.isEmpty ? sets : [], rate: rate, text: rule.text,
            written: rule, asks: from, origin: rule.origin)
    }

    private mutating func fault(_ kind: FilterFault.Kind, _ origin: Origin) {
        faults.append(FilterFault(kind: kind, rule: index, origin: origin))
    }

    // MARK: - Frames

    private mutating func sets() -> [FrameSet] {
        var kinds = rule.traffic.value.kinds
        var asking = FrameBox.everything
        var answering = FrameBox.everything.with(.answer, 1...1)
        func both(_ ask: FrameField, _ answer: FrameField, _ range: ClosedRange<UInt128>) {
            asking[ask] = range
            answering[answer] = range
        }
        checkMeaning()
        if let ports = ports() { both(.destinationPort, .sourcePort, ports) }
        if let mac = mac(rule.sourceMAC) { both(.sourceMAC, .destinationMAC, mac) }
        if let mac = mac(rule.destinationMAC) { both(.destinationMAC, .sourceMAC, mac) }
        if let type = number(rule.etherType, "EtherType", 0...0xffff) { both(.etherType, .etherType, type) }
        if let number = number(rule.ipProtocol, "protocol of IP", 0...255) {
            both(.ipProtocol, .ipProtocol, number)
            kinds = kinds.filter { $0.isIPv4 != nil }
        }
        for (address, ask, answer) in [
            (rule.source, FrameField.source, FrameField.destination), (rule.destination, .destination, .source),
        ] {
            guard let address, let prefix = prefix(address) else { continue }
            both(ask, answer, prefix.range)
            kinds = kinds.filter { $0.isIPv4 == prefix.isIPv4 }
        }
        let directions = from.map { [$0] } ?? Set(FilterDirection.allCases)
        let asked = FrameSet(kinds: kinds, directions: directions, box: asking, isAnswer: false)
        guard rule.hasAnswers, rule.answers?.value != false else { return [asked] }
        return [
            asked,
            FrameSet(kinds: kinds, directions: Set(directions.map(\.opposite)), box: answering, isAnswer: true),
        ]
    }

    /// Arguments that say nothing of the traffic.
    private mutating func checkMeaning() {
        let traffic = rule.traffic.value
        let what = "`.\(traffic.rawValue)`"
        func check<Value>(_ label: String, _ argument: Placed<Value>?, _ isRight: Bool, _ why: String) {
            if let argument, !isRight { fault(.argument(label: label, why: why), argument.origin) }
        }
        check("port", rule.port, traffic == .tcp || traffic == .udp, "\(what) has no ports; `.tcp` and `.udp` have")
        check(
            "answers", rule.answers, rule.hasAnswers,
            traffic == .udp
                ? "without `port:` nothing tells which datagrams answer"
                : "nothing tells which frames of \(what) answer")
        check(
            "etherType", rule.etherType, traffic == .any, "\(what) has EtherTypes of its own; `.any` takes one")
        let isPlainIP = [.any, .ip, .ipv4, .ipv6, .fragments].contains(traffic)
        check("ipProtocol", rule.ipProtocol, isPlainIP, "\(what) is one already, or is not of IP")
        let hasAddresses = traffic != .arp && traffic != .malformed
        check("source", rule.source, hasAddresses, "\(what) has no addresses of IP that are judged")
        check("destination", rule.destination, hasAddresses, "\(what) has no addresses of IP that are judged")
        check("burst", rule.burst, rule.rate != nil, "there is no `rate:` that it could exceed")
        let ip = rule.source ?? rule.destination
        check("etherType", rule.etherType, ip == nil && rule.ipProtocol == nil, "only IP has what this rule says")
    }

    private mutating func number(
        _ value: Placed<Int>?, _ what: String, _ range: ClosedRange<Int>
    ) -> ClosedRange<UInt128>? {
        guard let value else { return nil }
        guard range.contains(value.value) else {
            fault(
                .value(what: "\(what) \(value.value)", why: "it is \(range.lowerBound) to \(range.upperBound)"),
                value.origin)
            return nil
        }
        return UInt128(value.value)...UInt128(value.value)
    }

    private mutating func ports() -> ClosedRange<UInt128>? {
        guard let port = rule.port else { return nil }
        let ports = port.value
        guard ports.first <= ports.last else {
            fault(.value(what: "range of ports without a port", why: "name one at least"), port.origin)
            return nil
        }
        guard ports.first >= 0, ports.last <= 0xffff else {
            fault(
                .value(what: "port \(ports.first < 0 ? ports.first : ports.last)", why: "it is 0 to 65535"), port.origin
            )
            return nil
        }
        return UInt128(ports.first)...UInt128(ports.last)
    }

    private mutating func mac(_ text: Placed<String>?) -> ClosedRange<UInt128>? {
        guard let text else { return nil }
        guard let mac = MACAddress(text.value) else {
            fault(.value(what: "MAC address", why: "write it as \"02:00:00:00:AA:01\""), text.origin)
            return nil
        }
        return UInt128(mac.value)...UInt128(mac.value)
    }

    private mutating func prefix(_ text: Placed<String>) -> (range: ClosedRange<UInt128>, isIPv4: Bool)? {
        if let ip = IPv4Interface(text.value) { return (UInt128(ip.network)...UInt128(ip.broadcast), true) }
        if let ip = IPv6Interface(text.value) { return (ip.network...(ip.network | ~ip.mask), false) }
        fault(
            .value(what: "address", why: "write it with its prefix length, as \"192.168.1.0/24\" or \"fd00::/64\""),
            text.origin)
        return nil
    }

    private mutating func rate() -> FilterRate? {
        guard let rate = rule.rate else { return nil }
        let burst = rule.burst ?? Placed(min(max(rate.value, 1), FilterRate.bursts.upperBound))
        guard number(rate, "rate", FilterRate.rates) != nil, number(burst, "burst", FilterRate.bursts) != nil else {
            return nil
        }
        return FilterRate(rate: rate.value, burst: burst.value)
    }
}

extension Traffic {
    fileprivate var kinds: Set<FrameKind> {
        switch self {
        case .any: FrameKind.ipv4.union(FrameKind.ipv6).union([.arp, .other])
        case .arp: [.arp]
        case .ip: FrameKind.ipv4.union(FrameKind.ipv6)
        case .ipv4: FrameKind.ipv4
        case .ipv6: FrameKind.ipv6
        case .tcp: [.tcp4, .tcp6]
        case .udp: [.udp4, .udp6]
        case .icmp: [.icmp4]
        case .icmpv6: [.icmp6]
        case .fragments: [.fragment4, .fragment6]
        case .malformed: [.malformed]
        }
    }
}

extension FilterRule {
    /// Whether a frame says that it answers, or a port does.
    var hasAnswers: Bool {
        switch traffic.value {
        case .arp, .tcp, .icmp, .icmpv6: true
        case .udp: port != nil
        case .any, .ip, .ipv4, .ipv6, .fragments, .malformed: false
        }
    }

    /// As the language writes it.
    package var text: String {
        var arguments = [".\(traffic.value.rawValue)"]
        func add(_ label: String, _ text: String?) {
            if let text { arguments.append("\(label): \(text)") }
        }
        add(
            "port",
            port.map { $0.value.first == $0.value.last ? "\($0.value.first)" : "\($0.value.first)...\($0.value.last)" })
        add(
            "from",
            from.map { from in
                switch from.value {
                case .number(let number): "\(number)"
                case .name(let name): "\"\(name)\""
                }
            })
        add("answers", answers.map { "\($0.value)" })
        for (label, text) in [
            ("source", source), ("destination", destination), ("sourceMAC", sourceMAC),
            ("destinationMAC", destinationMAC),
        ] {
            add(label, text.map { "\"\($0.value)\"" })
        }
        add("etherType", etherType.map { "0x\(String($0.value, radix: 16))" })
        add("ipProtocol", ipProtocol.map { "\($0.value)" })
        add("rate", rate.map { "\($0.value)" })
        add("burst", burst.map { "\($0.value)" })
        return "\(action.rawValue)(\(arguments.joined(separator: ", ")))"
    }
}
