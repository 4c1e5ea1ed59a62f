// SPDX-License-Identifier: BSD-2-Clause

import Topology

/// A frame as this test reads it, from the RFCs and with nothing of the filter's own code: fields are looked up by name
/// in the bytes, and what is asked for beyond their end makes the frame malformed.
struct SeenFrame {
    private struct TooShort: Error {}

    enum Shape { case malformed, fragment, whole }

    private(set) var shape = Shape.malformed
    private(set) var etherType = 0
    private(set) var sourceMAC = ""
    private(set) var destinationMAC = ""
    /// 4, 6, or 0 for what is not of IP.
    private(set) var version = 0
    private(set) var ipProtocol = 0
    private(set) var source: [UInt8] = []
    private(set) var destination: [UInt8] = []
    private(set) var ports: (source: Int, destination: Int)?
    private(set) var answers = false

    init(_ frame: [UInt8]) {
        guard frame.count >= 14 else { return }
        func mac(_ place: Int) -> String {
            frame[place..<place + 6].map { octet in
                let digits = String(octet, radix: 16, uppercase: true)
                return digits.utf8.count == 1 ? "0" + digits : digits
            }.joined(separator: ":")
        }
        destinationMAC = mac(0)
        sourceMAC = mac(6)
        do {
            try read(Array(frame[12...]))
        } catch {
            shape = .malformed
        }
    }

    private func number(_ bytes: [UInt8], _ place: Int, _ count: Int) throws -> Int {
        guard place + count <= bytes.count else { throw TooShort() }
        return bytes[place..<place + count].reduce(0) { $0 << 8 | Int($1) }
    }

    private mutating func read(_ bytes: [UInt8]) throws {
        var rest = bytes
        var type = try number(rest, 0, 2)
        var tags = 0
        while type == 0x8100 || type == 0x88a8 {
            tags += 1
            if tags > 2 { throw TooShort() }
            rest = Array(rest.dropFirst(4))
            type = try number(rest, 0, 2)
        }
        rest = Array(rest.dropFirst(2))
        etherType = type
        shape = .whole
        switch type {
        case 0x0806:
            let operation = try number(rest, 6, 2)
            guard try number(rest, 0, 6) == 0x0001_0800_0604, rest.count >= 28, [1, 2].contains(operation) else {
                throw TooShort()
            }
            answers = operation == 2
        case 0x0800: try readIPv4(rest)
        case 0x86dd: try readIPv6(rest)
        case 0...1500: if type > rest.count { throw TooShort() }
        case 1501...1535: throw TooShort()
        default: break
        }
    }

    private mutating func readIPv4(_ packet: [UInt8]) throws {
        let first = try number(packet, 0, 1)
        let header = (first & 15) * 4
        let total = try number(packet, 2, 2)
        guard first >> 4 == 4, header >= 20, total >= header, packet.count >= total else { throw TooShort() }
        var sum = 0
        for place in stride(from: 0, to: header, by: 2) { sum += try number(packet, place, 2) }
        while sum > 0xffff { sum = sum & 0xffff + sum >> 16 }
        guard sum == 0xffff else { throw TooShort() }
        version = 4
        source = Array(packet[12..<16])
        destination = Array(packet[16..<20])
        ipProtocol = Int(packet[9])
        let place = try number(packet, 6, 2)
        if place & 0x2000 != 0 || place & 0x1fff != 0 {
            shape = .fragment
        } else {
            try readCarried(Array(packet[header..<total]))
        }
    }

    private mutating func readIPv6(_ packet: [UInt8]) throws {
        let payload = try number(packet, 4, 2)
        guard packet.count >= 40 + payload, packet[0] >> 4 == 6 else { throw TooShort() }
        version = 6
        source = Array(packet[8..<24])
        destination = Array(packet[24..<40])
        var rest = Array(packet[40..<40 + payload])
        var next = Int(packet[6])
        var count = 0
        while [0, 43, 51, 60].contains(next) {
            count += 1
            let length = next == 51 ? (try number(rest, 1, 1) + 2) * 4 : (try number(rest, 1, 1) + 1) * 8
            guard count <= 8, rest.count >= max(length, 8) else { throw TooShort() }
            next = Int(rest[0])
            rest = Array(rest[length...])
        }
        ipProtocol = next
        if next == 44 {
            _ = try number(rest, 0, 8)
            ipProtocol = Int(rest[0])
            shape = .fragment
        } else {
            try readCarried(rest)
        }
    }

    private mutating func readCarried(_ segment: [UInt8]) throws {
        switch (ipProtocol, version) {
        case (6, _):
            let header = try number(segment, 12, 1) >> 4 * 4
            guard segment.count >= 20, header >= 20, header <= segment.count else { throw TooShort() }
            ports = (try number(segment, 0, 2), try number(segment, 2, 2))
            answers = segment[13] & 0x14 != 0
        case (17, _):
            let length = try number(segment, 4, 2)
            guard segment.count >= 8, length >= 8, length <= segment.count else { throw TooShort() }
            ports = (try number(segment, 0, 2), try number(segment, 2, 2))
            answers = true
        case (1, 4):
            guard segment.count >= 8 else { throw TooShort() }
            answers = segment[0] == 0
        case (58, 6):
            guard segment.count >= 4 else { throw TooShort() }
            answers = segment[0] == 129 || segment[0] == 136
        default: break
        }
    }
}

extension FilterRule {
    /// Whether a frame fulfils the rule, as docs/filters.md says it.
    /// - Parameter sender: the VM that it comes from.
    func isFulfilled(by frame: SeenFrame, from sender: String) -> Bool {
        guard concerns(frame) else { return false }
        if from == nil || from?.value == .name(sender), agrees(frame, swapped: false) { return true }
        let knows: Bool =
            switch traffic.value {
            case .arp, .tcp, .icmp, .icmpv6: true
            case .udp: port != nil
            default: false
            }
        guard knows, answers?.value != false, frame.answers else { return false }
        return (from == nil || from?.value != .name(sender)) && agrees(frame, swapped: true)
    }

    private func concerns(_ frame: SeenFrame) -> Bool {
        switch (traffic.value, frame.shape) {
        case (.malformed, .malformed), (.fragments, .fragment): true
        case (.malformed, _), (.fragments, _), (_, .malformed), (_, .fragment): false
        case (.any, _): true
        case (.arp, _): frame.etherType == 0x0806
        case (.ip, _): frame.version != 0
        case (.ipv4, _): frame.version == 4
        case (.ipv6, _): frame.version == 6
        case (.tcp, _): frame.version != 0 && frame.ipProtocol == 6
        case (.udp, _): frame.version != 0 && frame.ipProtocol == 17
        case (.icmp, _): frame.version == 4 && frame.ipProtocol == 1
        case (.icmpv6, _): frame.version == 6 && frame.ipProtocol == 58
        }
    }

    private func agrees(_ frame: SeenFrame, swapped: Bool) -> Bool {
        func mac(_ rule: Placed<String>?, _ seen: String) -> Bool { rule.map { $0.value == seen } ?? true }
        func within(_ rule: Placed<String>?, _ seen: [UInt8]) -> Bool {
            guard let rule else { return true }
            let parts = rule.value.split(separator: "/")
            let octets: [UInt8]
            if parts[0].contains(".") {
                octets = parts[0].split(separator: ".").compactMap { UInt8($0) }
            } else {
                // "fd00::N" alone.
                octets =
                    [0xfd] + [UInt8](repeating: 0, count: 14) + [
                        UInt8(parts[0].split(separator: ":").last ?? "", radix: 16) ?? 0
                    ]
            }
            guard seen.count == octets.count, let prefix = Int(parts[1]) else { return false }
            return (0..<prefix).allSatisfy { bit in
                let mask = UInt8(0x80) >> UInt8(bit % 8)
                return seen[bit / 8] & mask == octets[bit / 8] & mask
            }
        }
        let (macs, ips) = (
            [frame.sourceMAC, frame.destinationMAC], [frame.source, frame.destination]
        )
        let (asks, answers) = swapped ? (1, 0) : (0, 1)
        if let port {
            guard let ports = frame.ports else { return false }
            let service = swapped ? ports.source : ports.destination
            if service < port.value.first || service > port.value.last { return false }
        }
        if let etherType, etherType.value != frame.etherType { return false }
        if let ipProtocol, frame.version == 0 || ipProtocol.value != frame.ipProtocol { return false }
        return mac(sourceMAC, macs[asks]) && mac(destinationMAC, macs[answers])
            && within(source, ips[asks]) && within(destination, ips[answers])
    }
}
