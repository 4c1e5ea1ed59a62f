// SPDX-License-Identifier: BSD-2-Clause

import LabGuest
import Wiring

/// Makes the guests of a lab, all of one kind.
struct MachineFactory {
    private let wiring: Wiring
    private let name: LabName
    /// `nil`: namespaces.
    private let emulated: QEMUMachine.Host?

    /// Gathers what all guests need: with QEMU a kernel and a root file system, from Debian's mirror the first time.
    init(
        _ order: LabOrder, _ wiring: Wiring, name: LabName, _ progress: @Sendable (String) -> Void
    ) async throws(LabError) {
        self.wiring = wiring
        self.name = name
        guard order.guests == .qemu else {
            emulated = nil
            return
        }
        let qemu: QEMU
        do throws(GuestError) {
            qemu = try QEMU(acceleration: order.isAccelerated ? .kvm : .tcg)
        } catch {
            throw LabError(
                LabRules.emulator, error.message, notes: error.notes + ["`--guests namespaces` need none"])
        }
        progress("the guests' image is put together")
        do throws(GuestError) {
            let image = try await GuestImage(programs: order.programs.map { GuestProgram(path: $0) })
            emulated = QEMUMachine.Host(
                image: image, qemu: qemu, memoryMiB: order.memoryMiB, bootTime: .seconds(order.bootSeconds))
        } catch {
            throw LabError(
                LabRules.image, error.message, notes: error.notes + ["`--guests namespaces` need no image"])
        }
    }

    /// What is done next.
    var verb: String { emulated == nil ? "the namespaces get their addresses" : "the guests boot" }

    func machine(_ vm: VMWiring) async throws(LabError) -> any Machine {
        guard let emulated else { return try await NamespaceMachine(vm, in: wiring) }
        return try QEMUMachine(vm, in: wiring, lab: name, host: emulated)
    }
}
