// SPDX-License-Identifier: BSD-2-Clause

import ClangSource
import Testing

/// A fault put into C that is otherwise right becomes one finding, with its code, at its place.
@Suite(.enabled(if: !Machine.libclangs.isEmpty, "needs libclang (apt-get install libclang1-14)"))
struct SeededFaultTests {
    struct Seed: Sendable, CustomTestStringConvertible {
        let right: String
        let wrong: String
        let code: String
        /// What the finding underlines.
        let place: String
        let message: String

        var testDescription: String { wrong }
    }

    static let device = """
        #include <sel4vm/boot.h>
        #include <sel4vm/guest_irq_controller.h>
        #include <sel4vmmplatsupport/drivers/virtio_net.h>

        static virtio_net_t *device;
        static vm_t *machine;

        int told(void);
        int told(void)
        {
            device->emul->notify(device->emul);
            return vm_inject_irq(machine->vcpus[BOOT_VCPU], 6);
        }

        """

    static let seeds = [
        Seed(
            right: "return vm_inject_irq(", wrong: "return vm_inject_irqs(", code: "TOPO701", place: "vm_inject_irqs",
            message: "no header declares the function `vm_inject_irqs`"),
        Seed(
            right: ", 6);", wrong: ");", code: "TOPO702", place: ")",
            message: "`vm_inject_irq`: too few arguments to function call, expected 2, have 1"),
        Seed(
            right: ", 6);", wrong: ", 6, 7);", code: "TOPO702", place: "7",
            message: "`vm_inject_irq`: too many arguments to function call, expected 2, have 3"),
        Seed(
            right: "emul->notify", wrong: "emul->notified", code: "TOPO703", place: "notified",
            message: "`struct virtio_emul` has no field `notified`"),
        Seed(
            right: "sel4vm/boot.h", wrong: "sel4vm/start.h", code: "TOPO704", place: "<sel4vm/start.h>",
            message: "there is no header `sel4vm/start.h`"),
        Seed(
            right: "machine->vcpus[BOOT_VCPU]", wrong: "machine", code: "TOPO705", place: "machine",
            message: "incompatible pointer types passing `vm_t *` (aka `struct vm *`) to parameter of type "
                + "`vm_vcpu_t *` (aka `struct vm_vcpu *`)"),
        Seed(
            right: "[BOOT_VCPU]", wrong: "[FIRST_VCPU]", code: "TOPO706", place: "FIRST_VCPU",
            message: "use of undeclared identifier `FIRST_VCPU`"),
        Seed(right: ", 6);", wrong: ", 6)", code: "TOPO707", place: "", message: "expected `;` after return statement"),
    ]

    @Test(arguments: Machine.libclangs, seeds) func isFound(_ libclang: Libclang, _ seed: Seed) throws {
        let text = Self.device.replacing(seed.right, with: seed.wrong)
        try #require(text != Self.device)
        let checker = try SourceChecker(.stubs(.camkes3_11), libclang: libclang)
        let reports = checker.check([CFile(path: "src/device.c", text: text)])
        try #require(reports.count == 1)
        #expect(reports[0].source.name == "src/device.c")
        try #require(reports[0].findings.count == 1, "\(reports[0].findings.map(\.message))")
        let finding = reports[0].findings[0]
        #expect(finding.code == seed.code)
        let span = try #require(finding.span)
        #expect(String(decoding: reports[0].source.bytes[span], as: UTF8.self) == seed.place)
        #expect(finding.message == seed.message)
        #expect(!finding.notes.isEmpty)
    }

    @Test(arguments: Machine.libclangs) func theRightCHasNoFinding(_ libclang: Libclang) throws {
        for release in SourceHeaders.Release.allCases {
            let checker = try SourceChecker(.stubs(release), libclang: libclang)
            #expect(checker.check([CFile(path: "src/device.c", text: Self.device)]).isEmpty)
        }
    }
}
