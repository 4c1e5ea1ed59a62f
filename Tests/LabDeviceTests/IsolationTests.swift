// SPDX-License-Identifier: BSD-2-Clause

import CLab
import Foundation
import Testing
import Topology
import Wiring

/// A device has what the wiring gives it, and can reach nothing else.
@Suite(.timeLimit(.minutes(5))) struct IsolationTests {
    private let assembly = Assembly("two") {
        VMs(0..<4)
        Partition("near") { Mesh(0, 1, 2) }
        Partition("far") { Link(1, 3) }
    }

    /// What the probe tried, with the errno of each attempt.
    private func attempts(confined: Bool, on process: pid_t) throws -> [String: Int32] {
        let path = DeviceProcess.beside("lab-probe")
        let probe = try DeviceProcess(path, arguments: ["\(process)"] + (confined ? ["confined"] : []))
        #expect(probe.status() == 0)
        // Where a descriptor could be passed, that came first.
        var text = ""
        while !text.contains("\n"), let said = probe.controls[0].read(within: 1000) {
            text = String(decoding: said, as: UTF8.self)
        }
        let rows = text.split(separator: "\n").map { row in
            let words = row.split(separator: " ")
            return (words.dropLast().joined(separator: " "), words.last.flatMap { Int32($0) } ?? -1)
        }
        return Dictionary(rows) { $1 }
    }

    @Test func aConfinedProcessIsRefusedEverythingThatItTries() throws {
        let lab = try SmallLab(assembly)
        let refused = try attempts(confined: true, on: lab.vms[0].process.id)
        #expect(refused.count == 20)
        #expect(refused.filter { $0.value != EPERM } == [:])
    }

    /// The attempts themselves are sound: without confinement those that harm nobody succeed.
    @Test func theProbeSucceedsWhereItIsNotConfined() throws {
        let lab = try SmallLab(assembly)
        let free = try attempts(confined: false, on: lab.vms[0].process.id)
        #expect(free.count == 20)
        let harmless = [
            "open /dev/shm", "open /proc/self", "pidfd_open", "kill", "socket", "abstract socket", "socketpair",
            "pass a descriptor", "memfd_create", "executable memory", "clone", "prctl", "unshare", "a bell that blocks",
        ]
        #expect(free.filter { harmless.contains($0.key) && $0.value != 0 } == [:])
        // These fail for reasons of their own, and get as far as that.
        #expect(free["execve"] == ENOENT)
    }

    @Test func theDeviceIsConfined() throws {
        let lab = try SmallLab(assembly)
        for vm in lab.vms {
            let status = try String(contentsOfFile: "/proc/\(vm.process.id)/status", encoding: .utf8)
            let fields = Dictionary(
                status.split(separator: "\n").map { line in
                    let parts = line.split(separator: ":", maxSplits: 1)
                    return (String(parts[0]), parts.last?.trimmingCharacters(in: .whitespaces) ?? "")
                }
            ) { $1 }
            #expect(fields["Seccomp"] == "2")
            #expect(fields["NoNewPrivs"] == "1")
            for set in ["CapInh", "CapPrm", "CapEff", "CapAmb"] { #expect(fields[set] == "0000000000000000") }
        }
    }

    /// Runs the device as a user who is not root, whom Linux would let look into a process of his own.
    private static let nobody = ["--reuid=65534", "--regid=65534", "--clear-groups", DeviceProcess.device, "3"]
    private static let setpriv = "/usr/bin/setpriv"
    private static let canBeNobody =
        geteuid() == 0
        && (try? DeviceProcess(setpriv, arguments: nobody.dropLast() + ["no descriptor"]))?.status() == 1 << 8

    /// What of /proc tells of its memory belongs to root once it is confined, and to its own user before.
    @Test(.enabled(if: canBeNobody, "needs root, setpriv, and a build directory that every user can read"))
    func noProcessOfTheSameUserCanLookIntoADevice() throws {
        let lab = try SmallLab(assembly)
        let process = try DeviceProcess(Self.setpriv, arguments: Self.nobody)
        lab.vms[0].process.kill()
        var status = stat()
        #expect(eventually { stat("/proc/\(process.id)/fd", &status) == 0 && status.st_uid == 65534 })
        try lab.heal(0, with: process)
        #expect(stat("/proc/\(process.id)/fd", &status) == 0)
        #expect(status.st_uid == 0)
    }

    /// Not dumpable: its directory of /proc belongs to root, and only who may trace every process reads it.
    private static let canLook = geteuid() == 0

    @Test(.enabled(if: canLook, "needs root, to look into /proc of a device"))
    func eachDeviceHasTheMemoriesAndBellsOfItsLinksAlone() throws {
        let lab = try SmallLab(assembly)
        func compare() throws {
            for vm in lab.vms {
                let own = vm.wiring.number
                let ours = lab.memories.keys.filter { $0.from == own || $0.to == own }
                #expect(ours.count == 2 * vm.wiring.peers.count)
                let memories = try Set(ours.compactMap { lab.memories[$0] }.map(inode)).union([try inode(vm.pageMemory)]
                )
                let mapped = try mapped(vm.process.id)
                #expect(mapped.symmetricDifference(memories) == [], "VM \(own) of \(mapped) and \(memories)")
                let bells = try Set(ours.compactMap { lab.bells[$0] }.map { try eventID("self", $0.number) })
                let (events, others) = try descriptors(vm.process.id)
                #expect(events == bells, "VM \(own)")
                // Standard input, output and error, the supervisor's socket, epoll, and the guest's side.
                #expect(others == 5 + vm.wiring.interfaces.count, "VM \(own)")
            }
        }
        try compare()
        // And still after a device has died, and its links were renewed.
        try lab.restart(1)
        for vm in lab.vms { vm.receiveAll(quiet: 20) }
        try compare()
    }

    private func inode(_ descriptor: Descriptor) throws -> UInt64 {
        var status = stat()
        guard fstat(descriptor.number, &status) == 0 else { throw LinuxError(call: "fstat") }
        return UInt64(status.st_ino)
    }

    /// The inodes of the memfds in a process's address space.
    private func mapped(_ process: pid_t) throws -> Set<UInt64> {
        // Linux gives it in pieces, of which Foundation takes the first.
        let file = try Descriptor("open", open("/proc/\(process)/maps", O_RDONLY | O_CLOEXEC))
        var bytes: [UInt8] = []
        while let piece = file.read(within: 0) { bytes += piece }
        let maps = String(decoding: bytes, as: UTF8.self)
        let rows = maps.split(separator: "\n").filter { $0.contains("/memfd:") }
        return Set(rows.compactMap { UInt64($0.split(separator: " ", omittingEmptySubsequences: true)[4]) })
    }

    private func eventID(_ process: String, _ descriptor: Int32) throws -> String {
        let text = try String(contentsOfFile: "/proc/\(process)/fdinfo/\(descriptor)", encoding: .utf8)
        return text.split(separator: "\n").first { $0.hasPrefix("eventfd-id") }.map(String.init) ?? "none"
    }

    /// The eventfds of a process, and how many other descriptors it has.
    private func descriptors(_ process: pid_t) throws -> (Set<String>, Int) {
        var events: Set<String> = []
        var others = 0
        for name in try FileManager.default.contentsOfDirectory(atPath: "/proc/\(process)/fd") {
            let target = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(process)/fd/\(name)")
            if target == "anon_inode:[eventfd]", let number = Int32(name) {
                events.insert(try eventID("\(process)", number))
            } else {
                others += 1
            }
        }
        return (events, others)
    }
}
