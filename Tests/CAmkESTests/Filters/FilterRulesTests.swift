// SPDX-License-Identifier: BSD-2-Clause

import CAmkES
import CCompilers
import ClangSource
import Foundation
import Testing
import Topology
import Wiring

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The C that is made of rules, against the rules themselves: compiled, loaded, and asked about frames.
@Suite struct FilterRulesTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    /// Rules of every kind, few values of each field, so that they meet.
    private static func rules(_ maker: inout FrameMaker) -> [FilterRule] {
        (0...maker.below(7)).map { _ in
            let traffic = maker.choose(Traffic.allCases)
            func some<Value>(_ values: [Value], _ maker: inout FrameMaker) -> Placed<Value>? {
                maker.below(3) == 0 ? Placed(maker.choose(values)) : nil
            }
            var rule = FilterRule(action: maker.choose([.allow, .allow, .deny]), traffic: Placed(traffic))
            rule.from = some([.name("a"), .name("b")], &maker)
            rule.sourceMAC = some(["02:00:00:00:AA:01"], &maker)
            rule.destinationMAC = some(["02:00:00:00:AA:02", "FF:FF:FF:FF:FF:FF"], &maker)
            if [.tcp, .udp].contains(traffic) {
                rule.port = some(
                    [(22, 22), (80, 5555), (0, 80), (5555, 65535)].map { PortRange(first: $0.0, last: $0.1) }, &maker)
            }
            if rule.port != nil || [.tcp, .arp, .icmp, .icmpv6].contains(traffic) {
                rule.answers = some([true, false], &maker)
            }
            if [.ip, .ipv4, .tcp, .udp, .icmp, .fragments].contains(traffic), maker.below(2) == 0 {
                rule.source = some(["10.0.0.1/32", "10.0.0.0/25", "0.0.0.0/0"], &maker)
                rule.destination = some(["192.0.0.0/8", "10.0.0.129/25"], &maker)
            } else if [.ip, .ipv6, .tcp, .udp, .icmpv6, .fragments].contains(traffic) {
                rule.source = some(["fd00::1/128", "fd00::2/127"], &maker)
                rule.destination = some(["fd00::81/121"], &maker)
            }
            if [.ip, .ipv4, .ipv6, .fragments].contains(traffic) { rule.ipProtocol = some([6, 58, 132], &maker) }
            if traffic == .any { rule.etherType = some([0x88b5, 0x0806, 20], &maker) }
            return rule
        }
    }

    private static func wiring(_ rules: [FilterRule], target: Target = .lab) throws -> Wiring {
        let assembly = Assembly("filtered") {
            VM("a")
            VM("b")
            Partition(
                name: Placed("fw"),
                links: [LinkGroup(shape: .link, members: [Placed(.name("a")), Placed(.name("b"))])],
                filter: FilterSettings(rules: rules))
        }
        let network = Network(assembly)
        try #require(network.filters.first?.faults == [])
        return try #require(Wiring(network, target: target))
    }

    @Test(arguments: 0..<24) func theyDecideAsTheRulesSay(seed: Int) throws {
        var maker = FrameMaker(seed: UInt64(seed))
        let rules = Self.rules(&maker)
        let wiring = try Self.wiring(rules)
        let filter = try LoadedFilter(wiring.filters[0], in: Self.root)
        let analysis = FilterAnalysis(rules: wiring.filters[0].rules)
        let allowed = FilterDirection.allCases.map { direction in
            Set(analysis.passages(direction).map { Pass(rule: $0.rule, kind: $0.kind) })
        }
        for _ in 0..<4000 {
            let frame = maker.frame()
            let sender = maker.below(2)
            let seen = SeenFrame(frame)
            let expected = rules.firstIndex { $0.isFulfilled(by: seen, from: ["a", "b"][sender]) }.map { $0 + 1 } ?? 0
            let (decided, kind) = filter.judge(frame, from: sender)
            #expect(decided == expected, "\(frame) from \(sender): rules \(wiring.filters[0].rules.map(\.text))")
            if decided != expected { return }
            // What passes was foreseen.
            if decided != 0, rules[decided - 1].action == .allow {
                #expect(allowed[sender].contains(Pass(rule: decided - 1, kind: kind)))
            }
        }
        // And what was foreseen passes, by that rule.
        for direction in FilterDirection.allCases {
            for passage in analysis.passages(direction) {
                #expect(filter.judge(passage) == passage.rule + 1, "\(passage)")
            }
        }
    }

    private static let checker = try? SourceChecker(.stubs(.camkes3_11))

    /// The C is read back as what the rules mean; and as what others mean that differ from them in one.
    @Test(.enabled(if: checker != nil, "needs libclang"), arguments: 0..<24) func theyAreReadAsTheRulesSay(seed: Int)
        throws
    {
        let checker = try #require(Self.checker)
        var maker = FrameMaker(seed: UInt64(seed))
        let rules = Self.rules(&maker)
        let wiring = try Self.wiring(rules, target: .newest)
        let files = AppEmitter.files(for: wiring, form: .expanded, assemblyName: "filtered")
        #expect(FilterReading.differences(of: wiring.filters[0], in: files, checker) == [])
        let analysis = FilterAnalysis(rules: wiring.filters[0].rules)
        for index in rules.indices where analysis.decides(index) {
            var others = rules
            others[index].action = rules[index].action == .allow ? .deny : .allow
            let turned = try Self.wiring(others, target: .newest).filters[0]
            #expect(
                FilterReading.differences(of: turned, in: files, checker)
                    == ["rule \(index + 1) of filter `fw` does something else in its C"])
            // Without the rule others decide about its frames.
            let rest = try Self.wiring(rules.enumerated().filter { $0.offset != index }.map(\.element), target: .newest)
            let shorter = AppEmitter.files(for: rest, form: .expanded, assemblyName: "filtered")
            #expect(!FilterReading.differences(of: wiring.filters[0], in: shorter, checker).isEmpty)
        }
    }

    private struct Pass: Hashable {
        let rule: Int
        let kind: FrameKind
    }

    /// Frames of a right kind come often enough for what the tests above say.
    @Test func theFramesAreOfEveryKind() throws {
        let filter = try LoadedFilter(try Self.wiring([Allow(.any)]).filters[0], in: Self.root)
        var maker = FrameMaker(seed: 1)
        var counts: [FrameKind: Int] = [:]
        for _ in 0..<20_000 { counts[filter.judge(maker.frame(), from: 0).kind, default: 0] += 1 }
        for kind in FrameKind.allCases { #expect(counts[kind, default: 0] > 100, "\(kind)") }
    }

    /// A bucket of 10 frames at 100 a second, by a clock that the test passes in.
    @Test func aRateIsKept() throws {
        let wiring = try Self.wiring([Allow(.any, rate: 100, burst: 10)])
        let filter = try LoadedFilter(wiring.filters[0], in: Self.root)
        var maker = FrameMaker(seed: 3)
        var frame = maker.frame()
        while filter.judge(frame, from: 0).rule == 0 { frame = maker.frame() }
        let start: UInt64 = 1_000_000_000
        #expect((0..<30).count { _ in filter.passes(frame, at: start) } == 10)
        #expect(!filter.passes(frame, at: start + 9_999_999))
        #expect(filter.passes(frame, at: start + 10_000_000))
        #expect(!filter.passes(frame, at: start + 10_000_000))
        // Ten more have gathered after a while, and no more than ten.
        #expect((0..<30).count { _ in filter.passes(frame, at: start + 60_000_000_000) } == 10)
        // Over ten seconds of a flood no more than the burst and the rate.
        let passed = (0..<100_000).count { filter.passes(frame, at: start + 70_000_000_000 + UInt64($0) * 100_000) }
        #expect(passed == 1009 || passed == 1010)
        #expect(filter.counters() == [LoadedFilter.Counters(frames: 100_063, dropped: UInt64(100_063 - 21 - passed))])
    }

    /// Each compiler takes the emitted C, and seL4's formatter leaves it alone.
    @Test(arguments: CCompiler.available) func theComponentCompiles(_ compiler: CCompiler) throws {
        let files = try Self.emitted().filter { !$0.path.contains(".template.") && $0.path.contains("/") }
        #expect(files.contains { $0.path == "src/filter_fw_rules.c" })
        #expect(
            try compiler.complaints(
                about: files.map { ($0.path, $0.text) }, including: CCompiler.device3_11.directories,
                searching: ["include"], options: CCompiler.device3_11.options) == "")
    }

    @Test(.enabled(if: Astyle.isThere, "needs astyle")) func astyleChangesNothing() throws {
        let files = try Self.emitted().filter { $0.path.contains("filter") }
        #expect(files.count == 6)
        #expect(try Astyle.changes(of: files.map { ($0.path, $0.text) }) == [])
    }

    private static func emitted() throws -> [EmittedFile] {
        var maker = FrameMaker(seed: 11)
        var all = (0..<10).flatMap { _ in rules(&maker) }
        all.append(Allow(.arp, rate: 3))
        let wiring = try Self.wiring(all, target: .newest)
        return AppEmitter.files(for: wiring, form: .expanded, assemblyName: "app")
    }
}

/// The rules of a filter as a library of this machine, with the filter's core around them.
private final class LoadedFilter {
    struct Counters: Equatable {
        let frames: UInt64
        let dropped: UInt64
    }

    private typealias Judge =
        @convention(c) (UInt32, UnsafePointer<UInt8>, UInt32, UnsafeMutablePointer<UInt32>) -> UInt32
    private typealias JudgeHeader = @convention(c) (UInt32, UInt32, UnsafePointer<UInt64>) -> UInt32
    private typealias Passes = @convention(c) (UnsafePointer<UInt8>, UInt32, UInt64) -> Bool
    private typealias Count = @convention(c) (UInt32, Bool) -> UInt64

    struct NotLoaded: Error {
        let message: String
    }

    private let library: UnsafeMutableRawPointer
    private let ruleCount: Int
    private let judgeFrame: Judge
    private let judgeHeader: JudgeHeader
    private let passesFrame: Passes
    private let count: Count

    init(_ filter: FilterWiring, in root: URL) throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "topoc-filter-\(UUID().uuidString).so").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try CCompiler.library(
            of: ["shim.c"], in: [("rules.h", FilterRulesPrinter.text(of: filter)), ("shim.c", Self.shim)],
            including: ["CFilter", "CVirtqueue"].map { root.appending(path: "Sources/\($0)/include").path },
            searching: ["."], options: ["-std=c11", "-fsanitize=undefined", "-fno-sanitize-recover"], at: path)
        guard let library = dlopen(path, RTLD_NOW | RTLD_LOCAL) else {
            throw NotLoaded(message: dlerror().map { String(cString: $0) } ?? path)
        }
        self.library = library
        ruleCount = filter.rules.count
        func symbol(_ name: String) throws -> UnsafeMutableRawPointer {
            guard let symbol = dlsym(library, name) else { throw NotLoaded(message: name) }
            return symbol
        }
        judgeFrame = unsafeBitCast(try symbol("shim_judge"), to: Judge.self)
        judgeHeader = unsafeBitCast(try symbol("shim_judge_header"), to: JudgeHeader.self)
        passesFrame = unsafeBitCast(try symbol("shim_passes"), to: Passes.self)
        count = unsafeBitCast(try symbol("shim_count"), to: Count.self)
    }

    deinit { dlclose(library) }

    /// The frame in memory that ends where it does, so that a read beyond it is seen by a sanitizer.
    func judge(_ frame: [UInt8], from: Int) -> (rule: Int, kind: FrameKind) {
        var kind: UInt32 = 0
        let rule = judgeFrame(UInt32(from), frame, UInt32(frame.count), &kind)
        return (Int(rule), FrameKind(rawValue: Int(kind)) ?? .malformed)
    }

    /// What is decided of the passage's example.
    func judge(_ passage: FilterAnalysis.Passage) -> Int {
        func value(_ field: FrameField) -> UInt128 { passage.example[field].lowerBound }
        func mac(_ field: FrameField) -> UInt64 {
            MACAddress(value: UInt64(truncatingIfNeeded: value(field))).frameNumber
        }
        func half(_ field: FrameField, _ shift: UInt128) -> UInt64 { UInt64(truncatingIfNeeded: value(field) >> shift) }
        let fields: [UInt64] = [
            half(.answer, 0), mac(.sourceMAC), mac(.destinationMAC), half(.etherType, 0), half(.ipProtocol, 0),
            half(.source, 64), half(.source, 0), half(.destination, 64), half(.destination, 0), half(.sourcePort, 0),
            half(.destinationPort, 0),
        ]
        return Int(judgeHeader(UInt32(passage.kind.rawValue), UInt32(passage.direction.rawValue), fields))
    }

    func passes(_ frame: [UInt8], at now: UInt64) -> Bool { passesFrame(frame, UInt32(frame.count), now) }

    func counters() -> [Counters] {
        (0..<ruleCount).map { Counters(frames: count(UInt32($0), false), dropped: count(UInt32($0), true)) }
    }

    private static let shim = """
        #include "rules.h"
        #include <stdlib.h>
        #include <string.h>
        #include <topoc/filter.h>

        uint32_t shim_judge(uint32_t from, const unsigned char *frame, uint32_t length, uint32_t *kind);
        uint32_t shim_judge_header(uint32_t kind, uint32_t from, const uint64_t *fields);
        bool shim_passes(const unsigned char *frame, uint32_t length, uint64_t now);
        uint64_t shim_count(uint32_t rule, bool dropped);

        uint32_t shim_judge(uint32_t from, const unsigned char *frame, uint32_t length, uint32_t *kind)
        {
            struct topoc_filter_header header;
            topoc_filter_parse(&header, from, frame, length);
            *kind = header.kind;
            return topoc_filter_rules.judge(&header);
        }

        uint32_t shim_judge_header(uint32_t kind, uint32_t from, const uint64_t *fields)
        {
            struct topoc_filter_header header = { .kind = (enum topoc_filter_kind)kind, .from = from };
            header.answer = fields[0] != 0;
            header.source_mac = fields[1];
            header.destination_mac = fields[2];
            header.ether_type = (uint16_t)fields[3];
            header.ip_protocol = (uint8_t)fields[4];
            header.source[0] = fields[5];
            header.source[1] = fields[6];
            header.destination[0] = fields[7];
            header.destination[1] = fields[8];
            header.source_port = (uint16_t)fields[9];
            header.destination_port = (uint16_t)fields[10];
            return topoc_filter_rules.judge(&header);
        }

        static struct topoc_filter filter;
        static struct topoc_filter_counters counters[300];
        static uint64_t due[300];

        bool shim_passes(const unsigned char *frame, uint32_t length, uint64_t now)
        {
            if (filter.rules == NULL) {
                topoc_filter_init(&filter, &topoc_filter_rules, counters, due);
            }
            return topoc_filter_passes(&filter, 0, frame, length, now);
        }

        uint64_t shim_count(uint32_t rule, bool dropped)
        {
            return dropped ? counters[rule].dropped : counters[rule].frames;
        }
        """
}
