// SPDX-License-Identifier: BSD-2-Clause

import Foundation
import Testing

/// The fuzzers of the data path find what they are there to find: each fault is put into a copy of the headers, and a
/// short run must end with a finding.
@Suite struct SeededFaultTests {
    struct Fault: CustomTestStringConvertible, Sendable {
        let name: String
        /// The fuzzer that must find it.
        let fuzzer: String
        /// Below `Sources`.
        let header: String
        let text: String
        let replacement: String
        var testDescription: String { name }
    }

    private static let virtqueue = "CVirtqueue/include/topoc/"

    static let faults = [
        Fault(
            name: "a buffer's end is not checked", fuzzer: "device-packed", header: virtqueue + "vq_types.h",
            text: "return length <= size && offset <= size - length;",
            replacement: "return offset <= size + length * 0;"),
        Fault(
            name: "a length is read twice", fuzzer: "device-packed", header: virtqueue + "vq_packed_device.h",
            text: "frame->length = bytes;", replacement: "frame->length = topoc_load_u32(&slot->length);"),
        Fault(
            name: "a given-back id is not compared with the length of the ring", fuzzer: "driver-split",
            header: virtqueue + "vq_rings_driver.h", text: "id >= length || distance >= outstanding",
            replacement: "distance >= outstanding"),
        Fault(
            name: "an id that is not outstanding is taken", fuzzer: "driver-packed",
            header: virtqueue + "vq_packed_driver.h", text: "id >= length || distance >= outstanding",
            replacement: "id >= length"),
        Fault(
            name: "the available index may jump", fuzzer: "device-split", header: virtqueue + "vq_rings_device.h",
            text: "if (ahead > TOPOC_VQ(capacity)(length)) {", replacement: "if (ahead > 65536u) {"),
        Fault(
            name: "a chain has no end", fuzzer: "device-libvirtqueue", header: virtqueue + "vq_chain.h",
            text: "(uint32_t)chain->readable + chain->writable >= device->rings.length",
            replacement: "(uint32_t)chain->readable + chain->writable >= 65536u + device->rings.length"),
        Fault(
            name: "a head beyond the table is followed", fuzzer: "device-split",
            header: virtqueue + "vq_rings_device.h", text: "if (head >= length) {",
            replacement: "if (head > 65536u + length) {"),
        Fault(
            name: "a next beyond the table is followed", fuzzer: "device-split",
            header: virtqueue + "vq_rings_device.h", text: "if (piece->next >= cursor->entries) {",
            replacement: "if (piece->next > 65536u + cursor->entries) {"),
        Fault(
            name: "a frame is copied past its destination", fuzzer: "device-packed", header: virtqueue + "vq_chain.h",
            text: "segment.length < capacity - at ? segment.length : capacity - at", replacement: "segment.length"),
        Fault(
            name: "an indirect table may lie anywhere", fuzzer: "device-packed", header: virtqueue + "vq_chain.h",
            text: "if (table == NULL || ", replacement: "if ("),
        Fault(
            name: "a broken queue is published to", fuzzer: "driver-split", header: virtqueue + "vq_rings_driver.h",
            text: "driver->published = driver->next;\n    driver->asked = driver->next;",
            replacement: "driver->asked = driver->published;"),
        Fault(
            name: "a ring is read without the access functions", fuzzer: "driver-packed",
            header: virtqueue + "vq_packed_driver.h", text: "uint16_t id = topoc_load_u16(&slot->id);",
            replacement: "uint16_t id = slot->id;"),
        Fault(
            name: "the switch goes on with a broken link", fuzzer: "switch-packed",
            header: "CVSwitch/include/topoc/switch_receive.h",
            text: "if (sw->config.links[sw->turn].state != TOPOC_LINK_BROKEN\n            && ",
            replacement: "if ("),
    ]

    @Test(arguments: faults) func theFuzzerFinds(_ fault: Fault) throws {
        let sources = Self.package.appending(path: "Sources")
        let scratch = FileManager.default.temporaryDirectory.appending(path: "topoc-fault-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: scratch) }
        let copy = scratch.appending(path: "Sources")
        try FileManager.default.createDirectory(at: copy, withIntermediateDirectories: true)
        for room in ["CVirtqueue", "CVSwitch"] {
            try FileManager.default.copyItem(at: sources.appending(path: room), to: copy.appending(path: room))
        }
        let header = copy.appending(path: fault.header)
        let text = try String(contentsOf: header, encoding: .utf8)
        try #require(text.components(separatedBy: fault.text).count == 2, "the text of the fault stands there once")
        try Data(text.replacingOccurrences(of: fault.text, with: fault.replacement).utf8).write(to: header)

        let fuzzer = scratch.appending(path: fault.fuzzer).path
        let seeds = scratch.appending(path: "seeds-\(fault.fuzzer)").path
        let built = try run(
            ["make", "-s", "-C", Self.package.appending(path: "Fuzz/DataPath").path]
                + ["HEADERS=\(copy.path)", "OUT=\(scratch.path)", fuzzer, seeds])
        try #require(built.status == 0, "\(built.output)")
        let ended = try run([
            fuzzer, "-runs=3000000", "-seed=1", "-max_len=256", "-len_control=20", "-timeout=10",
            "-artifact_prefix=\(scratch.path)/", seeds,
        ])
        #expect(ended.status != 0, "nothing was found")
        #expect(
            ended.output.contains("finding: ") || ended.output.contains("ERROR: AddressSanitizer")
                || ended.output.contains("runtime error: "), "\(ended.output.suffix(2000))")
    }

    private static let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    private func run(_ command: [String]) throws -> (status: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = command
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        let signalled = process.terminationReason == .uncaughtSignal
        return (process.terminationStatus + (signalled ? 128 : 0), text)
    }
}
