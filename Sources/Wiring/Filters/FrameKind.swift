// SPDX-License-Identifier: BSD-2-Clause

/// What a frame is, as the filter's parser tells it. The names and numbers are those of `enum topoc_filter_kind`.
public enum FrameKind: Int, Sendable, Hashable, CaseIterable {
    case malformed, fragment4, fragment6, arp, tcp4, udp4, icmp4, ip4, tcp6, udp6, icmp6, ip6, other

    /// `TOPOC_FILTER_TCP4`.
    public var constant: String { "TOPOC_FILTER_\("\(self)".uppercased())" }

    /// As a sentence says it.
    public var spoken: String {
        switch self {
        case .malformed: "a malformed frame"
        case .fragment4: "a fragment of IPv4"
        case .fragment6: "a fragment of IPv6"
        case .arp: "ARP"
        case .tcp4: "TCP over IPv4"
        case .udp4: "UDP over IPv4"
        case .icmp4: "ICMP"
        case .ip4: "another protocol over IPv4"
        case .tcp6: "TCP over IPv6"
        case .udp6: "UDP over IPv6"
        case .icmp6: "ICMPv6"
        case .ip6: "another protocol over IPv6"
        case .other: "another EtherType"
        }
    }

    static let ipv4: Set<FrameKind> = [.tcp4, .udp4, .icmp4, .ip4]
    static let ipv6: Set<FrameKind> = [.tcp6, .udp6, .icmp6, .ip6]

    /// Whether its addresses are those of IPv4; `nil` where it has none.
    var isIPv4: Bool? {
        switch self {
        case .fragment4, .tcp4, .udp4, .icmp4, .ip4: true
        case .fragment6, .tcp6, .udp6, .icmp6, .ip6: false
        case .malformed, .arp, .other: nil
        }
    }

    /// All headers that frames of this kind have, in boxes of which no two meet. What such a frame does not have is 0.
    public var headers: [FrameBox] {
        var box = FrameBox.nothing
        box[.sourceMAC] = FrameField.sourceMAC.all
        box[.destinationMAC] = FrameField.destinationMAC.all
        if let isIPv4 {
            let addresses = isIPv4 ? 0...UInt128(UInt32.max) : FrameField.source.all
            box[.source] = addresses
            box[.destination] = addresses
            box[.etherType] = isIPv4 ? 0x0800...0x0800 : 0x86dd...0x86dd
        }
        switch self {
        case .malformed: break
        case .arp:
            box[.etherType] = 0x0806...0x0806
            box[.answer] = 0...1
        case .tcp4, .tcp6:
            box[.ipProtocol] = 6...6
            box[.answer] = 0...1
            box[.sourcePort] = FrameField.sourcePort.all
            box[.destinationPort] = FrameField.destinationPort.all
        case .udp4, .udp6:
            box[.ipProtocol] = 17...17
            // A datagram does not say whether it answers; any may.
            box[.answer] = 1...1
            box[.sourcePort] = FrameField.sourcePort.all
            box[.destinationPort] = FrameField.destinationPort.all
        case .icmp4, .icmp6:
            box[.ipProtocol] = self == .icmp4 ? 1...1 : 58...58
            box[.answer] = 0...1
        case .fragment4, .fragment6: box[.ipProtocol] = FrameField.ipProtocol.all
        case .ip4: return box.without(.ipProtocol, [1, 6, 17])
        case .ip6: return box.without(.ipProtocol, [6, 17, 58])
        // Of lengths (802.3) and the types that have kinds of their own, or are tags.
        case .other:
            return [box.with(.etherType, 0...1500)]
                + box.without(.etherType, [0x0800, 0x0806, 0x8100, 0x86dd, 0x88a8]).compactMap { piece in
                    piece[.etherType].upperBound < 1536
                        ? nil
                        : piece.with(
                            .etherType, max(piece[.etherType].lowerBound, 1536)...piece[.etherType].upperBound)
                }
        }
        return [box]
    }
}

/// What the filter's parser reads of a frame beside its kind.
public enum FrameField: Int, Sendable, Hashable, CaseIterable {
    /// 1 where the frame can be an answer: TCP with ACK or RST, any datagram of UDP, an echo reply or neighbour
    /// advertisement, a reply of ARP.
    case answer
    case sourceMAC, destinationMAC, etherType, ipProtocol
    /// Addresses of IP; of IPv4 the lowest 32 bits.
    case source, destination
    case sourcePort, destinationPort

    /// Every value that it can have.
    var all: ClosedRange<UInt128> {
        switch self {
        case .answer: 0...1
        case .sourceMAC, .destinationMAC: 0...0xffff_ffff_ffff
        case .etherType, .sourcePort, .destinationPort: 0...0xffff
        case .ipProtocol: 0...0xff
        case .source, .destination: 0...UInt128.max
        }
    }
}
