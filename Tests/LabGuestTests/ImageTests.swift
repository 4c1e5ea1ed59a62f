// SPDX-License-Identifier: BSD-2-Clause

import Foundation
import Processes
import Testing
import Topology
import Wiring

@testable import LabGuest

struct ImageTests {
    /// A tree of modules as depmod leaves it.
    private func kernel(_ scratch: Scratch) throws -> GuestKernel {
        try scratch.put(
            "modules.dep",
            """
            kernel/virtio.ko: kernel/virtio_ring.ko
            kernel/virtio_ring.ko:
            kernel/virtio_pci.ko.xz: kernel/virtio.ko kernel/virtio_ring.ko
            kernel/unwanted.ko: kernel/virtio.ko

            """)
        try scratch.put("modules.builtin", "kernel/net/virtio_net.ko\n")
        for name in ["virtio.ko", "virtio_ring.ko", "virtio_pci.ko.xz", "unwanted.ko"] {
            try scratch.put("kernel/\(name)", name)
        }
        let image = try scratch.put("vmlinuz", "")
        return GuestKernel(image: image, version: "1.2", modules: scratch.path)
    }

    @Test func takesModulesWithThoseThatTheyNeed() throws {
        let scratch = try Scratch()
        let closure = try kernel(scratch).closure(of: ["virtio_pci", "virtio_net"])
        #expect(
            closure.files.keys.sorted() == ["kernel/virtio.ko", "kernel/virtio_pci.ko.xz", "kernel/virtio_ring.ko"])
        #expect(closure.files["kernel/virtio.ko"] == Array("virtio.ko".utf8))
        #expect(
            closure.dependencies == """
                kernel/virtio.ko: kernel/virtio_ring.ko
                kernel/virtio_pci.ko.xz: kernel/virtio.ko kernel/virtio_ring.ko
                kernel/virtio_ring.ko:\u{20}

                """)
    }

    @Test func namesTheModuleThatIsMissing() throws {
        let scratch = try Scratch()
        let kernel = try kernel(scratch)
        let error = #expect(throws: GuestError.self) { try kernel.closure(of: ["virtio", "virtio_blk"]) }
        #expect(error?.message == "the kernel 1.2 has no module `virtio_blk`")
    }

    /// Guests of the lab have the network files that are built for guests on seL4.
    @Test func aGuestHasItsOwnNetworkFiles() async throws {
        let scratch = try Scratch()
        let busybox = try scratch.put("busybox", "b")
        let image = try await GuestImage(kernel: kernel(scratch), busybox: busybox, programs: [])
        let wiring = try Wiring.threeVMs()
        let files = image.files(of: wiring.vms[1], in: wiring)
        guard case .file(let bytes, false) = files["etc/network/interfaces"] else {
            Issue.record("there are no interfaces")
            return
        }
        #expect(String(decoding: bytes, as: UTF8.self).contains("address 192.168.1.2\n"))
        #expect(files["init"] != nil)
        #expect(files["etc/hostname"] != image.files(of: wiring.vms[0], in: wiring)["etc/hostname"])
        #expect(files["lib/modules/1.2/kernel/virtio_ring.ko"] != nil)
    }

    @Test func aProgramComesWithItsLibraries() async throws {
        let shell = try #require(Command.find("bash"))
        let libraries = try await GuestProgram(path: shell).libraries()
        #expect(libraries.contains { $0.contains("/libc.so.6") })
        #expect(libraries.contains { $0.contains("/ld-linux") })
        #expect(libraries.allSatisfy { FileManager.default.isReadableFile(atPath: $0) })
    }

    @Test func aPackageThatDoesNotExistIsNamed() async throws {
        let scratch = try Scratch()
        let cache = PackageCache(directory: "\(scratch.path)/packages")
        let error = await #expect(throws: GuestError.self) { try await cache.unpacked("topoc-no-such-package") }
        #expect(error?.message.hasPrefix("apt cannot fetch the package `topoc-no-such-package`: ") == true)
        #expect(try FileManager.default.contentsOfDirectory(atPath: cache.directory) == [])
    }

    @Test func aPackageThatIsHereIsNotFetched() async throws {
        let scratch = try Scratch()
        try scratch.put("topoc-no-such-package/bin/program", "")
        let cache = PackageCache(directory: scratch.path)
        #expect(try await cache.unpacked("topoc-no-such-package") == "\(scratch.path)/topoc-no-such-package")
    }

    @Test func aProgramThatDoesNotBuildSaysWhy() async throws {
        let scratch = try Scratch()
        try scratch.put("CMakeLists.txt", "message(FATAL_ERROR \"not today\")\n")
        let error = await #expect(throws: GuestError.self) {
            try await GuestProgram.built("program", from: scratch.path, in: "\(scratch.path)/out")
        }
        #expect(error?.notes.contains { $0.contains("not today") } == true)
    }
}

extension Wiring {
    /// The topology of the scenarios.
    static func threeVMs() throws -> Wiring {
        let assembly = Assembly("zmq_samples") {
            for number in 0..<3 { VM(number, mac: "02:00:00:00:AA:0\(number + 1)", ip: "192.168.1.\(number + 1)/24") }
            Partition("topology_def") { Mesh(0, 1, 2) }
        }
        return try #require(Wiring(Network(assembly), target: .lab))
    }
}
