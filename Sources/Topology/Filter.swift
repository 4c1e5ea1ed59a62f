// SPDX-License-Identifier: BSD-2-Clause

/// What stands between the two VMs of a link and judges each frame. It is a component of its own in the assembly: the
/// VMs share no memory.
public struct FilterSettings: Sendable, Hashable {
    public var implementation: Placed<Implementation>?
    /// In the order written; the first that a frame fulfils decides. What fulfils none is dropped.
    public var rules: [FilterRule]

    public init(rules: [FilterRule], implementation: Placed<Implementation>? = nil) {
        self.rules = rules
        self.implementation = implementation
    }
}

/// What is put between the VMs.
public enum Implementation: String, Sendable, Hashable, CaseIterable {
    /// topoc's own component, in C, which has the rules.
    case native
    /// The component of upstream's zmq_samples, in CakeML, which forwards everything.
    case cakeML
}

/// A rule of a filter. A frame fulfils it that fulfils everything which it says.
public struct FilterRule: Sendable, Hashable {
    public enum Action: String, Sendable, Hashable {
        case allow = "Allow"
        case deny = "Deny"
    }

    public var action: Action
    public var traffic: Placed<Traffic>
    /// The port of the service: where what is asked goes to, and what answers comes from.
    public var port: Placed<PortRange>?
    /// The VM that asks; its peer answers.
    public var from: Placed<VMReference>?
    /// Whether what answers fulfils the rule, too; it does unless said.
    public var answers: Placed<Bool>?
    /// Address and prefix length, as "192.168.1.0/24" or "fd00::/64": of what asks. What answers has the two exchanged.
    public var source: Placed<String>?
    public var destination: Placed<String>?
    /// As "02:00:00:00:AA:01"; exchanged in what answers.
    public var sourceMAC: Placed<String>?
    public var destinationMAC: Placed<String>?
    public var etherType: Placed<Int>?
    /// The number of a protocol over IP.
    public var ipProtocol: Placed<Int>?
    /// Frames a second; what comes beyond that is dropped.
    public var rate: Placed<Int>?
    /// Frames that may come at once where there is a rate.
    public var burst: Placed<Int>?
    public var origin: Origin

    public init(
        action: Action, traffic: Placed<Traffic>, port: Placed<PortRange>? = nil, from: Placed<VMReference>? = nil,
        answers: Placed<Bool>? = nil, source: Placed<String>? = nil, destination: Placed<String>? = nil,
        sourceMAC: Placed<String>? = nil, destinationMAC: Placed<String>? = nil, etherType: Placed<Int>? = nil,
        ipProtocol: Placed<Int>? = nil, rate: Placed<Int>? = nil, burst: Placed<Int>? = nil, origin: Origin = Origin()
    ) {
        self.action = action
        self.traffic = traffic
        self.port = port
        self.from = from
        self.answers = answers
        self.source = source
        self.destination = destination
        self.sourceMAC = sourceMAC
        self.destinationMAC = destinationMAC
        self.etherType = etherType
        self.ipProtocol = ipProtocol
        self.rate = rate
        self.burst = burst
        self.origin = origin
    }
}

/// What a rule of a filter is about.
public enum Traffic: String, Sendable, Hashable, CaseIterable {
    /// All but fragments and what is malformed.
    case any
    case arp
    /// IPv4 and IPv6.
    case ip
    case ipv4
    case ipv6
    case tcp
    case udp
    case icmp
    case icmpv6
    /// Pieces of IP packets: only their first has a port, so no other rule lets any of them pass.
    case fragments
    /// Frames whose headers do not agree with their lengths. No other rule lets them pass.
    case malformed
}

/// Ports from the first to the last.
public struct PortRange: Sendable, Hashable {
    public var first: Int
    /// Less than the first where a range is empty.
    public var last: Int

    public init(first: Int, last: Int) {
        self.first = first
        self.last = last
    }
}
