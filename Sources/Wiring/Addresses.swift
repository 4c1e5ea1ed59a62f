// SPDX-License-Identifier: BSD-2-Clause

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A MAC address: six octets, the first of them the most significant of `value`.
public struct MACAddress: Sendable, Hashable, CustomStringConvertible {
    /// The 48 bits.
    public var value: UInt64

    public init(value: UInt64) {
        self.value = value & 0xffff_ffff_ffff
    }

    /// Reads `02:00:00:00:AA:01`: six pairs of hexadecimal digits with colons, which is all that upstream's
    /// `sscanf` reads.
    public init?(_ text: String) {
        let pairs = text.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard pairs.count == 6 else { return nil }
        var value: UInt64 = 0
        for pair in pairs {
            guard pair.count == 2, let octet = UInt8(String(decoding: pair, as: UTF8.self), radix: 16),
                pair.first != UInt8(ascii: "+")
            else { return nil }
            value = value << 8 | UInt64(octet)
        }
        self.value = value
    }

    public var octets: [UInt8] { (0..<6).map { UInt8(truncatingIfNeeded: value >> (40 - 8 * $0)) } }
    public var isZero: Bool { value == 0 }
    public var isBroadcast: Bool { value == 0xffff_ffff_ffff }
    /// The group bit: the lowest of the first octet.
    public var isMulticast: Bool { value >> 40 & 1 == 1 }
    /// The U/L bit: the second lowest of the first octet.
    public var isLocallyAdministered: Bool { value >> 40 & 2 == 2 }

    public func advanced(by count: Int) -> MACAddress {
        MACAddress(value: value &+ UInt64(bitPattern: Int64(count)))
    }

    /// That of a VM's interface number *i*: the fourth octet is *i* more.
    func ofInterface(_ number: Int) -> MACAddress { advanced(by: number << 16) }

    /// As the data path has it: the six octets in the order of a frame, the first in the lowest eight bits.
    public var frameNumber: UInt64 { value.byteSwapped >> 16 }

    public init(frameNumber: UInt64) {
        self.init(value: (frameNumber << 16).byteSwapped)
    }

    public var description: String {
        octets.map { octet in
            let digits = String(octet, radix: 16, uppercase: true)
            return digits.utf8.count == 1 ? "0" + digits : digits
        }.joined(separator: ":")
    }
}

/// An IPv4 address with its prefix length: "192.168.1.1/24".
public struct IPv4Interface: Sendable, Hashable, CustomStringConvertible {
    /// In host order.
    public var address: UInt32
    /// 0 to 32.
    public var prefix: Int

    public init(address: UInt32, prefix: Int) {
        self.address = address
        self.prefix = prefix
    }

    public init?(_ text: String) {
        guard let (host, prefix) = splitPrefix(text, atMost: 32) else { return nil }
        var raw = in_addr()
        guard inet_pton(AF_INET, host, &raw) == 1 else { return nil }
        self.init(address: UInt32(bigEndian: raw.s_addr), prefix: prefix)
    }

    public var mask: UInt32 { prefix == 0 ? 0 : ~0 << (32 - UInt32(prefix)) }
    public var network: UInt32 { address & mask }
    public var broadcast: UInt32 { network | ~mask }

    public func advanced(by count: Int) -> IPv4Interface {
        IPv4Interface(address: address &+ UInt32(truncatingIfNeeded: count), prefix: prefix)
    }

    /// That of a VM's interface number *i*: the same host, *i* networks further.
    func ofInterface(_ number: Int) -> IPv4Interface {
        prefix == 0 ? self : advanced(by: number << (32 - prefix))
    }

    /// The address alone, as "192.168.1.1".
    public var host: String { Self.dotted(address) }
    /// The netmask, as "255.255.255.0".
    public var netmask: String { Self.dotted(mask) }
    public var description: String { "\(host)/\(prefix)" }

    public static func dotted(_ address: UInt32) -> String {
        "\(address >> 24).\(address >> 16 & 255).\(address >> 8 & 255).\(address & 255)"
    }
}

/// An IPv6 address with its prefix length: "fd00::1/64".
public struct IPv6Interface: Sendable, Hashable, CustomStringConvertible {
    public var address: UInt128
    /// 0 to 128.
    public var prefix: Int

    public init(address: UInt128, prefix: Int) {
        self.address = address
        self.prefix = prefix
    }

    public init?(_ text: String) {
        guard let (host, prefix) = splitPrefix(text, atMost: 128) else { return nil }
        var raw = in6_addr()
        guard inet_pton(AF_INET6, host, &raw) == 1 else { return nil }
        address = withUnsafeBytes(of: &raw) { $0.reduce(UInt128(0)) { $0 << 8 | UInt128($1) } }
        self.prefix = prefix
    }

    public var mask: UInt128 { prefix == 0 ? 0 : ~0 << (128 - UInt128(prefix)) }
    public var network: UInt128 { address & mask }

    public func advanced(by count: Int) -> IPv6Interface {
        IPv6Interface(address: address &+ UInt128(truncatingIfNeeded: count), prefix: prefix)
    }

    /// That of a VM's interface number *i*: the same host, *i* networks further.
    func ofInterface(_ number: Int) -> IPv6Interface {
        prefix == 0 ? self : IPv6Interface(address: address &+ UInt128(number) << UInt128(128 - prefix), prefix: prefix)
    }

    /// The address alone, as RFC 5952 writes it.
    public var host: String {
        var raw = in6_addr()
        withUnsafeMutableBytes(of: &raw) { bytes in
            for index in bytes.indices { bytes[index] = UInt8(truncatingIfNeeded: address >> UInt128(120 - 8 * index)) }
        }
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        guard inet_ntop(AF_INET6, &raw, &text, socklen_t(text.count)) != nil else { return "" }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    public var description: String { "\(host)/\(prefix)" }
}

private func splitPrefix(_ text: String, atMost limit: Int) -> (host: String, prefix: Int)? {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, parts[1].utf8.count <= 3, parts[1].utf8.allSatisfy({ (48...57).contains($0) }),
        let prefix = Int(parts[1]), prefix <= limit, !text.utf8.contains(0)
    else { return nil }
    return (String(parts[0]), prefix)
}
