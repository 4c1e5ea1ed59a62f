// SPDX-License-Identifier: BSD-2-Clause

/// Makes frames that rules speak of: mostly right ones with few values of each field, some of them cut, padded or
/// damaged.
struct FrameMaker {
    private var generator: SplitMix

    init(seed: UInt64) { generator = SplitMix(state: seed) }

    mutating func choose<Element>(_ from: [Element]) -> Element { from[Int(generator.next() % UInt64(from.count))] }
    mutating func below(_ limit: Int) -> Int { Int(generator.next() % UInt64(limit)) }
    private mutating func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
    }

    static let macs: [[UInt8]] = [[2, 0, 0, 0, 0xaa, 1], [2, 0, 0, 0, 0xaa, 2], [255, 255, 255, 255, 255, 255]]
    static let ports = [0, 22, 80, 5555, 65535]

    mutating func frame() -> [UInt8] {
        var frame = choose(Self.macs) + choose(Self.macs)
        for _ in 0..<choose([0, 0, 0, 0, 1, 2, 3]) { frame += choose([[0x81, 0], [0x88, 0xa8]]) + bytes(2) }
        switch below(8) {
        case 0: frame += [8, 6] + arp()
        case 1, 2, 3: frame += [8, 0] + ipv4()
        case 4, 5: frame += [0x86, 0xdd] + ipv6()
        case 6: frame += choose([[0x88, 0xb5], [0x12, 0x34], [0x05, 0xdd], [0x06, 0]]) + bytes(below(40))
        default:
            let length = below(60)
            frame += [0, UInt8(length)] + bytes(choose([length, length, max(length - 1, 0), length + 9]))
        }
        switch below(10) {
        case 0: frame.removeLast(below(frame.count + 1))
        case 1: frame += bytes(below(30))
        case 2: frame[below(frame.count)] = UInt8(truncatingIfNeeded: generator.next())
        case 3: for _ in 0..<4 { frame[below(frame.count)] ^= 1 << UInt8(below(8)) }
        default: break
        }
        return frame
    }

    private mutating func arp() -> [UInt8] {
        choose([[0, 1], [0, 1], [0, 1], [0, 6]]) + [
            8, 0, 6, choose([4, 4, 4, 16]), 0, UInt8(choose([1, 1, 2, 2, 3, 0])),
        ]
            + bytes(20)
    }

    private mutating func carried(_ version: Int, _ next: UInt8) -> [UInt8] {
        let (source, destination) = (choose(Self.ports), choose(Self.ports))
        let ports = [source, destination].flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] }
        switch next {
        case 6:
            let words = choose([5, 5, 5, 6, 15, 4])
            return ports + bytes(8) + [UInt8(words << 4), choose([2, 0x12, 0x10, 4, 1, 0x18])] + bytes(6 + below(30))
        case 17:
            let data = bytes(below(20))
            let length = 8 + choose([0, 0, 0, -1, 1, -8]) + data.count
            return ports + [UInt8(max(length, 0) >> 8), UInt8(max(length, 0) & 255)] + bytes(2) + data
        case 1: return [choose([8, 0, 3])] + bytes(below(12))
        case 58: return [choose([128, 129, 135, 136])] + bytes(below(12))
        default: return bytes(below(40))
        }
    }

    private mutating func ipv4() -> [UInt8] {
        let next: UInt8 = choose([6, 6, 17, 1, 58, 132, 41])
        let options = bytes(4 * choose([0, 0, 0, 1, 10]))
        let data = carried(4, next)
        let length = 20 + options.count + data.count
        var packet: [UInt8] = [
            UInt8(choose([4, 4, 4, 4, 4, 4, 5]) << 4 | (5 + options.count / 4)), 0, UInt8(length >> 8),
            UInt8(length & 255), 0, 1,
        ]
        packet += choose([[0, 0], [0x40, 0], [0x40, 0], [0x20, 0], [0, 7], [0x80, 0]]) + [64, next, 0, 0]
        packet += [10, 0, 0, choose([1, 2, 129])] + [choose([10, 192]), 0, 0, choose([1, 2, 129])] + options
        let sum = stride(from: 0, to: packet.count, by: 2).reduce(0) { $0 + Int(packet[$1]) << 8 + Int(packet[$1 + 1]) }
        let folded = ~((sum & 0xffff + sum >> 16) & 0xffff + (sum & 0xffff + sum >> 16) >> 16) & 0xffff
        packet[10] = UInt8(folded >> 8)
        packet[11] = UInt8(folded & 255)
        return packet + data
    }

    private mutating func ipv6() -> [UInt8] {
        var next: UInt8 = choose([6, 6, 17, 58, 1, 132, 59])
        var data = carried(6, next)
        for _ in 0..<choose([0, 0, 0, 0, 1, 2, 9]) {
            let kind: UInt8 = choose([0, 43, 60, 51, 44])
            let words = kind == 44 ? 1 : 1 + below(2)
            // Of authentication in units of four octets, less two.
            let length = kind == 51 ? UInt8(words * 2 - choose([2, 2, 1])) : UInt8(words - 1)
            data = [next, length] + bytes(words * 8 - 2) + data
            next = kind
        }
        let host = { (last: UInt8) in [0xfd] + [UInt8](repeating: 0, count: 14) + [last] }
        let length = max(data.count + choose([0, 0, 0, 0, 1, -1]), 0)
        return [
            choose([0x60, 0x60, 0x60, 0x60, 0x6f, 0x40]), 0, 0, 0, UInt8(length >> 8), UInt8(length & 255), next, 64,
        ]
            + host(choose([1, 2])) + host(choose([1, 2, 0x81])) + data
    }
}

/// A generator with a seed (Steele, Lea and Flood, 2014).
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
        return z ^ z >> 31
    }
}
