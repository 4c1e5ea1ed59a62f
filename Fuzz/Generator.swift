// SPDX-License-Identifier: BSD-2-Clause

/// A small, fast generator of random numbers whose whole run follows from its seed (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
        return mixed ^ mixed >> 31
    }

    mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<max(1, bound), using: &self) }
    mutating func chance(_ percent: Int) -> Bool { below(100) < percent }
    mutating func pick<T>(_ items: [T]) -> T { items[below(items.count)] }
}

/// Writes `.topo` texts: mostly sound ones, so that faults are met deep inside and not in the first line.
struct TopologyGenerator {
    var random: SeededGenerator
    private var vms = 0

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    mutating func text() -> String {
        vms = 1 + random.below(6)
        var lines = ["import Topology", ""]
        if random.chance(30) { lines.append("let count = \(integer())") }
        lines.append("Assembly(\(name()))" + " {")
        if random.chance(20) { lines.append("    AddressPool(mac: \(mac()), ip: \(ip()))") }
        if random.chance(20) {
            lines.append("    Guest(memoryMiB: \(random.pick([64, 128, 512])), heap: \(integer()))")
        }
        lines += machines()
        for _ in 0..<(1 + random.below(3)) { lines += partition() }
        if random.chance(25) { lines.append("    Never(\(vm()), reaches: \(vm()))") }
        lines.append("}")
        return lines.joined(separator: "\n") + "\n"
    }

    private mutating func machines() -> [String] {
        switch random.below(4) {
        case 0: return ["    VMs(0..<\(vms))"]
        case 1: return ["    for n in 0..<\(vms) {", "        VM(n, mac: \"02:00:00:00:AA:0\\(n + 1)\")", "    }"]
        default:
            return (0..<vms).map { number in
                var arguments = [random.chance(80) ? "\(number)" : name()]
                if random.chance(40) { arguments.append("mac: \(mac())") }
                if random.chance(40) { arguments.append("ip: \(ip())") }
                if random.chance(15) { arguments.append("hostname: \(name())") }
                return "    VM(\(arguments.joined(separator: ", ")))"
            }
        }
    }

    private mutating func partition() -> [String] {
        var lines = ["    Partition(\(name())\(sizes())) {"]
        for _ in 0..<(1 + random.below(3)) {
            switch random.below(7) {
            case 0: lines.append("        Mesh(0..<\(vms))")
            case 1: lines.append("        Star(hub: \(vm()), \(vm()), \(vm())\(sizes()))")
            case 2: lines.append("        Ring(\(vm()), \(vm()), \(vm()))")
            case 3: lines.append("        Line(\(vm()), \(vm()))")
            case 4: lines.append("        Connect(\(vm()), to: \(vm()), \(vm()))")
            case 5:
                lines += [
                    "        if \(integer()) < \(integer()) {", "            Link(\(vm()), \(vm()))", "        }",
                ]
            default: lines.append("        Link(\(vm()), \(vm())\(sizes()))")
            }
        }
        if random.chance(10) { lines.append("        // topoc:allow TOPO\(200 + random.below(200)) reason") }
        return lines + ["    }"]
    }

    private mutating func sizes() -> String {
        guard random.chance(20) else { return "" }
        return ", queueLength: \(random.pick([64, 128, 256, 255])), sharedMemory: \(random.pick([8192, 32768, 4097]))"
    }

    private mutating func vm() -> String {
        random.chance(90) ? "\(random.below(vms))" : random.chance(50) ? name() : integer()
    }

    private mutating func name() -> String {
        "\"" + random.pick(["lan", "a", "vm0", "topology_def", "fserv", "9x", "é", "", "x-y", "red"]) + "\""
    }

    private mutating func mac() -> String {
        "\"" + random.pick(["02:00:00:00:AA:01", "02:00:00:00:AA:02", "ff:ff:ff:ff:ff:ff", "0", "01:00:5e:00:00:01"])
            + "\""
    }

    private mutating func ip() -> String {
        "\"" + random.pick(["192.168.1.1/24", "192.168.1.2/24", "192.168.1.0/24", "10.0.0.1", "::1/64", "1/33"]) + "\""
    }

    private mutating func integer() -> String {
        random.pick(["0", "1", "7", "-1", "0x10000", "9223372036854775807", "1 + 2 * 3", "5 / 0", "1_000"])
    }
}

/// Damages a text: bytes flipped, removed, doubled, moved, or a hostile fragment put in.
struct Mutator {
    static let fragments = [
        "((((((((((((((((", "\\(", "\"", "\"\"\"", "{", "}", "/*", "//", "\0", "\u{feff}", "🧨", "é\u{301}",
        "0..<99999999",
        "-9223372036854775808", "#if", "@", "`", "for x in ", "let ", "?.", "->", "...", "\r\n", "\t", "&&&&",
        "!!!!!!!!",
    ]

    static func mutate(_ bytes: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<(1 + random.below(4)) {
            let place = random.below(bytes.count + 1)
            let length = min(random.below(16), bytes.count - place)
            switch random.below(6) {
            case 0 where place < bytes.count: bytes[place] = UInt8(truncatingIfNeeded: random.next())
            case 1: bytes.removeSubrange(place..<(place + length))
            case 2: bytes.insert(contentsOf: bytes[place..<(place + length)], at: random.below(bytes.count + 1))
            case 3: bytes.removeSubrange(place...)
            case 4 where place < bytes.count: bytes.swapAt(place, random.below(bytes.count))
            default: bytes.insert(contentsOf: Array(random.pick(fragments).utf8), at: place)
            }
        }
        return bytes
    }
}
