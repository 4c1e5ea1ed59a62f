// SPDX-License-Identifier: BSD-2-Clause

import Foundation
import LabGuest
import Processes
import Topology
import Wiring

/// Guests under QEMU, over what QEMU and Linux offer.
struct GuestMachines: Machines {
    enum Backend: Sendable {
        /// TAP devices at a Linux bridge.
        case bridge
        /// QEMU's own hub, over datagram sockets.
        case sockets
    }

    private let guests: [LabGuest.Guest]
    private let backend: Backend
    private let scratch: URL

    init(_ count: Int, _ backend: Backend, _ tools: Tools) async throws {
        self.backend = backend
        let assembly = Assembly("bench") {
            VMs(0..<count)
            Partition("lan") { Mesh(0..<count) }
        }
        guard let wiring = Wiring(Network(assembly), target: .lab) else { throw BenchmarkError("no wiring") }
        let scratch = URL(filePath: "/tmp/topoc-bench-\(getpid())")
        try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
        self.scratch = scratch
        if backend == .bridge {
            try await ip("link add br0 type bridge")
            try await ip("link set br0 up")
        }
        let programs = [GuestProgram(path: tools.scenario), GuestProgram(path: tools.iperf)]
        let image = try await GuestImage(
            programs: programs, cache: PackageCache(directory: "\(tools.root)/.build/packages"))
        let qemu = try QEMU()
        let sockets = SocketNetwork(directory: scratch.path, count: count)
        guests = try await withThrowingTaskGroup(of: (Int, LabGuest.Guest).self) { group in
            for vm in wiring.vms {
                var card = sockets.card(of: vm.number, mac: vm.mac)
                if backend == .bridge {
                    try await ip("tuntap add port\(vm.number) mode tap vnet_hdr")
                    try await ip("link set port\(vm.number) master br0 up")
                    let netdev = "tap,id=\(NetworkCard.netdev),ifname=port\(vm.number),script=no,downscript=no"
                    card = NetworkCard(mac: vm.mac, backend: ["-netdev", netdev])
                }
                group.addTask { [card] in
                    (vm.number, try await LabGuest.Guest.boot(vm, in: wiring, image: image, qemu: qemu, cards: [card]))
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    func path(of program: String) -> String { program.split(separator: "/").last.map(String.init) ?? program }

    func run(_ number: Int, _ words: [String], within bound: Duration) async throws -> String {
        let result = try await guests[number].run(words, within: bound)
        guard result.status == 0 else {
            throw BenchmarkError(
                "guest \(number): `\(words.joined(separator: " "))` exited with \(result.status): \(result.text)")
        }
        return result.text
    }

    func end() async {
        for guest in guests { guest.stop() }
        for guest in guests { _ = await guest.ending }
        if backend == .bridge {
            for number in guests.indices { try? await ip("link del port\(number)") }
            try? await ip("link del br0")
        }
        try? FileManager.default.removeItem(at: scratch)
    }
}
