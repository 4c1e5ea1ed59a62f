// SPDX-License-Identifier: BSD-2-Clause

import Templates
import Wiring

/// What the tree's CMake reads of an app for Arm.
extension BuildFiles {
    static let inittab = "\(GuestPrograms.starts)/inittab"
    /// What mends the tree's arithmetic of time.
    static let timerFrequency = "\(Device.sources)/timer_frequency.h"

    static func armFiles(for wiring: Wiring, dialect: Target.Dialect, assembly: String) -> [EmittedFile] {
        var files = [
            EmittedFile(path: "CMakeLists.txt", text: armCMakeLists(for: wiring, dialect, assembly)),
            EmittedFile(path: "settings.cmake", text: armSettings(for: wiring)),
            EmittedFile(
                path: timerFrequency, text: Template.timerFrequency.filled(["provenance": wiring.provenance])),
        ]
        if wiring.vms.contains(where: \.hasTreesRootFileSystem) {
            files.append(
                EmittedFile(path: inittab, text: Template.inittab.filled(["provenance": wiring.provenance])))
        }
        return files + ArmPlatform.files(for: wiring)
    }

    /// Megabytes of QEMU's machine: what seL4 keeps of it for guests that have memory of a certain place, and for each VM
    /// its guest, its VMM with that one's 80 MiB of bookkeeping, and the images.
    private static func memory(for wiring: Wiring) -> Int {
        let used = wiring.vms.reduce(1024) { $0 + ($1.guest.pooledUntypedKiB ?? 0) / 1024 + 128 }
        return max(2048, (used + 1023) / 1024 * 1024)
    }

    private static func armSettings(for wiring: Wiring) -> String {
        Template.armSettings.filled([
            "provenance": wiring.provenance,
            "platforms": ArmPlatform.allCases.map(\.rawValue).joined(separator: ";"),
            "objects": "900000",
            "qemuMemory": "\(memory(for: wiring))",
        ])
    }

    private static func armCMakeLists(for wiring: Wiring, _ dialect: Target.Dialect, _ assembly: String) -> String {
        let linked = wiring.vms.filter(\.hasOwnDevice).map(\.number)
        let others = wiring.vms.filter { !$0.hasOwnDevice }.map(\.number)
        let declaration = """
                DeclareCAmkESARMVM(
                    "Init${vm}"
                    EXTRA_SOURCES
                    \(Device.source)
                    \(Device.armSource)
                    \(Device.interfaces(of: "${vm}"))
                    EXTRA_INCLUDES
                    \(Device.headers)
                )

            """
        return Template.armCMakeLists.filled([
            "provenance": wiring.provenance,
            "project": Spelling.word(wiring.name),
            "components": loop(over: linked, list: "vms_with_links", declaration)
                + loop(over: others, list: "vms_without_links", "    DeclareCAmkESARMVM(\"Init${vm}\")\n")
                + FilterBuild.components(for: wiring),
            "connector": connector,
            "guestFiles": armKernel(for: wiring) + programs(for: wiring, dialect)
                + rootFileSystems(for: wiring, dialect)
                + images(for: wiring, dialect),
            "timerFrequency": timerFrequency,
            "assembly": assembly,
        ])
    }

    /// The tree's own kernel, for the guests that name no other.
    private static func armKernel(for wiring: Wiring) -> String {
        guard wiring.vms.contains(where: { $0.guest.kernel.value == Defaults.kernel }) else { return "" }
        return """

            # The tree's Linux kernel.
            AddToFileServer("\(Defaults.armKernel)" "${CAMKES_VM_IMAGES_DIR}/${KernelARMPlatform}/linux")

            """
    }
}
