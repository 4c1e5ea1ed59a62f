// SPDX-License-Identifier: BSD-2-Clause

import CLab
import CLabHost
import LabGuest
import Processes
import Synchronization
import Wiring

/// A guest that is a Linux kernel under QEMU. Its devices listen at abstract sockets, which the lab's process holds, so
/// that QEMU finds a device that was started anew where the first was.
final class QEMUMachine: Machine {
    static var attachmentKind: lab_guest_kind { LAB_GUEST_VHOST_USER }

    let attachments: [Descriptor]

    private let vm: VMWiring
    private let wiring: Wiring
    private let host: Host
    private let sockets: [String]
    private let life = Mutex(Life())

    private struct Life {
        var guest: Guest?
        var ending: Ending?
        /// It was not ready in time, or QEMU ended before.
        var hasFailed = false
    }

    /// What all guests of a lab have in common.
    struct Host: Sendable {
        let image: GuestImage
        let qemu: QEMU
        let memoryMiB: Int
        let bootTime: Duration
    }

    init(_ vm: VMWiring, in wiring: Wiring, lab: LabName, host: Host) throws(LabError) {
        self.vm = vm
        self.wiring = wiring
        self.host = host
        sockets = vm.interfaces.indices.map { "\(lab.socket)/\(vm.instance)-eth\($0)" }
        var attachments: [Descriptor] = []
        for socket in sockets {
            let listener = topoc_lab_listen(socket)
            guard listener != -1 else {
                throw LabError(LabRules.emulator, "no socket for the devices of \(vm.instance): \(ErrorNumber())")
            }
            attachments.append(Descriptor(listener))
        }
        self.attachments = attachments
    }

    func boot() async throws(LabError) {
        life.withLock { $0 = Life() }
        let cards = vm.interfaces.enumerated().map { number, interface in
            NetworkCard.vhostUser(number, mac: interface.mac, socket: sockets[number])
        }
        do throws(GuestError) {
            let guest = try await Guest.boot(
                vm, in: wiring, image: host.image, qemu: host.qemu, cards: cards, memory: host.memoryMiB,
                within: host.bootTime)
            life.withLock { $0.guest = guest }
            Task { [weak self] in
                let ending = await guest.ending
                self?.life.withLock { life in
                    if life.guest === guest { life.ending = ending }
                }
            }
        } catch {
            life.withLock { $0.hasFailed = true }
            throw LabError(error)
        }
    }

    /// QEMU ends and starts: the device's next front end.
    func reboot() async throws(LabError) {
        await endGuest()
        try await boot()
    }

    private func guest() throws(LabError) -> Guest {
        let life = life.withLock { $0 }
        if let ending = life.ending { throw LabError(gone: vm, "QEMU \(ending)") }
        if let guest = life.guest { return guest }
        guard life.hasFailed else {
            throw LabError(
                LabRules.guest, "\(vm.instance) has not booted yet", notes: ["`topoc lab status` says when it runs"])
        }
        throw LabError(
            LabRules.guest, "\(vm.instance) did not boot", notes: ["`topoc lab reboot \(vm.instance)` tries again"])
    }

    func run(
        _ words: [String], within bound: Duration, each: @escaping @Sendable ([UInt8]) -> Void
    ) async throws(LabError) -> Int32 {
        let guest = try guest()
        do throws(GuestError) {
            return try await guest.run(words, within: bound, each: each).status
        } catch {
            throw LabError(error)
        }
    }

    func openConsole() throws(LabError) -> Terminal {
        let guest = try guest()
        return Terminal(output: guest.console.bytes, type: { guest.type($0) }, close: {})
    }

    var state: String {
        life.withLock { life in
            if let ending = life.ending { return "QEMU \(ending)" }
            if life.guest != nil { return "running" }
            return life.hasFailed ? "did not boot" : "booting"
        }
    }

    func stop() async {
        // The names are free for the next lab, as soon as the devices have ended, too.
        for listener in attachments { listener.giveUp() }
        await endGuest()
    }

    private func endGuest() async {
        guard let guest = life.withLock({ $0.guest }) else { return }
        guest.stop()
        _ = await guest.ending
    }
}

extension LabError {
    /// A guest that is not there, or does not answer.
    init(_ error: GuestError) {
        self.init(LabRules.guest, error.message, notes: error.notes)
    }
}
