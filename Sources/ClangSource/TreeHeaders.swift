// SPDX-License-Identifier: BSD-2-Clause

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Why a directory cannot be used as a seL4 tree.
public struct TreeHeadersError: Error, Sendable, Hashable {
    /// One sentence, without a full stop.
    public let message: String
    /// What is missing, a line each; the way out comes last.
    public let notes: [String]
}

/// The headers of a checkout of camkes-vm-examples with its projects, from 3.9 on.
///
/// What seL4's build generates (the configuration, the component's `camkes.h`, libsel4's bit fields and system calls) is
/// not in a checkout: for that topoc's own headers stand, before the tree's. So do those of a C library.
public struct TreeHeaders: Sendable, Hashable {
    /// The checkout, as it was given.
    public let root: String
    /// Whether it is of 3.11 or later: what a device uses changed there.
    public let isFrom3_11: Bool
    public let headers: SourceHeaders

    /// Looks into the checkout. Nothing of it is run.
    ///
    /// - Parameter isForArm: the headers of its VMM for Arm, not of that for x86.
    public init(root: String, isForArm: Bool = false) throws(TreeHeadersError) {
        let tool = Self.tools.first { Self.isThere("\(root)/\($0)") } ?? Self.tools[0]
        let libraries =
            Self.libraries + [("\(tool)/libsel4camkes/include", "camkes/virtqueue.h")]
            + (isForArm ? Self.armLibraries : Self.x86Libraries)
        let missing = libraries.filter { !Self.isThere("\(root)/\($0.0)/\($0.1)") }
        guard missing.isEmpty else {
            throw TreeHeadersError(
                message: "\(root) is no checkout of camkes-vm-examples with its projects, from 3.9 on",
                notes: missing.map { "there is no \($0.0)/\($0.1)" }
                    + ["`repo sync` in a checkout of camkes-vm-examples-manifest gets what is missing"])
        }
        self.root = root
        isFrom3_11 = Self.isThere("\(root)/projects/vm/components/Init/src/virtio_irq.h")
        let generated = ["libc", "generated"]
        headers = SourceHeaders(
            name: "the headers of \(root)",
            directories: generated.map { SourceHeaders.stubRoot + $0 }
                + (libraries.map(\.0) + (isForArm ? Self.armDirectories : Self.directories)).map { "\(root)/\($0)" }
                .filter(Self.isThere),
            files: SourceHeaders.stubFiles(in: generated)
                + Self.empty.map { CFile(path: "\(SourceHeaders.stubRoot)generated/\($0)", text: "#pragma once\n") },
            // Which processor it is for, the build says.
            defines: isForArm ? ["CONFIG_ARM_CORTEX_A53=1"] : [],
            // libsel4's system calls for ia32 were no C before 3.11: a comma was missing.
            machines: isForArm
                ? [Self.machine(.aarch64, "aarch64", "64", root)]
                : [Self.machine(.x86_64, "x86_64", "64", root)]
                    + (isFrom3_11 ? [Self.machine(.ia32, "ia32", "32", root)] : []))
    }

    private static func machine(
        _ machine: SourceHeaders.Machine, _ name: String, _ wordSize: String, _ root: String
    ) -> SourceHeaders.Machine {
        let directories = [
            "kernel/libsel4/sel4_arch_include/\(name)",
            "kernel/libsel4/mode_include/\(wordSize)",
            "projects/seL4_libs/libsel4vka/sel4_arch_include/\(name)",
            "projects/seL4_libs/libsel4utils/sel4_arch_include/\(name)",
        ]
        return SourceHeaders.Machine(
            machine.target, directories: directories.map { "\(root)/\($0)" }.filter(isThere))
    }

    /// What the build generates of which a device asks nothing: the libraries' configurations, and the stubs of seL4's
    /// invocations.
    private static let empty =
        [
            "ethdrivers", "platsupport", "sel4camkes", "sel4debug", "sel4utils", "sel4vka", "sel4vm",
            "sel4vmmplatsupport", "utils",
        ].map { "\($0)/gen_config.h" } + ["interfaces/sel4_client.h", "sel4/invocation.h"]

    /// The CAmkES tool, in the manifests of today and in those before.
    private static let tools = ["projects/camkes-tool", "tools/camkes"]

    /// What a device includes beside the tool's: a header of each, by which its project is known to be there.
    private static let libraries: [(directory: String, header: String)] = [
        ("kernel/libsel4/include", "sel4/sel4.h"),
        ("projects/projects_libs/libvirtqueue/include", "virtqueue.h"),
        ("projects/util_libs/libutils/include", "utils/util.h"),
        ("projects/util_libs/libplatsupport/include", "platsupport/io.h"),
        ("projects/util_libs/libethdrivers/include", "ethdrivers/raw.h"),
        ("projects/seL4_libs/libsel4vka/include", "vka/vka.h"),
        ("projects/seL4_libs/libsel4simple/include", "simple/simple.h"),
        ("projects/seL4_libs/libsel4vspace/include", "vspace/vspace.h"),
        ("projects/seL4_projects_libs/libsel4vm/include", "sel4vm/guest_vm.h"),
        (
            "projects/seL4_projects_libs/libsel4vmmplatsupport/include",
            "sel4vmmplatsupport/drivers/virtio_net.h"
        ),
    ]

    private static let x86Libraries = [
        ("projects/vm/components/Init/src", "virtio_net.h"),
        ("projects/vm/components/VM/configurations", "vm.h"),
    ]

    private static let armLibraries = [
        ("projects/vm/components/VM_Arm/include", "vmlinux.h"),
        ("projects/vm/components/VM_Arm/plat_include/qemu-arm-virt", "plat/vmlinux.h"),
    ]

    /// Directories of headers; those that a release lacks are passed over.
    private static let directories =
        [
            "kernel/libsel4/sel4_plat_include/pc99",
            "projects/projects_libs/libvswitch/include",
            "projects/util_libs/libplatsupport/plat_include/pc99",
            "projects/util_libs/libsatadrivers/include",
            "projects/util_libs/libvirtio/include",
            "projects/util_libs/libpci/include",
            "projects/seL4_libs/libsel4utils/include",
        ] + architecture("x86")

    private static let armDirectories =
        [
            "kernel/libsel4/sel4_plat_include/qemu-arm-virt",
            "projects/util_libs/libplatsupport/plat_include/qemu-arm-virt",
            "projects/util_libs/libplatsupport/mach_include/virt",
            "projects/util_libs/libsatadrivers/include",
            "projects/util_libs/libvirtio/include",
            "projects/util_libs/libpci/include",
            "projects/seL4_libs/libsel4platsupport/include",
            "projects/seL4_libs/libsel4utils/include",
            "projects/seL4_projects_libs/libsel4vmmplatsupport/plat_include/qemu-arm-virt",
            "projects/seL4_projects_libs/libsel4vm/plat_include/qemu-arm-virt",
        ] + architecture("arm")

    /// What libraries have for one architecture.
    private static func architecture(_ name: String) -> [String] {
        [
            "kernel/libsel4/arch_include/\(name)",
            "projects/util_libs/libutils/arch_include/\(name)",
            "projects/util_libs/libplatsupport/arch_include/\(name)",
            "projects/seL4_libs/libsel4vka/arch_include/\(name)",
            "projects/seL4_libs/libsel4simple/arch_include/\(name)",
            "projects/seL4_libs/libsel4vspace/arch_include/\(name)",
            "projects/seL4_libs/libsel4utils/arch_include/\(name)",
            "projects/seL4_projects_libs/libsel4vm/arch_include/\(name)",
            "projects/seL4_projects_libs/libsel4vmmplatsupport/arch_include/\(name)",
        ]
    }

    private static func isThere(_ path: String) -> Bool { access(path, R_OK) == 0 }
}
