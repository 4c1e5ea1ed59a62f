// SPDX-License-Identifier: BSD-2-Clause

import Foundation
import Testing

/// Reads what is captured, after the format's description and not after the writer.
enum PcapNGReader {
    struct Block {
        let type: UInt32
        let body: Data

        func number<Number: FixedWidthInteger>(at offset: Int, as type: Number.Type = Number.self) -> Number {
            let place = body.startIndex + offset
            return Number(
                littleEndian: body[place..<place + MemoryLayout<Number>.size].withUnsafeBytes {
                    $0.loadUnaligned(as: Number.self)
                })
        }

        /// The options from a place on: code and value.
        func options(from offset: Int) -> [UInt16: Data] {
            var options: [UInt16: Data] = [:]
            var place = offset
            while place + 4 <= body.count {
                let (code, length) = (number(at: place, as: UInt16.self), Int(number(at: place + 2, as: UInt16.self)))
                if code == 0 { break }
                let begin = body.startIndex + place + 4
                options[code] = Data(body[begin..<begin + length])
                place += 4 + (length + 3) / 4 * 4
            }
            return options
        }
    }

    static func blocks(of file: Data) throws -> [Block] {
        var blocks: [Block] = []
        var rest = file[...]
        while !rest.isEmpty {
            let head = Block(type: 0, body: rest)
            let length = Int(head.number(at: 4, as: UInt32.self))
            try #require(length >= 12 && length % 4 == 0 && length <= rest.count)
            #expect(head.number(at: length - 4, as: UInt32.self) == UInt32(length))
            let body = Data(rest[(rest.startIndex + 8)..<(rest.startIndex + length - 4)])
            blocks.append(Block(type: head.number(at: 0), body: body))
            rest = rest.dropFirst(length)
        }
        return blocks
    }
}
