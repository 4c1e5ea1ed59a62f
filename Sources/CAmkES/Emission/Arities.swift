// SPDX-License-Identifier: BSD-2-Clause

import Wiring

/// `TOPOC_EACH` for rows of the lengths that occur.
///
/// A row is as long as its macro says it is, so the preprocessor counts. Counting costs as much as the longest row
/// that the counter can count, for each row; so VMs with many peers have wider counters of their own.
struct Arities {
    private let narrow: Int
    /// Above the narrow ones, ascending.
    private let wide: [Int]
    /// The counter of each VM that needs a wide one, by the longest row that it counts.
    private let counterOfVM: [(vm: Int, width: Int)]

    init(_ wiring: Wiring) {
        let lengths = wiring.connections.flatMap { $0.rows.map(\.peers.count) } + wiring.vms.map(\.peers.count)
        let occurring = Set(lengths)
        narrow = max(1, occurring.filter { $0 <= ConnectionsHeader.longestNarrowRow }.max() ?? 1)
        wide = occurring.filter { $0 > ConnectionsHeader.longestNarrowRow }.sorted()
        // VMs share a counter where their longest rows differ by less than four times.
        var widthOfClass: [Int: Int] = [:]
        for length in wide { widthOfClass[Self.widthClass(of: length)] = length }
        counterOfVM = wiring.vms.compactMap { [widthOfClass] vm in
            guard vm.peers.count > ConnectionsHeader.longestNarrowRow,
                let width = widthOfClass[Self.widthClass(of: vm.peers.count)]
            else { return nil }
            return (vm.number, width)
        }
    }

    private static func widthClass(of length: Int) -> Int {
        (Int.bitWidth - length.leadingZeroBitCount) / 2
    }

    var text: String {
        var printer = CodePrinter()
        printer.line("/* TOPOC_EACH(f, vm, peers...): f(vm, peer, send, recv) for each peer, with its queues' ids. */")
        printer.line("#define TOPOC_EACH(f, vm, ...) \\")
        printer.line("    TOPOC_JOIN(TOPOC_EACH_, TOPOC_COUNT(vm, __VA_ARGS__))(f, vm, __VA_ARGS__)")
        for length in Array(1...narrow) + wide { printer.lines(Self.each(length)) }
        printer.blank()
        printer.line("/* TOPOC_COUNT(vm, peers...): how many peers there are. */")
        if counterOfVM.isEmpty {
            printer.line("#define TOPOC_COUNT(vm, ...) TOPOC_COUNT_\(narrow)(__VA_ARGS__)")
        } else {
            printer.line("#define TOPOC_COUNT(vm, ...) TOPOC_JOIN(TOPOC_COUNT_, TOPOC_WIDTH(vm))(__VA_ARGS__)")
            printer.line("/* VMs with more than \(ConnectionsHeader.longestNarrowRow) peers have wide counters. */")
            printer.line("#define TOPOC_WIDTH(vm) TOPOC_SECOND(TOPOC_JOIN(TOPOC_WIDE_, vm), \(narrow), 0)")
            printer.line("#define TOPOC_SECOND(...) TOPOC_SECOND_EXPANDED(__VA_ARGS__)")
            printer.line("#define TOPOC_SECOND_EXPANDED(first, second, ...) second")
            for counter in counterOfVM { printer.line("#define TOPOC_WIDE_\(counter.vm) 0, \(counter.width)") }
        }
        for width in Set([narrow] + counterOfVM.map(\.width)).sorted() { printer.lines(Self.counter(width)) }
        return String(printer.text.dropLast())
    }

    private static func each(_ length: Int) -> [String] {
        let head = "#define TOPOC_EACH_\(length)("
        let parameters = Spelling.wrapped(["f", "vm"] + peers(length), firstColumn: head.utf8.count)
        let calls = (0..<length).map { "    f(vm, p\($0), \(2 * $0), \(2 * $0 + 1))" }
        return ["\(head)\(parameters)) \\\n" + calls.joined(separator: " \\\n")]
    }

    /// Peers push the numbers to the right, so that the one behind the last parameter is how many they are.
    private static func counter(_ width: Int) -> [String] {
        let head = "#define TOPOC_PICK_\(width)("
        let body = "    TOPOC_PICK_\(width)(__VA_ARGS__,"
        let numbers = (0...width).reversed().map(String.init)
        return [
            "#define TOPOC_COUNT_\(width)(...) \\\n"
                + "\(body)\(Spelling.wrapped(numbers, firstColumn: body.utf8.count)))",
            head + Spelling.wrapped(peers(width) + ["count", "..."], firstColumn: head.utf8.count) + ") count",
        ]
    }

    private static func peers(_ count: Int) -> [String] {
        (0..<count).map { "p\($0)" }
    }
}
