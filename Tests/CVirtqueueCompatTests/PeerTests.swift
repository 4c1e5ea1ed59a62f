// SPDX-License-Identifier: BSD-2-Clause

import CCompilers
import Foundation
import Testing

private let here = URL(filePath: #filePath).deletingLastPathComponent()
private let root = here.deletingLastPathComponent().deletingLastPathComponent()
private let tree = ProcessInfo.processInfo.environment["TOPOC_CAMKES_TREE"]
private let sources = ["virtqueue", "camkes_virtqueue", "notify", "vswitch"].map {
    root.appending(path: "Sources/CVirtqueueCompat/\($0).c").path
}
private let headers = ["CVirtqueueCompat", "CVirtqueue", "CVSwitch"].map {
    root.appending(path: "Sources/\($0)/include").path
}

/// The calls in C programs: compiled for every machine, run in two threads, and against libvirtqueue itself.
@Suite struct PeerTests {
    /// A directory that is gone afterwards.
    private func inScratch<Result>(_ body: (String) throws -> Result) throws -> Result {
        let scratch = FileManager.default.temporaryDirectory.appending(path: "topoc-compat-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: scratch) }
        return try body(scratch.path)
    }

    private func tool(_ name: String, _ arguments: [String]) throws -> (status: Int32, output: String) {
        guard let path = Program.find(name) else { try Test.cancel("needs \(name)") }
        return try Program.run(path, arguments)
    }

    private func gcc(_ arguments: [String]) throws {
        let said = try tool("gcc", arguments)
        try #require(said.status == 0, "\(said.output)")
    }

    /// A program of the harness over our calls.
    private func ours(_ scratch: String, _ program: String = "end", _ options: [String] = []) throws -> String {
        try gcc(
            ["-std=gnu11", "-O2", "-g", "-Wall", "-Wextra", "-Werror", "-pthread"] + options
                + headers.map { "-I\($0)" } + [here.appending(path: "Harness/\(program).c").path] + sources
                + ["-o", "\(scratch)/ours"])
        return "\(scratch)/ours"
    }

    /// The same over upstream's.
    private func upstreams(_ scratch: String, _ tree: String, _ program: String = "end") throws -> String {
        let library = "\(tree)/tools/camkes/libsel4camkes"
        let queue = "\(tree)/projects/projects_libs/libvirtqueue"
        let stubs = root.appending(path: "Benchmarks/DataPath/upstream/stubs").path
        let including = [stubs, "\(queue)/include", "\(library)/include"] + headers.dropFirst()
        let code = [
            here.appending(path: "Harness/\(program).c").path, "\(queue)/src/virtqueue.c",
            "\(library)/src/virtqueue.c", "\(library)/src/virtqueue_common.c", "\(library)/src/virtqueue_template.c",
        ]
        let options = ["-std=gnu11", "-O2", "-w", "-D_GNU_SOURCE", "-pthread", "-o", "\(scratch)/upstreams"]
        try gcc(options + including.map { "-I\($0)" } + code)
        return "\(scratch)/upstreams"
    }

    private func sharedMemory(_ scratch: String) throws -> String {
        let path = "\(scratch)/memory"
        try Data(count: 32768 + 4096).write(to: URL(filePath: path))
        return path
    }

    @Test(arguments: CCompiler.available) func compilesForEveryMachine(_ compiler: CCompiler) throws {
        let files = try (sources + [root.appending(path: "Sources/CVirtqueueCompat/notify.h").path]).map {
            (path: URL(filePath: $0).lastPathComponent, text: try String(contentsOfFile: $0, encoding: .utf8))
        }
        let stubs = here.appending(path: "Stubs/freestanding").path
        #expect(try compiler.complaints(about: files, including: headers + [stubs]) == "")
    }

    /// Both ends in one program, watched by the sanitizers.
    @Test(arguments: ["address,undefined", "thread"]) func twoThreadsExchangeFrames(_ sanitizer: String) throws {
        try inScratch { scratch in
            let end = try ours(scratch, "end", ["-fsanitize=\(sanitizer)", "-fno-sanitize-recover=all"])
            let memory = try sharedMemory(scratch)
            let said = try tool("setarch", ["-R", end, "both", memory, "10000", "1514"])
            #expect(said.status == 0)
            #expect(said.output == "10000\n")
        }
    }

    /// One end is upstream's. Its sender publishes a chain of several blocks before it is complete, so only frames of
    /// one block are asked of it.
    @Test(
        .enabled(if: tree != nil, "needs TOPOC_CAMKES_TREE"),
        arguments: [(sender: "ours", longest: "1514"), ("ours", "128"), ("upstreams", "128")])
    func oneEndIsUpstreams(_ sender: String, _ longest: String) throws {
        guard let tree else { return }
        try inScratch { scratch in
            let ours = try ours(scratch)
            let upstreams = try upstreams(scratch, tree)
            let memory = try sharedMemory(scratch)
            let sending = Process()
            sending.executableURL = URL(filePath: sender == "ours" ? ours : upstreams)
            sending.arguments = ["send", memory, "20000", longest]
            try sending.run()
            let received = try Program.run(sender == "ours" ? upstreams : ours, ["receive", memory, "20000", longest])
            sending.waitUntilExit()
            #expect(sending.terminationStatus == 0)
            #expect(received.status == 0)
            #expect(received.output == "20000\n")
        }
    }

    /// The switch over libvirtqueue's layout; its peer knows only libsel4camkes' calls.
    @Test func theSwitchSpeaksToUsersOfTheseCalls() throws {
        try inScratch { scratch in
            let said = try Program.run(
                try ours(scratch, "switch_peer", ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"]), [])
            #expect(said == (0, "sound\n"))
        }
    }

    @Test(.enabled(if: tree != nil, "needs TOPOC_CAMKES_TREE")) func theSwitchSpeaksToUpstreamsOwn() throws {
        guard let tree else { return }
        try inScratch { scratch in
            let said = try Program.run(try upstreams(scratch, tree, "switch_peer"), [])
            #expect(said == (0, "sound\n"))
        }
    }

    /// Upstream's own users of these calls compile over our headers, and what they call is there.
    @Test(
        .enabled(if: tree != nil, "needs TOPOC_CAMKES_TREE"),
        arguments: [
            "projects/vm/components/Init/src/virtio_net_vswitch.c",
            "projects/vm/components/VM_Arm/src/modules/virtio_net_virtqueue.c",
            "projects/vm/components/VM_Arm/src/modules/virtio_net_arping.c",
            "projects/vm-examples/apps/Arm/vm_virtio_net/components/PingClient/ping_client.c",
            "projects/global-components/components/SerialServer/src/server_virtqueue.c",
            "tools/camkes/libcamkescakeml/src/virtqueue.c",
        ])
    func upstreamsUsersCompile(_ path: String) throws {
        guard let tree else { return }
        try inScratch { scratch in
            let stubs = CCompiler.device3_11.directories + [here.appending(path: "Stubs").path]
            try gcc(
                ["-std=gnu11", "-O1", "-w", "-DTOPOC_RELEASE=311"] + (headers + stubs).map { "-I\($0)" }
                    + ["-c", "\(tree)/\(path)", "-o", "\(scratch)/user.o"])
            // Those of the assembly, which CAmkES makes.
            let assembly = ["vswitch_layout", "vswitch_mac_address"]
            let wanted = try symbols("-u", ["\(scratch)/user.o"]).filter { name in
                ["virtqueue_", "vswitch_", "_macaddr"].contains { name.contains($0) } && !assembly.contains(name)
            }
            for source in sources {
                try gcc(
                    ["-std=c11", "-D_DEFAULT_SOURCE", "-O1"] + headers.map { "-I\($0)" }
                        + ["-c", source, "-o", object(source, in: scratch)])
            }
            let ours = Set(try symbols("--defined-only", sources.map { object($0, in: scratch) }))
            #expect(wanted.filter { !ours.contains($0) } == [])
            #expect(!wanted.isEmpty || path.hasSuffix("virtio_net_arping.c"), "it is one of the users")
        }
    }

    private func object(_ source: String, in scratch: String) -> String {
        "\(scratch)/\(URL(filePath: source).lastPathComponent).o"
    }

    private func symbols(_ kind: String, _ objects: [String]) throws -> [String] {
        try tool("nm", [kind] + objects).output.split(separator: "\n").compactMap { line in
            line.split(separator: " ").last.map(String.init)
        }
    }
}
