// SPDX-License-Identifier: BSD-2-Clause

import CLab
import Foundation
import Processes
import Testing

@testable import Lab

struct PcapNGTests {
    /// Two interfaces and three frames of lengths that need padding and that do not.
    private func written() -> Data {
        var file = PcapNG()
        var bytes = PcapNG.header
        for name in ["vm0-vm1", "vm1-vm0"] { bytes += file.interface(name).block }
        let time: UInt64 = 1_700_000_000_123_456_789
        for (number, length) in [60, 61, 62].enumerated() {
            bytes += PcapNG.frame(
                interface: UInt32(number % 2), time: time + UInt64(number), isReceived: number == 1,
                original: 1514, dropped: UInt64(number), Data(repeating: UInt8(number), count: length))
        }
        return bytes
    }

    @Test func saysWhatWasCaptured() throws {
        let blocks = try PcapNGReader.blocks(of: written())
        #expect(blocks.map(\.type) == [0x0A0D_0D0A, 1, 1, 6, 6, 6])
        #expect(blocks[0].number(at: 0, as: UInt32.self) == 0x1A2B_3C4D)
        #expect(blocks[2].options(from: 8)[2] == Data("vm1-vm0".utf8))
        #expect(blocks[2].options(from: 8)[9] == Data([9]))
        let frame = blocks[4]
        #expect(frame.number(at: 0, as: UInt32.self) == 1)
        let time = UInt64(frame.number(at: 4, as: UInt32.self)) << 32 | UInt64(frame.number(at: 8, as: UInt32.self))
        #expect(time == 1_700_000_000_123_456_790)
        #expect(frame.number(at: 12, as: UInt32.self) == 61)
        #expect(frame.number(at: 16, as: UInt32.self) == 1514)
        #expect(frame.body[20..<81] == Data(repeating: 1, count: 61))
        // Inbound, and one was dropped before it.
        #expect(frame.options(from: 84)[2] == Data([1, 0, 0, 0]))
        #expect(frame.options(from: 84)[4] == Data([1, 0, 0, 0, 0, 0, 0, 0]))
    }

    @Test(.enabled(if: Command.find("tshark") != nil, "there is no tshark"))
    func tsharkReadsIt() async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "topoc-\(UUID().uuidString).pcapng")
        defer { try? FileManager.default.removeItem(at: file) }
        try written().write(to: file)
        let fields = ["frame.interface_name", "frame.time_epoch", "frame.cap_len"]
        let done = try await ChildProcess.run(
            Command("tshark", ["-r", file.path, "-T", "fields"] + fields.flatMap { ["-e", $0] }), within: .seconds(180))
        #expect(done.succeeded, "\(done.errorText)")
        #expect(
            done.outputText
                == "vm0-vm1\t1700000000.123456789\t60\nvm1-vm0\t1700000000.123456790\t61\nvm0-vm1\t1700000000.123456791\t62\n"
        )
    }

    /// Records come in pieces of every size.
    @Test(arguments: [1, 7, 39, 40, 41, 1000]) func piecesDoNotMatter(_ size: Int) {
        var stream = Data()
        for number in 0..<3 {
            var record = lab_record()
            record.time = UInt64(number)
            record.link = UInt32(number)
            record.direction = LAB_RECEIVED.rawValue
            record.length = UInt32(20 + number)
            record.original = 1514
            withUnsafeBytes(of: record) { stream.append(contentsOf: $0) }
            stream.append(Data(repeating: UInt8(number), count: 20 + number))
        }
        var reader = RecordReader()
        var records: [RecordReader.Record] = []
        for start in stride(from: 0, to: stream.count, by: size) {
            records += reader.take(stream[start..<min(start + size, stream.count)])
        }
        #expect(records.map(\.link) == [0, 1, 2])
        #expect(records.map(\.frame) == (0..<3).map { Data(repeating: UInt8($0), count: 20 + $0) })
        #expect(records.allSatisfy { $0.isReceived && $0.original == 1514 })
    }
}

struct QuantityTests {
    @Test(
        arguments: [
            ("1%", 10_000), ("0.01%", 100), ("100%", 1_000_000), ("0%", 0), ("101%", nil), ("-1%", nil), ("1", nil),
            ("%", nil), ("nan%", nil), ("1e1%", 100_000),
        ] as [(String, UInt32?)])
    func shares(_ text: String, _ value: UInt32?) {
        #expect(Quantity.partsPerMillion(text) == value)
    }

    @Test(
        arguments: [
            ("5ms", 5_000_000), ("20us", 20_000), ("1s", 1_000_000_000), ("3ns", 3), ("0.5ms", 500_000), ("11s", nil),
            ("5", nil), ("ms", nil), ("-1ms", nil), ("5 ms", nil),
        ] as [(String, UInt64?)])
    func times(_ text: String, _ value: UInt64?) {
        #expect(Quantity.nanoseconds(text) == value)
    }

    @Test(
        arguments: [
            ("10Mbit", 10_000_000), ("500kbit", 500_000), ("1Gbit", 1_000_000_000), ("8bit", 8), ("10", nil),
            ("10MB", nil),
        ] as [(String, UInt64?)])
    func rates(_ text: String, _ value: UInt64?) {
        #expect(Quantity.bitsPerSecond(text) == value)
    }
}
