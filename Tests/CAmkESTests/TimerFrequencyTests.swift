// SPDX-License-Identifier: BSD-2-Clause

import CAmkES
import CCompilers
import Foundation
import Testing
import Wiring

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// What an app for Arm has the tree's library of timers compiled with: times that do not overflow.
@Suite struct TimerFrequencyTests {
    private typealias Conversion = @convention(c) (UInt64, UInt64) -> UInt64

    /// As the tree has it: the product has 64 bits.
    private static let tree = """
        #pragma once
        #include <stdint.h>
        #define NS_IN_S 1000000000ull
        typedef uint64_t freq_t;
        static inline uint64_t freq_ns_and_hz_to_cycles(uint64_t ns, freq_t hz) { return ns * hz / NS_IN_S; }
        static inline uint64_t freq_cycles_and_hz_to_ns(uint64_t cycles, freq_t hz) { return cycles * NS_IN_S / hz; }
        """
    /// As a file of that library: it knows nothing of the header that is read before it.
    private static let timer = """
        #include <utils/frequency.h>
        uint64_t cycles(uint64_t ns, uint64_t hz);
        uint64_t cycles(uint64_t ns, uint64_t hz) { return freq_ns_and_hz_to_cycles(ns, hz); }
        uint64_t ns(uint64_t cycles, uint64_t hz);
        uint64_t ns(uint64_t cycles, uint64_t hz) { return freq_cycles_and_hz_to_ns(cycles, hz); }
        """

    /// `value * factor / divisor`, with a product of any length.
    private static func exact(_ value: UInt64, _ factor: UInt64, _ divisor: UInt64) -> UInt64 {
        divisor.dividingFullWidth(value.multipliedFullWidth(by: factor)).quotient
    }

    @Test func timesDoNotOverflow() throws {
        let files = AppEmitter.files(
            for: try Topologies.wiring(Topologies.zmqSamples, target: .arm), form: .expanded, assemblyName: "app")
        let header = try #require(files.first { $0.path == "src/timer_frequency.h" })
        let directory = FileManager.default.temporaryDirectory.appending(path: "topoc-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let path = directory.appending(path: "timer.so").path
        try CCompiler.library(
            of: ["timer.c"],
            in: [
                (header.path, header.text), ("include/utils/frequency.h", Self.tree),
                ("timer.c", "#include \"\(header.path)\"\n\(Self.timer)\n"),
            ], including: [], searching: ["include"], options: [], at: path)
        let library = try #require(dlopen(path, RTLD_NOW | RTLD_LOCAL))
        defer { dlclose(library) }
        let cycles = unsafeBitCast(try #require(dlsym(library, "cycles")), to: Conversion.self)
        let ns = unsafeBitCast(try #require(dlsym(library, "ns")), to: Conversion.self)
        let second: UInt64 = 1_000_000_000
        for hz: UInt64 in [1, 24_000_000, 31_250_000, 62_500_000, second] {
            // 295 s is where 64 bits end at 62.5 MHz; a year is far behind.
            for seconds: UInt64 in [0, 1, 295, 296, 3600, 31_536_000] {
                for time in [seconds * second, seconds * second + 999_999_999] {
                    #expect(cycles(time, hz) == Self.exact(time, hz, second), "\(time) ns at \(hz) Hz")
                    let count = Self.exact(time, hz, second)
                    #expect(ns(count, hz) == Self.exact(count, second, hz), "\(count) cycles at \(hz) Hz")
                }
            }
        }
    }
}
