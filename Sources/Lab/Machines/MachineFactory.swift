// SPDX-License-Identifier: BSD-2-Clause

import CLab
import Wiring

/// Makes the guests of a lab, all of one kind.
struct MachineFactory {
    private let order: LabOrder
    private let wiring: Wiring
    private let name: LabName
    private let frameMax: Int

    init(
        _ order: LabOrder, _ wiring: Wiring, name: LabName, frameMax: Int,
        _ progress: @Sendable (String) -> Void
    ) async throws(LabError) {
        self.order = order
        self.wiring = wiring
        self.name = name
        self.frameMax = frameMax
    }

    /// What is done next.
    var verb: String {
        switch order.guests {
        case .qemu: "the guests boot"
        case .namespaces: "the namespaces get their addresses"
        }
    }

    func machine(_ vm: VMWiring) async throws(LabError) -> any Machine {
        switch order.guests {
        case .namespaces: try await NamespaceMachine(vm, in: wiring, frameMax: frameMax)
        case .qemu:
            throw LabError(
                LabRules.emulator, "guests of QEMU are not there yet", notes: ["`--guests namespaces` are"])
        }
    }
}
