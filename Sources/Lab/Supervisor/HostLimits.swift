// SPDX-License-Identifier: BSD-2-Clause

import CLab
import CLabHost
import Files
import SystemPackage
import Wiring

/// What this host has for a lab, against what a topology takes of it. Asked before anything is started.
struct HostLimits {
    private static let mebibyte = 1 << 20

    private let wiring: Wiring
    private let order: LabOrder
    private let linkMemory: (Peer) -> Int

    init(_ wiring: Wiring, _ order: LabOrder, linkMemory: @escaping (Peer) -> Int) {
        self.wiring = wiring
        self.order = order
        self.linkMemory = linkMemory
    }

    func check() throws(LabError) {
        try checkDevices()
        try checkMemory()
        try checkDescriptors()
        try checkProcesses()
    }

    /// What a device process holds: see lab/control.h.
    private func checkDevices() throws(LabError) {
        for vm in wiring.vms {
            guard vm.interfaces.count <= Int(LAB_INTERFACES_MAX) else {
                throw tooLarge(
                    "\(vm.instance) has \(vm.interfaces.count) interfaces; a device of the lab has \(LAB_INTERFACES_MAX)"
                )
            }
            guard vm.peers.count <= Int(LAB_LINKS_MAX) else {
                throw tooLarge(
                    "\(vm.instance) has \(vm.peers.count) links; a device of the lab has \(LAB_LINKS_MAX)")
            }
        }
    }

    /// Beside its memory a guest takes some for QEMU and its page tables, and a device some of its own.
    private func checkMemory() throws(LabError) {
        let emulator = order.guests == .qemu ? order.memoryMiB + 96 : 2
        let links = wiring.vms.flatMap(\.peers).reduce(0) { $0 + linkMemory($1) } / Self.mebibyte
        let needed = wiring.vms.count * (emulator + 4) + links
        guard let available = Self.availableMiB, needed > available else { return }
        throw tooLarge(
            "the lab needs \(needed) MiB of memory, and this host has \(available) MiB to give",
            order.guests == .qemu
                ? ["less with `--memory`, or far less with `--guests namespaces`"] : ["take a topology with fewer VMs"])
    }

    private func checkDescriptors() throws(LabError) {
        // Each link four; each VM its sockets, pipes, TAPs and counters.
        let links = wiring.vms.reduce(0) { $0 + $1.peers.count } / 2
        let needed = 64 + 4 * links + wiring.vms.reduce(0) { $0 + 24 + $1.interfaces.count }
        let most = topoc_lab_descriptor_limit(needed)
        guard needed > most else { return }
        throw tooLarge(
            "the lab needs \(needed) descriptors, and a process of this user may have \(most)",
            ["raise the hard limit: `ulimit -Hn`"])
    }

    /// Two processes a VM, with their threads, and threads of this one.
    private func checkProcesses() throws(LabError) {
        let needed = wiring.vms.count * (order.guests == .qemu ? 8 : 6)
        let most = min(topoc_lab_process_limit(), Self.number(in: "/proc/sys/kernel/threads-max") ?? .max)
        guard needed > most else { return }
        throw tooLarge(
            "the lab needs \(needed) processes and threads, and this user may have \(most)",
            ["raise the limit: `ulimit -u`"])
    }

    private func tooLarge(_ message: String, _ notes: [String] = []) -> LabError {
        LabError(LabRules.tooLarge, message, notes: notes)
    }

    /// proc(5), meminfo: memory that programs can have without swapping.
    private static var availableMiB: Int? {
        text(of: "/proc/meminfo")?.split(separator: "\n").first { $0.hasPrefix("MemAvailable:") }
            .flatMap { $0.split(separator: " ").dropFirst().first }.flatMap { Int($0) }.map { $0 / 1024 }
    }

    private static func number(in path: String) -> Int? {
        text(of: path)?.split(separator: "\n").first.flatMap { Int($0) }
    }

    private static func text(of path: String) -> String? {
        (try? FileReader.read(FilePath(path))).map { String(decoding: $0, as: UTF8.self) }
    }
}
