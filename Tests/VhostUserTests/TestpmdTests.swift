// SPDX-License-Identifier: BSD-2-Clause

import Foundation
import Processes
import Testing

/// DPDK's driver of virtio-net, which is nobody's of ours, as the front end.
@Suite(.serialized, .timeLimit(.minutes(10)), .enabled(if: Testpmd.isThere, "needs dpdk-testpmd and stdbuf"))
struct TestpmdTests {
    static let variants = [0, 1].flatMap { packed in
        [0, 1].flatMap { inOrder in
            [0, 1].map { "packed_vq=\(packed),in_order=\(inOrder),mrg_rxbuf=\($0)" }
        }
    }

    /// What one sends the other receives: the counts of both agree with the back ends'. Frames have three segments; in
    /// packed rings one, for DPDK 22.11 marks the first part of its packed indirect tables as one to be written, also
    /// where it sends, which breaks its queue.
    @Test(arguments: variants)
    func sendsAndReceives(_ variant: String) async throws {
        let join = try await Join()
        let receiver = try Testpmd("rx", [join.paths[1]], variant, ["--forward-mode=rxonly"])
        try await receiver.isReady()
        let sender = try Testpmd(
            "tx", [join.paths[0]], variant,
            ["--forward-mode=txonly"]
                + (variant.contains("packed_vq=1")
                    ? ["--txpkts=664"] : ["--txpkts=64,200,400", "--tx-offloads=0x8000"]))
        try await sender.isReady()
        try await join.process.works()
        let sent = try await sender.end()
        // It polls: when it has worked, it has looked.
        try await receiver.process.works()
        let received = try await receiver.end()
        let counts = try await join.end()
        // More than the ring holds.
        #expect(sent.transmitted > 256)
        // What is still in the ring when the sender stops its port goes nowhere.
        #expect((0...256).contains(sent.transmitted - counts[0].sent))
        #expect(counts[0].bytes == counts[0].sent * 664)
        #expect(counts[0].delivered == counts[0].sent)
        #expect(received.received == counts[0].delivered)
    }

    /// Bursts go round between two ports; at the end only those that were under way are missing.
    @Test(arguments: variants)
    func forwards(_ variant: String) async throws {
        let join = try await Join()
        let both = try Testpmd("io", join.paths, variant, ["--forward-mode=io", "--tx-first"])
        try await both.isReady()
        try await join.process.works()
        let seen = try await both.end()
        let counts = try await join.end()
        let sent = counts[0].sent + counts[1].sent
        let delivered = counts[0].delivered + counts[1].delivered
        // More than twice the first bursts: they went round.
        #expect(seen.received > 128)
        #expect(seen.transmitted >= sent)
        #expect(sent >= delivered)
        #expect(delivered >= seen.received)
        #expect(seen.transmitted - seen.received <= 2 * 32)
    }
}

extension ChildProcess {
    /// Waits until it has had the processor for a while, however busy that is.
    fileprivate func works(for seconds: Double = 0.2) async throws {
        /// User and system time, which stand behind the name in parentheses as fields 12 and 13.
        func time() throws -> Double {
            let stat = try String(contentsOfFile: "/proc/\(id)/stat", encoding: .utf8)
            let fields = stat.split(separator: ")").last?.split(separator: " ") ?? []
            return try fields[11...12].reduce(0) { try $0 + #require(Double($1)) } / Double(sysconf(Int32(_SC_CLK_TCK)))
        }
        let end = try time() + seconds
        let deadline = ContinuousClock.now + .seconds(60)
        while try time() < end, .now < deadline { try await Task.sleep(for: .milliseconds(20)) }
    }
}

/// The back ends, in a process of their own.
private final class Join: Sendable {
    struct Counts {
        let sent: Int
        let bytes: Int
        let delivered: Int
        let discarded: Int
    }

    let paths: [String]
    let process: ChildProcess
    private let directory: String

    init() async throws {
        directory = "/tmp/topoc-\(UInt32.random(in: 0...UInt32.max))"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: false)
        paths = ["\(directory)/a", "\(directory)/b"]
        let program = try #require(Bundle.main.executableURL).deletingLastPathComponent()
            .appending(path: "vhost-user-join").path
        process = try ChildProcess(Command(program, paths), bound: .seconds(300), takesInput: true)
        for _ in 0..<3000 where !FileManager.default.fileExists(atPath: paths[1]) {
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: directory) }

    func end() async throws -> [Counts] {
        process.closeInput()
        let text = String(decoding: await process.output.joined(), as: UTF8.self)
        let lines = text.split(separator: "\n").dropFirst()
        try #require(lines.count == 2, "\(text)")
        return try lines.map { line in
            let words = line.split(separator: " ")
            func count(_ name: String) throws -> Int {
                let place = try #require(words.firstIndex { $0 == name })
                return try #require(Int(words[place + 1]))
            }
            return try Counts(
                sent: count("sent"), bytes: count("bytes"), delivered: count("delivered"),
                discarded: count("discarded"))
        }
    }
}

/// DPDK's packet forwarder with ports of virtio_user, without huge pages, hardware or privileges.
private final class Testpmd: Sendable {
    static let isThere = Command.find("dpdk-testpmd") != nil && Command.find("stdbuf") != nil

    let process: ChildProcess
    private let output: Task<String, Never>
    private let ready: AsyncStream<Void>

    init(_ name: String, _ sockets: [String], _ variant: String, _ mode: [String]) throws {
        let ports = sockets.enumerated().map { "--vdev=net_virtio_user\($0),path=\($1),\(variant)" }
        let words =
            ["-o0", "dpdk-testpmd", "-l", "0,1", "--no-huge", "-m", "128", "--no-pci", "--no-telemetry"]
            + ["--file-prefix=topoc-\(name)-\(UInt32.random(in: 0...UInt32.max))"] + ports
            + ["--", "--total-num-mbufs=2048", "--no-mlockall", "--nb-cores=1"] + mode
        let process = try ChildProcess(Command("stdbuf", words), bound: .seconds(300), takesInput: true)
        let (ready, sink) = AsyncStream.makeStream(of: Void.self)
        self.process = process
        self.ready = ready
        output = Task {
            var text = ""
            for await bytes in process.output {
                text += String(decoding: bytes, as: UTF8.self)
                if text.contains("Press enter to exit") { sink.yield() }
            }
            sink.finish()
            return text
        }
    }

    /// Waits until it forwards.
    func isReady() async throws {
        var seen = ready.makeAsyncIterator()
        if await seen.next() == nil {
            let said = await output.value
            try #require(Bool(false), "dpdk-testpmd ended: \(said)")
        }
    }

    /// Ends it: its frames, of all ports.
    func end() async throws -> (transmitted: Int, received: Int) {
        process.write(Array("\n".utf8))
        let text = await output.value
        let all = try #require(text.range(of: "Accumulated forward statistics"))
        func count(_ name: String) throws -> Int {
            let words = text[all.upperBound...].split(whereSeparator: \.isWhitespace)
            let place = try #require(words.firstIndex { $0 == name })
            return try #require(Int(words[place + 1]))
        }
        return (try count("TX-packets:"), try count("RX-packets:"))
    }
}
