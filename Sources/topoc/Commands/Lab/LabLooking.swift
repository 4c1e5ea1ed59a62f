// SPDX-License-Identifier: BSD-2-Clause

import ArgumentParser
import Diagnostics
import Files
import FoundationEssentials
import Lab
import SystemPackage

struct LabStatusCommand: LabSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Say how the VMs, devices and links of a lab are.")

    @OptionGroup var lab: LabOptions
    @Flag(help: "As JSON.") var json = false

    func perform() async throws -> Int32 {
        let status = try await lab.connect().status()
        try Console.print(json ? try JSONRenderer.encoded(status) : status.text)
        return 0
    }
}

struct LabStats: LabSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "stats", abstract: "Say what the links carry: frames, bytes, drops by cause, and latencies.",
        discussion: "Goes on until it is interrupted. Latencies are from one guest's side to the other's.")

    @OptionGroup var lab: LabOptions
    @Flag(help: "As JSON, one object a line.") var json = false
    @Flag(help: "Say it once.") var once = false
    @Option(help: ArgumentHelp("Say it so often.", valueName: "seconds")) var interval = 1

    func validate() throws {
        guard (1...86400).contains(interval) else {
            throw ValidationError("--interval is 1 to 86400 seconds, and not \(interval).")
        }
    }

    func perform() async throws -> Int32 {
        while true {
            let stats = try await lab.connect().stats()
            try Console.print(json ? try JSONRenderer.line(stats) : (once ? "" : Console.cleared) + stats.text)
            if once { return 0 }
            try await Task.sleep(for: .seconds(interval))
        }
    }
}

struct LabCapture: LabSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "capture", abstract: "Write the frames of the links into a file that Wireshark reads.",
        discussion: """
            Goes on until it is interrupted. Each end of a link is an interface of the file, so that a frame stands in \
            it when it is sent and when it is received; a frame that stands there once was lost on the link.
            """)

    @OptionGroup var lab: LabOptions
    @Argument(help: "Only of this VM.") var vm: String?
    @Argument(help: "Only of its link to this VM.") var other: String?
    @Option(
        name: [.customShort("w"), .customLong("write")],
        help: ArgumentHelp("The file; `-` is standard output.", valueName: "file.pcapng"), completion: .file())
    var output: String
    @Option(help: ArgumentHelp("Stop after so many frames.", valueName: "frames")) var count: Int?
    @Option(help: ArgumentHelp("Stop after so long.", valueName: "seconds")) var time: Int?

    func validate() throws {
        if let count, count < 1 { throw ValidationError("--count is at least 1.") }
        if let time, !(1...86400).contains(time) { throw ValidationError("--time is 1 to 86400 seconds.") }
    }

    func perform() async throws -> Int32 {
        let lab = lab
        let file = try output == "-" ? FileDescriptor.standardOutput : Self.create(output)
        let frames = try await Capture.run(
            vm: vm, other: other, most: count ?? .max, within: time.map { .seconds($0) },
            connect: { try lab.connect() }, write: { _ = try file.writeAll($0) })
        Console.note("\(frames) frames\n")
        return 0
    }

    private static func create(_ path: String) throws -> FileDescriptor {
        do {
            return try FileDescriptor.open(
                FilePath(path), .writeOnly, options: [.create, .truncate],
                permissions: [.ownerReadWrite, .groupRead, .otherRead])
        } catch {
            throw FileError("cannot write `\(path)`: \(error)", notes: ["choose a place that is writable"])
        }
    }
}

struct LabConsole: LabSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "console", abstract: "Join this terminal with a VM's; Ctrl-] leaves it.")

    @OptionGroup var lab: LabOptions
    @Argument(help: "The VM: `vm0`, its number or its name.") var vm: String

    func perform() async throws -> Int32 {
        let client = try lab.connect()
        let terminal = RawTerminal()
        defer { terminal.restore() }
        return try await client.console(vm, typed: terminal.typed) {
            Console.note("the console of \(vm); Ctrl-] leaves it\r\n")
        } show: {
            try FileDescriptor.standardOutput.writeAll($0)
        }
    }
}
