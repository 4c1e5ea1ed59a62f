// SPDX-License-Identifier: BSD-2-Clause

import Templates
import Wiring

/// A board that the VMM for Arm runs on, as its examples for several VMs have them.
package enum ArmPlatform: String, CaseIterable {
    case qemu = "qemu-arm-virt"
    case exynos5422

    /// Where its `devices.camkes` stands.
    package var path: String { "\(rawValue)/devices.camkes" }

    /// Pieces of the machine that each guest has, `address:bytes:bits of a frame`.
    private var memory: [(piece: String, what: String)] {
        switch self {
        case .qemu: [("0x8040000:0x1000:12", "the interrupt controller, as a guest sees it")]
        case .exynos5422:
            [
                ("0x10000000:0x1000:12", "the chip's identification"),
                ("0x10486000:0x1000:12", "the interrupt controller, as a guest sees it"),
            ]
        }
    }

    /// Where a guest's memory begins, for the guest.
    private static let base = 0x4000_0000

    static func files(for wiring: Wiring) -> [EmittedFile] { allCases.map { $0.file(for: wiring) } }

    package func file(for wiring: Wiring) -> EmittedFile {
        var printer = CodePrinter()
        for (index, vm) in wiring.vms.enumerated() {
            if index > 0 { printer.blank() }
            guest(of: vm, &printer)
        }
        let guests = printer.text.split(separator: "\n", omittingEmptySubsequences: false).map {
            $0.isEmpty ? "" : "        \($0)"
        }
        return EmittedFile(
            path: path,
            text: Template.armDevices.filled([
                "provenance": wiring.provenance, "platform": rawValue, "guests": guests.joined(separator: "\n"),
            ]))
    }

    /// The kernel stands at the beginning of the guest's memory, the initrd from the middle on, the device tree in the last
    /// eighth.
    private func guest(of vm: VMWiring, _ printer: inout CodePrinter) {
        let size = vm.guest.memoryMiB.value << 20
        let base = Self.base
        func record(_ attribute: String, _ fields: [(String, String)]) {
            printer.block("\(vm.instance).\(attribute) = {", closing: "};") {
                for (key, value) in fields { $0.line("\"\(key)\": \(value),") }
            }
        }
        func address(_ value: Int) -> String { "\"\(Spelling.hexadecimal(value))\"" }
        record(
            "vm_address_config",
            [
                ("ram_base", address(base)), ("ram_paddr_base", address(base)), ("ram_size", address(size)),
                ("dtb_addr", address(base + size / 8 * 7)), ("initrd_addr", address(base + size / 2)),
                // As the header of today's kernels says; the VMM takes it from there.
                ("kernel_entry_addr", address(base)),
            ])
        let commandLine =
            vm.guest.commandLine.value == Defaults.commandLine
            ? Defaults.armCommandLine : vm.guest.commandLine.value
        printer.block("\(vm.instance).vm_image_config = {", closing: "};") {
            $0.line("\"kernel_name\": \(Spelling.string(vm.guest.kernelOnArm)),")
            $0.line("\"initrd_name\": \(Spelling.string(vm.guest.initrd.value)),")
            let lines = Spelling.brokenString(commandLine, columns: 90)
            $0.line("\"kernel_bootcmdline\": " + lines.joined(separator: "\n        ") + ",")
            $0.line("\"kernel_stdout\": \"hvc0\",")
            $0.line("\"generate_dtb\": true,")
            $0.line("\"provide_dtb\": false,")
            $0.line("\"provide_initrd\": \(!vm.guest.initrd.value.isEmpty),")
        }
        printer.block("\(vm.instance).mmios = [", closing: "];") {
            for (piece, what) in memory { $0.line("\"\(piece)\", // \(what)") }
        }
        printer.line("\(vm.instance).dtb = dtb([{}]);")
    }
}

extension GuestSettings {
    /// The name of the guest's kernel, among the images.
    var kernelOnArm: String { kernel.value == Defaults.kernel ? Defaults.armKernel : kernel.value }
}
