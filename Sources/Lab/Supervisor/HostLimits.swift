// SPDX-License-Identifier: BSD-2-Clause

import CLab
import CLabHost
import Files
import SystemPackage
import Wiring

/// What a lab takes of its host, at most.
struct HostNeeds {
    /// Of all processes together.
    let memoryMiB: Int
    /// Of the process that holds the lab.
    let descriptors: Int
    /// With their threads, and the threads of the process that holds the lab.
    let processes: Int

    /// - Parameters:
    ///   - memoryMiB: of each guest of QEMU.
    ///   - linkMemory: bytes of one direction of a link.
    init(_ wiring: Wiring, _ guests: GuestKind, memoryMiB guestMemory: Int, linkMemory: (Peer) -> Int) {
        let (vms, filters) = (wiring.vms.count, wiring.filters.count)
        // Beside its memory a guest takes some for QEMU and its page tables, and a device some of its own.
        let emulator = guests == .qemu ? guestMemory + 96 : 2
        // What leads through a filter leads through two links.
        let links = wiring.vms.flatMap(\.peers).reduce(0) { sum, peer in
            sum + linkMemory(peer) * (wiring.connections[peer.connection].filter == nil ? 1 : 2)
        }
        memoryMiB = vms * (emulator + 4) + filters * 4 + links / (1 << 20)
        // Each link four; each VM its sockets, pipes, TAPs and counters, and each filter the like without a guest.
        let linkCount = wiring.vms.reduce(0) { $0 + $1.peers.count } / 2 + filters
        descriptors = 64 + 4 * linkCount + wiring.vms.reduce(0) { $0 + 24 + $1.interfaces.count } + filters * 12
        // Two processes a VM and one a filter, with their threads, and threads of this one: some for each, and some for all.
        processes = 8 + vms * (guests == .qemu ? 8 : 6) + filters * 3
    }
}

/// What this host has for a lab, against what a topology takes of it. Asked before anything is started.
struct HostLimits {
    private let wiring: Wiring
    private let order: LabOrder
    private let needs: HostNeeds

    init(_ wiring: Wiring, _ order: LabOrder, linkMemory: (Peer) -> Int) {
        self.wiring = wiring
        self.order = order
        needs = HostNeeds(wiring, order.guests, memoryMiB: order.memoryMiB, linkMemory: linkMemory)
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

    private func checkMemory() throws(LabError) {
        guard let available = Self.availableMiB, needs.memoryMiB > available else { return }
        throw tooLarge(
            "the lab needs \(needs.memoryMiB) MiB of memory, and this host has \(available) MiB to give",
            order.guests == .qemu
                ? ["less with `--memory`, or far less with `--guests namespaces`"] : ["take a topology with fewer VMs"])
    }

    private func checkDescriptors() throws(LabError) {
        let most = topoc_lab_descriptor_limit(needs.descriptors)
        guard needs.descriptors > most else { return }
        throw tooLarge(
            "the lab needs \(needs.descriptors) descriptors, and a process of this user may have \(most)",
            ["raise the hard limit: `ulimit -Hn`"])
    }

    private func checkProcesses() throws(LabError) {
        let most = min(topoc_lab_process_limit(), Self.number(in: "/proc/sys/kernel/threads-max") ?? .max)
        guard needs.processes > most else { return }
        throw tooLarge(
            "the lab needs \(needs.processes) processes and threads, and this user may have \(most)",
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
