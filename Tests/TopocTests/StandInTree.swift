// SPDX-License-Identifier: BSD-2-Clause

import Foundation

/// As much of a checkout as says that it is one, and of which release.
enum StandInTree {
    /// - Parameter release: `3.10.0`; what projects/vm has goes with it.
    static func make(_ scratch: Scratch, release: String = "3.11.0", at root: String = "tree") throws {
        try scratch.put("\(root)/tools/camkes/VERSION", "camkes-\(release)\n")
        try scratch.put("\(root)/tools/camkes/camkes/parser/__init__.py", "")
        try scratch.put("\(root)/projects/vm-examples/CMakeLists.txt", "# upstream's\n")
        try scratch.put("\(root)/projects/vm-examples/apps/x86/minimal/minimal.camkes", "assembly {}\n")
        let files = ["main.c": 8, "crossvm.c": 9, "virtio_irq.h": 11]
        let minor = release.split(separator: ".").dropFirst().first.flatMap { Int($0) } ?? 0
        for (name, since) in files where minor >= since {
            try scratch.put("\(root)/projects/vm/components/Init/src/\(name)", "")
        }
    }

    /// Adds what runs: stand-ins for the CAmkES tool and for what it reads, in Python and CMake.
    static func makeTool(_ scratch: Scratch) throws {
        let source = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "StandInCheckout").path
        for case let name as String in FileManager.default.enumerator(atPath: source) ?? .init() {
            guard let data = FileManager.default.contents(atPath: "\(source)/\(name)") else { continue }
            try scratch.put("tree/\(name)", data)
        }
    }

    /// Adds the headers that a device needs: topoc's own, where a checkout has upstream's.
    static func makeHeaders(_ scratch: Scratch) throws {
        let source = Executable.package.appending(path: "Sources/CStubHeaders/headers").path
        let release = Data("#undef TOPOC_RELEASE\n#define TOPOC_RELEASE 311\n".utf8)
        for directory in ["tree", "tree-3.11"] {
            for case let name as String in FileManager.default.enumerator(atPath: "\(source)/\(directory)") ?? .init() {
                guard let data = FileManager.default.contents(atPath: "\(source)/\(directory)/\(name)") else {
                    continue
                }
                try scratch.put("tree/\(found)/\(name)", release + data)
            }
        }
        // They are found in the first directory; the others only have to be there.
        for name in [
            "tools/camkes/libsel4camkes/include/camkes/virtqueue.h",
            "projects/projects_libs/libvirtqueue/include/virtqueue.h",
            "projects/util_libs/libutils/include/utils/util.h",
            "projects/util_libs/libplatsupport/include/platsupport/io.h",
            "projects/util_libs/libethdrivers/include/ethdrivers/raw.h",
            "projects/seL4_libs/libsel4vka/include/vka/vka.h",
            "projects/seL4_libs/libsel4simple/include/simple/simple.h",
            "projects/seL4_libs/libsel4vspace/include/vspace/vspace.h",
            "projects/seL4_projects_libs/libsel4vm/include/sel4vm/guest_vm.h",
            "projects/seL4_projects_libs/libsel4vmmplatsupport/include/sel4vmmplatsupport/drivers/virtio_net.h",
            "projects/vm/components/Init/src/virtio_net.h", "projects/vm/components/VM/configurations/vm.h",
        ] where !FileManager.default.fileExists(atPath: scratch / "tree/\(name)") {
            try scratch.put("tree/\(name)", "#error \"this header is searched too early\"\n")
        }
    }

    /// The directory that is searched first for headers.
    static let found = "kernel/libsel4/include"
}
