// SPDX-License-Identifier: BSD-2-Clause

import CAmkES
import Wiring

/// The root file system of guests: Debian's busybox, the modules of the kernel, the programs of the lab, and for each VM
/// what topoc decides for it.
public struct GuestImage: Sendable {
    public let kernel: GuestKernel
    /// What all VMs have.
    public let files: CpioArchive

    /// The modules that a guest loads, with all that they need.
    static let modules = ["virtio_pci", "virtio_net"]

    /// Gathers an image's parts, from Debian's mirror where the cache does not have them.
    public init(programs: [GuestProgram] = [], cache: PackageCache = .standard) async throws(GuestError) {
        let busybox = try await cache.unpacked("busybox-static") + "/bin/busybox"
        let kernel = try await GuestKernel.debian(cache, busybox: busybox)
        try await self.init(kernel: kernel, busybox: busybox, programs: programs)
    }

    /// - Parameter busybox: the path of a static busybox with the applets of Debian's.
    public init(kernel: GuestKernel, busybox: String, programs: [GuestProgram]) async throws(GuestError) {
        self.kernel = kernel
        var files = CpioArchive()
        files.add("init", .file(PackageResources.guest_init, executable: true))
        files.add("bin/busybox", .file(try read(busybox), executable: true))
        for directory in ["dev", "proc", "sys", "root", "usr/bin", "etc/network"] { files.add(directory, .directory) }
        files.add("etc/passwd", text: "root:x:0:0:root:/root:/bin/sh\n")
        files.add("etc/topoc/modules", text: Self.modules.map { "\($0)\n" }.joined())
        let place = "lib/modules/\(kernel.version)"
        let closure = try kernel.closure(of: Self.modules)
        for (path, bytes) in closure.files { files.add("\(place)/\(path)", .file(bytes, executable: false)) }
        files.add("\(place)/modules.dep", text: closure.dependencies)
        for program in programs {
            files.add("usr/bin/\(program.name)", .file(try read(program.path), executable: true))
            for library in try await program.libraries() {
                files.add(library, .file(try read(library), executable: true))
            }
        }
        self.files = files
    }

    /// The file system of one VM. Its network files are those that `topoc build` writes for its guest.
    public func files(of vm: VMWiring, in wiring: Wiring) -> CpioArchive {
        var files = files
        files.add("etc/hostname", text: GuestNetwork.hostname(of: vm, in: wiring))
        files.add("etc/hosts", text: GuestNetwork.hosts(of: vm, in: wiring))
        files.add("etc/network/interfaces", text: GuestNetwork.interfaces(of: vm, in: wiring))
        return files
    }
}
