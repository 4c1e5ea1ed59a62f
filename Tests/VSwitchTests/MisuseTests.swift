// SPDX-License-Identifier: BSD-2-Clause

import Foundation
import Testing

/// What the types forbid does not compile. Each snippet is compiled as a user of the module would; the first, which is
/// right, shows that the others fail for the reason that is named.
@Suite struct MisuseTests {
    struct Snippet: CustomTestStringConvertible, Sendable {
        let name: String
        let body: String
        /// Part of the compiler's message; `nil` where the snippet compiles.
        let error: String?
        var testDescription: String { name }
    }

    static let snippets = [
        Snippet(
            name: "right use",
            body: """
                while let frame = try device.peek() {
                    let count = frame.withBytes { bytes in bytes.byteCount }
                    frame.commit()
                    if let buffer = try driver.reserve(count) { buffer.publish { output in output.append(1) } }
                }
                """, error: nil),
        Snippet(
            name: "a frame after its commit",
            body: """
                if let frame = try device.peek() {
                    frame.commit()
                    print(frame.byteCount)
                }
                """, error: "'frame' used after consume"),
        Snippet(
            name: "a frame committed twice",
            body: """
                if let frame = try device.peek() {
                    frame.commit()
                    frame.commit()
                }
                """, error: "'frame' consumed more than once"),
        Snippet(
            name: "a buffer after it was published",
            body: """
                if let buffer = try driver.reserve(64) {
                    buffer.publish { output in output.append(1) }
                    buffer.publish { output in output.append(2) }
                }
                """, error: "'buffer' consumed more than once"),
        Snippet(
            name: "two frames at once",
            body: """
                let first = try device.peek()
                let second = try device.peek()
                if let first { first.commit() }
                if let second { second.commit() }
                """, error: "overlapping accesses to 'device'"),
        Snippet(
            name: "two buffers at once",
            body: """
                let first = try driver.reserve(64)
                let second = try driver.reserve(64)
                if let first { first.publish { $0.append(1) } }
                if let second { second.publish { $0.append(1) } }
                """, error: "overlapping accesses to 'driver'"),
        Snippet(
            name: "a frame's bytes that escape",
            body: """
                var kept = RawSpan()
                if let frame = try device.peek() {
                    frame.withBytes { bytes in kept = bytes }
                    frame.commit()
                }
                print(kept.byteCount)
                """, error: "lifetime-dependent variable 'kept' escapes its scope"),
        Snippet(
            name: "a frame's bytes that are returned",
            body: """
                if let frame = try device.peek() {
                    let kept: RawSpan = frame.withBytes { bytes in bytes }
                    frame.commit()
                    print(kept.byteCount)
                }
                """, error: "Escapable"),
        Snippet(
            name: "a frame that outlives its end",
            body: """
                func take() throws -> Frame<PackedLayout>? {
                    let memory = try SharedMemory(byteCount: 32768)
                    var device = try DeviceSide<PackedLayout>(over: memory, queueLength: 64)
                    return try device.peek()
                }
                """, error: "~Escapable"),
        Snippet(
            name: "a copy of an end",
            body: """
                let other = device
                _ = try device.peek()
                _ = consume other
                """, error: "'device' used after consume"),
        Snippet(
            name: "a copy of the memory",
            body: """
                let first = consume memory
                let second = memory
                _ = (first.byteCount, second.byteCount)
                """, error: "consumed more than once"),
        Snippet(
            name: "an end used by two threads",
            body: """
                Thread { _ = try? device.peek() }.start()
                Thread { _ = try? device.peek() }.start()
                """, error: "mutation of captured var 'device' in concurrently-executing code"),
        Snippet(
            name: "ends of two layouts mixed up",
            body: """
                func send<Layout: WireLayout>(_ driver: inout DriverSide<Layout>, _ device: inout DeviceSide<Layout>) {}
                var split = try DeviceSide<SplitLayout>(over: memory, queueLength: 64)
                send(&driver, &split)
                """, error: "cannot convert value of type 'DeviceSide<SplitLayout>'"),
    ]

    @Test(arguments: snippets) func compiler(says snippet: Snippet) throws {
        let (compiles, output) = try compile(
            """
            import Foundation
            import VSwitch

            func use() throws {
                let memory = try SharedMemory(byteCount: 32768)
                var driver = try DriverSide<PackedLayout>(over: memory, queueLength: 64)
                var device = try DeviceSide<PackedLayout>(over: memory, queueLength: 64)
                _ = (driver.mustSignal(), device.mustSignal())
            \(snippet.body)
            }
            """)
        #expect(compiles == (snippet.error == nil), "\(output)")
        if let error = snippet.error {
            let errors = output.split(separator: "\n").filter { $0.contains("error: ") }
            #expect(errors.contains { $0.contains(error) }, "\(output)")
        }
    }

    /// Compiles as far as the checks of lifetimes go, against the module that lies beside this test.
    private func compile(_ text: String) throws -> (compiles: Bool, output: String) {
        let folder = FileManager.default.temporaryDirectory.appending(path: "topoc-misuse-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "snippet.swift")
        try Data(text.utf8).write(to: file)
        let products = try #require(Bundle.main.executableURL).deletingLastPathComponent()
        let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let maps = ["CVirtqueue", "CHostMemory"].flatMap { name in
            let headers = package.appending(path: "Sources/\(name)/include").path
            return ["-Xcc", "-fmodule-map-file=\(headers)/module.modulemap", "-Xcc", "-I\(headers)"]
        }
        let output = folder.appending(path: "output")
        try Data().write(to: output)
        let handle = try FileHandle(forWritingTo: output)
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments =
            ["swiftc", "-swift-version", "6", "-parse-as-library", "-emit-sil", "-o", "/dev/null"]
            + ["-I", products.appending(path: "Modules").path] + maps + [file.path]
        process.standardOutput = handle
        process.standardError = handle
        try process.run()
        process.waitUntilExit()
        let text = String(decoding: try Data(contentsOf: output), as: UTF8.self)
        return (process.terminationStatus == 0, text)
    }
}
