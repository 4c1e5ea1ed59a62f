// SPDX-License-Identifier: BSD-2-Clause

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
}
