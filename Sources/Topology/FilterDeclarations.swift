// SPDX-License-Identifier: BSD-2-Clause

// The DSL of filters.

/// Names ports: a number, or a range of numbers.
public protocol PortSet {
    var ports: PortRange { get }
}

extension Int: PortSet {
    public var ports: PortRange { PortRange(first: self, last: self) }
}

extension Range: PortSet where Bound == Int {
    public var ports: PortRange { PortRange(first: lowerBound, last: upperBound &- 1) }
}

extension ClosedRange: PortSet where Bound == Int {
    public var ports: PortRange { PortRange(first: lowerBound, last: upperBound) }
}

private func placed<Value>(_ value: Value?) -> Placed<Value>? { value.map { Placed($0) } }

// The declarations are functions in capitals, because they make one type and read as declarations.
// swift-format-ignore: AlwaysUseLowerCamelCase

/// Joins two VMs through a component that judges each frame. It is a partition of its own, with this one link.
public func Filter(
    _ name: String, between first: any VMIdentity, and second: any VMIdentity,
    implementation: Implementation? = nil, queueLength: Int? = nil, sharedMemory: Int? = nil,
    @FilterBuilder _ rules: () -> [FilterRule]
) -> Partition {
    Partition(
        name: Placed(name),
        links: [LinkGroup(shape: .link, members: [Placed(first.reference), Placed(second.reference)])],
        queues: QueueSettings(length: placed(queueLength), sharedMemory: placed(sharedMemory)),
        filter: FilterSettings(rules: rules(), implementation: placed(implementation)))
}

/// Lets frames pass.
public func Allow(
    _ traffic: Traffic, port: (any PortSet)? = nil, from: (any VMIdentity)? = nil, answers: Bool? = nil,
    source: String? = nil, destination: String? = nil, sourceMAC: String? = nil, destinationMAC: String? = nil,
    etherType: Int? = nil, ipProtocol: Int? = nil, rate: Int? = nil, burst: Int? = nil
) -> FilterRule {
    FilterRule(
        action: .allow, traffic: Placed(traffic), port: placed(port?.ports), from: placed(from?.reference),
        answers: placed(answers), source: placed(source), destination: placed(destination),
        sourceMAC: placed(sourceMAC), destinationMAC: placed(destinationMAC), etherType: placed(etherType),
        ipProtocol: placed(ipProtocol), rate: placed(rate), burst: placed(burst))
}

/// Drops frames.
public func Deny(
    _ traffic: Traffic, port: (any PortSet)? = nil, from: (any VMIdentity)? = nil, answers: Bool? = nil,
    source: String? = nil, destination: String? = nil, sourceMAC: String? = nil, destinationMAC: String? = nil,
    etherType: Int? = nil, ipProtocol: Int? = nil
) -> FilterRule {
    FilterRule(
        action: .deny, traffic: Placed(traffic), port: placed(port?.ports), from: placed(from?.reference),
        answers: placed(answers), source: placed(source), destination: placed(destination),
        sourceMAC: placed(sourceMAC), destinationMAC: placed(destinationMAC), etherType: placed(etherType),
        ipProtocol: placed(ipProtocol))
}
