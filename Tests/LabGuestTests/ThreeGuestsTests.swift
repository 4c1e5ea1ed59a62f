// SPDX-License-Identifier: BSD-2-Clause

import Foundation
import Processes
import Testing
import Wiring

@testable import LabGuest

/// The scenarios across three guests of QEMU, over QEMU's own network. Three emulated guests want the whole machine, so
/// they do not run beside other tests: `make test-guests`.
@Suite(
    .timeLimit(.minutes(20)),
    .enabled(if: ProcessInfo.processInfo.environment["TOPOC_GUESTS"] != nil, "make test-guests boots the guests"))
struct ThreeGuestsTests {
    private static let root = URL(filePath: #filePath).appending(path: "../../..").standardizedFileURL.path
    private static let cache = PackageCache(directory: "\(root)/.build/packages")

    /// Whether there are an emulator and a kernel. What else may go wrong is the test's to say.
    private static func canBoot() async -> Bool {
        guard Command.find("qemu-system-x86_64") != nil, Command.find("cmake") != nil else { return false }
        do throws(GuestError) {
            _ = try await GuestImage(cache: cache)
        } catch {
            return !error.message.hasPrefix("apt ")
        }
        return true
    }

    @Test(.enabled("there is no qemu-system-x86_64 or cmake, or Debian's mirror gives no kernel") { await canBoot() })
    func playsAllScenarios() async throws {
        let source = "\(Self.root)/Examples/zmq_samples/src"
        let program = try await GuestProgram.built("zmq_samples", from: source, in: "\(Self.root)/.build/zmq_guests")
        let image = try await GuestImage(programs: [program], cache: Self.cache)
        let wiring = try Wiring.threeVMs()
        let scratch = try Scratch()
        let network = SocketNetwork(directory: scratch.path, count: 3)
        let qemu = try QEMU()
        let guests = try await withThrowingTaskGroup(of: (Int, Guest).self) { group in
            for vm in wiring.vms {
                let card = network.card(of: vm.number, mac: vm.mac)
                group.addTask {
                    let guest = try await Guest.boot(
                        vm, in: wiring, image: image, qemu: qemu, cards: [card], within: .seconds(300))
                    return (vm.number, guest)
                }
            }
            return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        let first = try #require(guests[0])
        // What was decided is what the guest has.
        let address = try await first.run(["ip", "addr", "show", "dev", "eth0"])
        #expect(address.text.contains("link/ether 02:00:00:00:aa:01"))
        #expect(address.text.contains("inet 192.168.1.1/24"))
        #expect(try await first.run(["hostname"]).text == "vm0\n")
        let names = try await first.run(["ping", "-c", "1", "-W", "5", "vm2"])
        #expect(names.status == 0, "\(names.text)")

        // Whoever looks at the console finds a shell there.
        first.type(Array("echo \"six times seven is $((6 * 7))\"\n".utf8))
        var seen = ""
        for await bytes in first.console.bytes {
            seen += String(decoding: bytes, as: UTF8.self)
            if seen.contains("six times seven is 42") { break }
        }

        let addresses = wiring.vms.map(\.ip.host)
        let results = try await withThrowingTaskGroup(of: (Int, Guest.Result).self) { group in
            for (number, guest) in guests {
                let words = ["zmq_samples", "run", "--json", "/run/figures", "--vm", "\(number)"] + addresses
                group.addTask { (number, try await guest.run(words, within: .seconds(600))) }
            }
            return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        for (number, result) in results {
            #expect(result.status == 0, "VM \(number): \(result.text)")
            #expect(result.text.hasSuffix("\nFinished running all scenarios\n"))
        }
        let figures = try await first.run(["cat", "/run/figures"])
        let object = try #require(try JSONSerialization.jsonObject(with: Data(figures.output)) as? [String: Any])
        #expect(object["vms"] as? Int == 3)
        #expect(try #require(object["latency_ratio"] as? Double) > 0)

        for guest in guests.values { guest.stop() }
        for guest in guests.values { #expect(await guest.ending == .stopped) }
        // The guests had no files but the sockets of their network.
        let left = try FileManager.default.contentsOfDirectory(atPath: scratch.path).sorted()
        #expect(left == ["0-1", "0-2", "1", "2"])
    }

    @Test(.enabled("there is no qemu-system-x86_64 or cmake, or Debian's mirror gives no kernel") { await canBoot() })
    func aKernelThatFindsNothingShowsItsLastWords() async throws {
        let image = try await GuestImage(cache: Self.cache)
        let scratch = try Scratch()
        let nothing = try scratch.put("empty", "")
        let command = try QEMU().command(
            name: "vm0", kernel: image.kernel.image, initrd: nothing, memory: 128, cards: [])
        let error = await #expect(throws: GuestError.self) {
            try await Guest.boot(command, name: "vm0", within: .seconds(300))
        }
        #expect(error?.message == "vm0 ended before it was ready: QEMU ended with status 0")
        #expect(error?.notes.contains { $0.contains("Kernel panic") } == true, "\(error?.description ?? "")")
    }
}
