// SPDX-License-Identifier: BSD-2-Clause

import Foundation
import Processes
import Testing

/// Labs of Linux guests under QEMU, as a user runs them. They want the whole machine: `make test-guests`.
@Suite(
    .timeLimit(.minutes(10)), .serialized,
    .enabled(if: ProcessInfo.processInfo.environment["TOPOC_GUESTS"] != nil, "make test-guests boots the guests"),
    .enabled(if: Command.find("qemu-system-x86_64") != nil, "there is no qemu-system-x86_64"))
struct LabQEMUTests {
    /// What goes on in the background of a guest, and ends when it likes, costs no command.
    @Test func noCommandIsLostWhileOrphansEnd() async throws {
        try await LabProgram.withLab(Topologies.pair, ["--memory", "128"], guests: "qemu") { lab in
            let orphans = "for n in $(seq 300); do (sleep $((n / 20)).$((n % 10))) > /dev/null 2>&1 & done"
            #expect(try await lab.run("exec", ["vm0", "--", "sh", "-c", orphans]).succeeded)
            // A line that takes the guest a while to read.
            let words = String(repeating: "word ", count: 200)
            for number in 0..<60 {
                let done = try await lab.run("exec", ["vm0", "--", "echo", words, "\(number)"])
                try #require(done.outputText == "\(words) \(number)\n", "\(done.errorText)")
            }
            // Nor is anything left of them.
            let zombies = "sleep 16; ps -o stat,args | grep -c '^Z'"
            #expect(try await lab.run("exec", ["vm0", "--", "sh", "-c", zombies]).outputText == "0\n")
        }
    }

    /// A guest with an interface for each partition: two virtio-net devices, over one device process.
    @Test func aGuestHasAnInterfaceForEachPartition() async throws {
        try await LabProgram.withLab(LabProgram.example("gateway"), guests: "qemu") { lab in
            for (interface, mac, ip) in [
                ("eth0", "02:00:00:00:aa:02", "192.168.1.2/24"), ("eth1", "02:00:00:01:aa:02", "192.168.2.2/24"),
            ] {
                let shown = try await lab.run("exec", ["vm1", "--", "ip", "addr", "show", "dev", interface])
                #expect(shown.outputText.contains("link/ether \(mac) "), "\(shown.outputText)")
                #expect(shown.outputText.contains("inet \(ip) "), "\(shown.outputText)")
            }
            let flows = try await lab.run("scenario", ["--scenario", "flows"])
            #expect(flows.ending == .exited(0), "\(flows.errorText)")
            #expect(flows.outputText.contains("4 flows pass, as certified; 2 pairs have none"))

            // Both interfaces outlive the death of their device.
            #expect(try await lab.run("kill", ["vm1"]).succeeded)
            for peer in ["vm0", "vm2"] {
                #expect(try await lab.reaches("vm1", peer), "\(peer) does not answer")
            }
            let status = try await lab.run("status", ["--json"])
            #expect(status.outputText.contains("\"restarts\" : 1"))
            let stats = try await lab.run("stats", ["--once"])
            #expect(stats.outputText.contains("vm1 eth0   ready") && stats.outputText.contains("vm1 eth1   ready"))

            // A frame stands in a capture at the interface that it came over.
            let file = FileManager.default.temporaryDirectory.appending(path: "topoc-\(UUID().uuidString).pcapng")
            defer { try? FileManager.default.removeItem(at: file) }
            let capture = try lab.start("capture", ["vm1", "-w", file.path, "--count", "4"])
            let calls = Task {
                while !Task.isCancelled {
                    for vm in ["vm0", "vm2"] {
                        _ = try await lab.run("exec", [vm, "--", "ping", "-c", "1", "-W", "1", "gateway"])
                    }
                }
            }
            #expect(await capture.ending == .exited(0))
            calls.cancel()
            _ = await calls.result
            let blocks = try PcapNGReader.blocks(of: Data(contentsOf: file))
            #expect(blocks.contains { $0.type == 1 && $0.body.range(of: Data("vm1-vm0".utf8)) != nil })

            let console = try lab.start("console", ["vm2"], takesInput: true)
            console.write(Array("echo \"$(hostname) says $((6 * 7))\"\n".utf8))
            var text = ""
            for await bytes in console.output where !text.contains("outside says 42") {
                text += String(decoding: bytes, as: UTF8.self)
                if text.contains("outside says 42") { console.write([0x1D]) }
            }
            #expect(text.contains("outside says 42"))
            #expect(await console.ending == .exited(0))
        }
    }
}
