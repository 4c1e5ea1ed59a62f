// SPDX-License-Identifier: BSD-2-Clause

import Foundation
import LabGuest
import Processes
import Testing
import Topology
import Wiring

/// Two Linux guests of QEMU whose network is the back ends. Emulated guests want the whole machine, so they do not run
/// beside other tests: `make test-guests`.
@Suite(
    .timeLimit(.minutes(15)),
    .enabled(if: ProcessInfo.processInfo.environment["TOPOC_GUESTS"] != nil, "make test-guests boots the guests"))
struct QEMUTests {
    private static let cache = PackageCache(
        directory: URL(filePath: #filePath).appending(path: "../../../.build/packages").standardizedFileURL.path)

    /// They reach each other, also when the back ends were killed and others have taken their place.
    @Test(.enabled(if: Command.find("qemu-system-x86_64") != nil, "there is no qemu-system-x86_64"))
    func guestsReachEachOther() async throws {
        let image = try await GuestImage(cache: Self.cache)
        let assembly = Assembly("pair") {
            for number in 0..<2 { VM(number) }
            Partition("pair") { Mesh(0, 1) }
        }
        let wiring = try #require(Wiring(Network(assembly), target: .lab))
        let names = (0..<2).map { "topoc-qemu/\(UInt64.random(in: 0...UInt64.max))/\($0)" }
        let join = try start(names)
        let qemu = try QEMU()
        let guests = try await withThrowingTaskGroup(of: (Int, LabGuest.Guest).self) { group in
            for vm in wiring.vms {
                let card = NetworkCard.vhostUser(0, mac: vm.mac, socket: names[vm.number])
                group.addTask {
                    (
                        vm.number,
                        try await LabGuest.Guest.boot(
                            vm, in: wiring, image: image, qemu: qemu, cards: [card], within: .seconds(300))
                    )
                }
            }
            return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        let (first, second) = (try #require(guests[0]), try #require(guests[1]))
        let address = "\(wiring.vms[1].ip.host)"
        let pings = try await first.run(["ping", "-c", "20", "-i", "0.05", "-s", "1400", address])
        #expect(pings.text.contains("20 packets transmitted, 20 packets received"), "\(pings.text)")

        // More bytes than any ring holds.
        let made = "mkdir /run/www; head -c 2000000 /dev/urandom > /run/www/x; md5sum < /run/www/x; httpd -h /run/www"
        let sent = try await second.run(["sh", "-c", made])
        let received = try await first.run(["sh", "-c", "wget -q -O - http://\(address)/x | md5sum"])
        #expect(sent.text.count > 32)
        #expect(received.text == sent.text)

        let during = Task { try await first.run(["ping", "-c", "60", "-i", "0.1", address]) }
        try await Task.sleep(for: .seconds(1))
        join.stop()
        let again = try start(["--restarted"] + names)
        // QEMU connects again within a second; until then Linux holds back what it sends.
        let seen = try await during.value.text
        #expect(seen.contains("seq=") && !seen.contains("DUP"), "\(seen)")
        let after = try await first.run(["ping", "-c", "5", "-i", "0.1", "-W", "60", address])
        #expect(after.text.contains("5 packets transmitted, 5 packets received"), "\(after.text)")
        again.stop()
        for guest in guests.values { guest.stop() }
    }

    private func start(_ words: [String]) throws -> ChildProcess {
        let program = try #require(Bundle.main.executableURL).deletingLastPathComponent()
            .appending(path: "vhost-user-join").path
        return try ChildProcess(Command(program, words), bound: .seconds(800), takesInput: true)
    }
}
