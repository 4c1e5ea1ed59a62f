// SPDX-License-Identifier: BSD-2-Clause

import FoundationEssentials

/// A file of captured frames as Wireshark and tcpdump read it (draft-ietf-opsawg-pcapng). Numbers are little-endian.
struct PcapNG {
    /// Of which interfaces there have been blocks.
    private var interfaceCount: UInt32 = 0

    /// What every file begins with.
    static var header: Data {
        // Byte-order magic, version 1.0, a length that is not known.
        var body = Bytes()
        body.append(0x1A2B_3C4D as UInt32)
        body.append(1 as UInt16)
        body.append(0 as UInt16)
        body.append(UInt64.max)
        return block(0x0A0D_0D0A, body.data)
    }

    /// An Ethernet interface of the name; its number is one more than that of the one before.
    mutating func interface(_ name: String) -> (number: UInt32, block: Data) {
        defer { interfaceCount += 1 }
        var body = Bytes()
        // LINKTYPE_ETHERNET, nothing, no limit of length.
        body.append(1 as UInt16)
        body.append(0 as UInt16)
        body.append(0 as UInt32)
        // if_name; if_tsresol: 10 to the power of -9 seconds.
        body.append(option: 2, Data(name.utf8))
        body.append(option: 9, Data([9]))
        body.append(option: 0, Data())
        return (interfaceCount, Self.block(1, body.data))
    }

    /// A frame.
    ///
    /// - Parameters:
    ///   - time: nanoseconds since 1970.
    ///   - original: bytes that it had; `frame` may be their beginning.
    static func frame(
        interface: UInt32, time: UInt64, isReceived: Bool, original: UInt32, dropped: UInt64, _ frame: Data
    ) -> Data {
        var body = Bytes()
        body.append(interface)
        body.append(UInt32(truncatingIfNeeded: time >> 32))
        body.append(UInt32(truncatingIfNeeded: time))
        body.append(UInt32(frame.count))
        body.append(original)
        body.append(padded: frame)
        // epb_flags: inbound is 1, outbound 2; epb_dropcount.
        body.append(option: 2, Bytes(isReceived ? 1 : 2 as UInt32).data)
        if dropped > 0 { body.append(option: 4, Bytes(dropped).data) }
        body.append(option: 0, Data())
        return block(6, body.data)
    }

    private static func block(_ type: UInt32, _ body: Data) -> Data {
        let length = UInt32(body.count + 12)
        var block = Bytes()
        block.append(type)
        block.append(length)
        block.append(raw: body)
        block.append(length)
        return block.data
    }
}

/// Little-endian numbers one behind the other.
private struct Bytes {
    private(set) var data = Data()

    init() {}

    init(_ number: some FixedWidthInteger) {
        append(number)
    }

    mutating func append(_ number: some FixedWidthInteger) {
        withUnsafeBytes(of: number.littleEndian) { data.append(contentsOf: $0) }
    }

    mutating func append(raw bytes: Data) {
        data.append(bytes)
    }

    /// Up to a multiple of four.
    mutating func append(padded bytes: Data) {
        data.append(bytes)
        data.append(Data(count: (4 - bytes.count % 4) % 4))
    }

    mutating func append(option code: UInt16, _ value: Data) {
        append(code)
        append(UInt16(value.count))
        append(padded: value)
    }
}
