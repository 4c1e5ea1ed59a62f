// SPDX-License-Identifier: BSD-2-Clause

import ArgumentParser
import Diagnostics
import FoundationEssentials
import Lab
import SystemPackage
import TopologyLanguage
import TopologyRules
import Wiring

struct LabUp: LabSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "up", abstract: "Start the VMs of a topology, and wait until all of them take commands.")

    @OptionGroup var topology: LabTopology
    @OptionGroup var lab: LabOptions

    func perform() async throws -> Int32 {
        guard let order = try await topology.order(isBound: false) else { return Outcome.findings.rawValue }
        let client = try LabClient(starting: lab.name, guests: order.guests)
        try await client.ask(.up(order)) { event in
            if case .progress(let line) = event { Console.note("\(line)\n") }
        }
        let name = lab.name == .standard ? "" : " --name \(lab.name)"
        try Console.print(
            "the lab `\(lab.name)` is up; next: topoc lab exec\(name) vm0 -- ip addr; topoc lab down\(name)\n")
        return 0
    }
}

/// What a lab is made of, as the command line says it.
struct LabTopology: ParsableArguments {
    @Argument(
        help: ArgumentHelp("The .topo file; `-` is standard input.", valueName: "file"),
        completion: .file(extensions: ["topo"]))
    var file: String

    @Option(help: "What a VM is: qemu (a Linux kernel, emulated) or namespaces (of this host's kernel).")
    var guests = GuestKind.qemu

    @Option(help: ArgumentHelp("Memory of each guest of QEMU.", valueName: "MiB"))
    var memory = 128

    @Option(help: ArgumentHelp("How long a guest may take to boot.", valueName: "seconds"))
    var bootTime = 120

    @Option(
        name: .customLong("program"),
        help: ArgumentHelp(
            "A program of this host that the guests have, too. May be given several times.", valueName: "path"),
        completion: .file())
    var programs: [String] = []

    @Flag(help: "Let the host's processor run the guests of QEMU; it must let this user.")
    var kvm = false

    @Flag(help: "Leave checksums and segmentation to the receiver: frames of up to 64 KiB.")
    var offload = false

    @Flag(help: "Leave a device process that has ended as it is.")
    var noHealing = false

    @Option(
        help: ArgumentHelp(
            "How long a device looks for work before it sleeps.", valueName: "microseconds", visibility: .hidden))
    var busyPoll = 0

    @Option(
        help: ArgumentHelp(
            "Frames that a device passes on at once; 0 is as many as there are.", valueName: "frames",
            visibility: .hidden))
    var batch = 0

    @Flag(help: "All devices in one process: faster, without the isolation that a process for each VM gives.")
    var oneProcess = false

    @Option(
        name: .customLong("allow"),
        help: ArgumentHelp("Let findings of this code pass. May be given several times.", valueName: "code"))
    var allowed: [String] = []

    func validate() throws {
        guard (32...65536).contains(memory) else {
            throw ValidationError("--memory is 32 to 65536 MiB, and not \(memory).")
        }
        guard (1...3600).contains(bootTime) else {
            throw ValidationError("--boot-time is 1 to 3600 seconds, and not \(bootTime).")
        }
        guard (0...1_000_000).contains(busyPoll) else {
            throw ValidationError("--busy-poll is 0 to 1000000 microseconds, and not \(busyPoll).")
        }
        guard (0...256).contains(batch) else {
            throw ValidationError("--batch is 0 to 256 frames, and not \(batch).")
        }
    }

    /// `nil` where the topology cannot be wired; what is wrong with it has been said.
    ///
    /// - Parameter wanted: of the topology's programs for guests, those that are built; `nil`: all.
    func order(isBound: Bool, programs wanted: [String]? = nil) async throws -> LabOrder? {
        let source = try Input(file).source
        let result = Linter.lint(TopologyFile(reading: source), target: .lab, allowing: Set(allowed))
        if !result.report.findings.isEmpty {
            Console.note(TextRenderer(style: Console.errorStyle).render([result.report]))
        }
        guard let wiring = result.wiring else { return nil }
        let built = try await GuestPrograms.built(
            wiring.programs, beside: FilePath(file).removingLastComponent().string, wanted: wanted, given: programs
        ) { Console.note("\($0)\n") }
        return LabOrder(
            file: source.name, source: Data(source.bytes), allowed: allowed, guests: guests, memoryMiB: memory,
            bootSeconds: bootTime, programs: programs + built, offload: offload, isAccelerated: kvm,
            busyPoll: busyPoll, batch: batch, isOneProcess: oneProcess, heals: !noHealing, isBound: isBound)
    }
}

extension GuestKind: ExpressibleByArgument {}
