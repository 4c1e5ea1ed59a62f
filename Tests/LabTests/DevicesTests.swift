// SPDX-License-Identifier: BSD-2-Clause

import Foundation
import Processes
import Testing

/// Devices that are otherwise than usual: in one process, of another layout, with stations behind their guest.
@Suite(
    .timeLimit(.minutes(10)), .serialized,
    .enabled("this host lets nobody have network namespaces with TAPs") {
        await LabProgram.namespacesAreAvailable()
    },
    .enabled(if: Command.find("ping") != nil, "there is no ping"))
struct DevicesTests {
    /// One process has all devices: it is said, what passes is the same, and they end and begin together.
    @Test func devicesShareAProcess() async throws {
        try await LabProgram.withLab(LabProgram.example("two_partitions"), ["--one-process"]) { lab in
            let note = "note: the devices share a process"
            #expect(try await lab.run("status").outputText.contains(note))
            #expect(try await lab.run("stats", ["--once"]).outputText.contains(note))
            #expect(try await lab.run("scenario", ["--scenario", "flows"]).ending == .exited(0))
            let before = try await deviceProcesses(lab)
            #expect(Set(before).count == 1 && before.count == 4, "\(before)")
            let killed = try await lab.run("kill", ["vm1"])
            #expect(killed.errorText.hasSuffix(", the device of vm0, vm1, vm2, vm3\n"), "\(killed.errorText)")
            #expect(try await lab.run("restart", ["vm2"]).succeeded)
            let after = try await deviceProcesses(lab)
            #expect(Set(after).count == 1 && after.count == 4 && after != before, "\(after)")
            #expect(try await lab.run("scenario", ["--scenario", "flows"]).ending == .exited(0))
        }
    }

    @Test func devicesThatShareAProcessStayEndedWithoutHealing() async throws {
        try await LabProgram.withLab(Topologies.pair, ["--one-process", "--no-healing"]) { lab in
            #expect(try await lab.run("kill", ["vm1"]).succeeded)
            let haveEnded = try await eventually { try await deviceProcesses(lab) == [] }
            #expect(haveEnded)
            #expect(try await lab.run("restart", ["vm0"]).succeeded)
            #expect(try await deviceProcesses(lab).count == 2)
            #expect(try await lab.reaches("vm0", "vm1"))
        }
    }

    /// Where a VM has the tree's device, its links and those that they lead on to have libvirtqueue's layout.
    @Test(arguments: [[], ["--one-process"], ["--offload"]])
    func linksToTheTreesDeviceHaveItsLayout(_ options: [String]) async throws {
        try await LabProgram.withLab(Topologies.mixed, options) { lab in
            let note = "note: the links of vm0, vm1, vm2 have libvirtqueue's layout"
            #expect(try await lab.run("status").outputText.contains(note))
            let flows = try await lab.run("scenario", ["--scenario", "flows"])
            #expect(flows.ending == .exited(0), "\(flows.errorText)")
            let programs = try await deviceProcesses(lab).map { process in
                try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(process)/exe")
                    .split(separator: "/").last.map(String.init)
            }
            let (tree, own) = ("topoc-device-libvirtqueue", "topoc-device")
            #expect(programs == [tree, tree, tree, own, own])
            // A peer that dies is healed over this layout, too.
            #expect(try await lab.run("kill", ["vm1"]).succeeded)
            #expect(try await lab.run("restart", ["vm1"]).succeeded)
            #expect(try await lab.reaches("vm0", "vm1"))
        }
    }

    /// On seL4 no trailer follows a frame: where its memory is only just enough, the lab adds to it.
    @Test func theLeastMemoryIsEnough() async throws {
        try await LabProgram.withLab(Topologies.narrow) { lab in
            let call = ["vm0", "--", "ping", "-c", "2", "-i", "0.2", "-W", "60", "-s", "1472", "vm1"]
            let reached = try await lab.run("exec", call)
            #expect(reached.succeeded, "\(reached.outputText)")
        }
    }

    /// A station behind the bridge in a guest: the peer reaches it where the topology lets the VM send from any address,
    /// and otherwise its frames are dropped and counted.
    @Test(arguments: [true, false]) func aStationBehindAGuestIsReached(_ isAllowed: Bool) async throws {
        try await LabProgram.withLab(isAllowed ? Topologies.bridging : Topologies.pair) { lab in
            let script = """
                set -e
                ip netns add station
                ip link add inner type veth peer name outer netns station
                ip -n station link set outer address 02:00:00:00:bb:01 up
                ip -n station addr add 192.168.1.77/24 dev outer
                ip link add br0 type bridge
                ip link set inner master br0 up
                ip link set eth0 master br0
                ip link set br0 up
                """
            let bridged = try await lab.run("exec", ["vm0", "--", "sh", "-c", script])
            #expect(bridged.succeeded, "\(bridged.outputText)")
            if isAllowed {
                #expect(try await lab.reaches("vm1", "192.168.1.77"))
            } else {
                let ping = ["vm1", "--", "ping", "-c", "3", "-i", "0.2", "-W", "1", "192.168.1.77"]
                #expect(try await !lab.run("exec", ping).succeeded)
            }
            let neighbour = try await lab.run("exec", ["vm1", "--", "ip", "neigh", "show", "192.168.1.77"])
            #expect(neighbour.outputText.contains("02:00:00:00:bb:01") == isAllowed, "\(neighbour.outputText)")
            func dropped() async throws -> Int {
                let stats = try await lab.run("stats", ["--once", "--json"])
                return try Snapshot(stats.output).interfaces.first { $0.vm == 0 }?.fromGuest.drops["source"] ?? 0
            }
            if isAllowed {
                #expect(try await dropped() == 0)
            } else {
                #expect(try await eventually { try await dropped() > 0 })
            }
        }
    }

    /// By VM; none of those that have ended.
    private func deviceProcesses(_ lab: LabProgram) async throws -> [Int] {
        struct Status: Decodable {
            struct VM: Decodable {
                let deviceProcess: Int?
            }
            let vms: [VM]
        }
        let json = try await lab.run("status", ["--json"]).output
        return try JSONDecoder().decode(Status.self, from: Data(json)).vms.compactMap(\.deviceProcess)
    }

    /// Of what `topoc lab stats --json` says, what is looked at.
    private struct Snapshot: Decodable {
        struct Flow: Decodable {
            let drops: [String: Int]
        }
        struct Interface: Decodable {
            let vm: Int
            let fromGuest: Flow
        }
        let interfaces: [Interface]

        init(_ json: [UInt8]) throws {
            self = try JSONDecoder().decode(Snapshot.self, from: Data(json))
        }
    }
}
