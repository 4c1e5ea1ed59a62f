// SPDX-License-Identifier: BSD-2-Clause

import ClangSource
import Testing

/// A fault put into a device that is otherwise right becomes one finding, with its code, at its place: whatever libclang
/// reads it, over our headers and over a tree's.
@Suite(.enabled(if: Machine.hasLibclang, Machine.needsLibclang))
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

    static let seeds = [
        Seed(
            right: " vm_inject_irq(", wrong: " vm_inject_irqs(", code: "TOPO701", place: "vm_inject_irqs",
            message: "no header declares the function `vm_inject_irqs`"),
        Seed(
            right: ", irq ? irq : VIRTIO_NET_IRQ)", wrong: " )", code: "TOPO702", place: ")",
            message: "`vm_inject_irq`: too few arguments to function call, expected 2, have 1"),
        Seed(
            right: "VIRTIO_NET_IRQ)) {", wrong: "VIRTIO_NET_IRQ, 7)) {", code: "TOPO702", place: "7",
            message: "`vm_inject_irq`: too many arguments to function call, expected 2, have 3"),
        Seed(
            right: "to->notify()", wrong: "to->notify(to)", code: "TOPO702", place: "to",
            message: "too many arguments to function call, expected 0, have 1"),
        Seed(
            right: "emul->notify", wrong: "emul->notified", code: "TOPO703", place: "notified",
            message: "`struct virtio_emul` has no field `notified`"),
        Seed(
            right: ".size = VIRTIO", wrong: ".length = VIRTIO", code: "TOPO703", place: "length",
            message: "`ioport_range_t` has no field `length`"),
        Seed(
            right: "<sel4vm/boot.h>", wrong: "<sel4vm/start.h>", code: "TOPO704", place: "<sel4vm/start.h>",
            message: "there is no header `sel4vm/start.h`"),
        Seed(
            right: "machine->vcpus[BOOT_VCPU]", wrong: "machine", code: "TOPO705", place: "machine",
            message: "incompatible pointer types passing `vm_t *` (aka `struct vm *`) to parameter of type "
                + "`vm_vcpu_t *` (aka `struct vm_vcpu *`)"),
        Seed(
            right: "functions.raw_tx = send;", wrong: "functions.raw_tx = interrupt;", code: "TOPO705", place: "=",
            message: "incompatible function pointer types assigning to `ethif_raw_tx` (aka `int (*)(struct eth_driver "
                + "*, unsigned int, unsigned long *, unsigned int *, void *)`) from `void (struct eth_driver *, int)`"),
        Seed(
            right: "%u\", ring->num", wrong: "%s\", ring->num", code: "TOPO705", place: "ring->num",
            message: "format specifies type `char *` but the argument has type `unsigned int`"),
        Seed(
            right: "[BOOT_VCPU]", wrong: "[FIRST_VCPU]", code: "TOPO706", place: "FIRST_VCPU",
            message: "use of undeclared identifier `FIRST_VCPU`"),
        Seed(
            right: "virtio_net_t *device", wrong: "virtio_card_t *device", code: "TOPO706", place: "virtio_card_t",
            message: "unknown type name `virtio_card_t`"),
        Seed(
            right: "*mtu = 1500;", wrong: "*mtu = 1500", code: "TOPO707", place: "",
            message: "expected `;` after expression"),
    ]

    @Test(arguments: Machine.libclangs, seeds) func isFoundOverOurHeaders(_ libclang: Libclang, _ seed: Seed) throws {
        for release in SourceHeaders.Release.allCases { try expect(seed, over: .stubs(release), libclang) }
    }

    @Test(arguments: Machine.trees, seeds)
    func isFoundOverATree(_ root: String, _ seed: Seed) throws {
        let tree = try TreeHeaders(root: root)
        for libclang in Machine.libclangs { try expect(seed, over: tree.headers, libclang) }
    }

    @Test(arguments: Machine.libclangs) func theRightDeviceHasNoFindingOverOurHeaders(_ libclang: Libclang) throws {
        for release in SourceHeaders.Release.allCases {
            #expect(try SourceChecker(.stubs(release), libclang: libclang).check([try Machine.device()]).isEmpty)
        }
    }

    @Test(arguments: Machine.trees)
    func theRightDeviceHasNoFindingOverATree(_ root: String) throws {
        let tree = try TreeHeaders(root: root)
        for libclang in Machine.libclangs {
            #expect(try SourceChecker(tree.headers, libclang: libclang).check([try Machine.device()]).isEmpty)
        }
    }

    private func expect(_ seed: Seed, over headers: SourceHeaders, _ libclang: Libclang) throws {
        var file = try Machine.device()
        let parts = file.text.split(separator: seed.right, maxSplits: 1, omittingEmptySubsequences: false)
        try #require(parts.count == 2)
        file.text = parts[0] + seed.wrong + parts[1]
        let line = parts[0].count { $0 == "\n" } + 1
        let reports = try SourceChecker(headers, libclang: libclang).check([file])
        try #require(reports.map(\.source.name) == [file.path])
        let findings = reports[0].findings
        // One fault, one finding.
        try #require(findings.count == 1, "\(findings.map(\.message))")
        let finding = findings[0]
        #expect(finding.code == seed.code)
        #expect(finding.message == seed.message)
        let span = try #require(finding.span)
        #expect(String(decoding: reports[0].source.bytes[span], as: UTF8.self) == seed.place)
        #expect(reports[0].source.position(of: span.lowerBound).line == line)
        #expect(finding.notes.contains("checked over \(headers.name)"))
    }
}
