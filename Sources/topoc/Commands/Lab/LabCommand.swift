// SPDX-License-Identifier: BSD-2-Clause

import ArgumentParser
import Diagnostics
import Files
import FoundationEssentials
import Lab
import SystemPackage

/// `topoc lab`.
struct LabCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lab",
        abstract: "Run the VMs of a topology on this host, joined as it says.",
        discussion: """
            Each VM is a Linux guest under QEMU, or network namespaces. Between them is the data path that topoc writes \
            for seL4: a device process for each VM, and for each link memory that its two devices alone have. All of a \
            lab ends with the process that holds it.
            """,
        subcommands: [
            LabUp.self, LabStatusCommand.self, LabExec.self, LabConsole.self, LabStats.self, LabCapture.self,
            LabImpair.self, LabPartition.self, LabHeal.self, LabKill.self, LabRestart.self, LabReboot.self,
            LabScenario.self, LabRun.self, LabDown.self, LabSupervise.self,
        ])
}

/// Which lab is meant.
struct LabOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("Which lab: a user may have several.", valueName: "name"), transform: Self.name)
    var name = LabName.standard

    private static func name(_ text: String) throws -> LabName {
        guard let name = LabName(text) else {
            throw ValidationError("a lab's name has 1 to 32 letters, digits, `-` and `_`; `\(text)` is none.")
        }
        return name
    }

    /// To the lab that is up.
    func connect() throws(LabError) -> LabClient { try LabClient(name) }

    static func complain(_ error: LabError) {
        Console.complain(FileError("[\(error.code)] \(error.message)", notes: error.notes))
    }
}

/// A command that speaks with a lab.
protocol LabSubcommand: AsyncParsableCommand {
    func perform() async throws -> Int32
}

extension LabSubcommand {
    func run() async throws {
        let status: Int32
        do {
            status = try await perform()
        } catch let error as LabError {
            LabOptions.complain(error)
            status = Outcome.inputOutput.rawValue
        } catch let error as FileError {
            Console.complain(error)
            status = Outcome.inputOutput.rawValue
        }
        if status != 0 { throw ExitCode(status) }
    }
}

struct LabSupervise: LabSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "supervise", abstract: "The process of a lab, which `up` starts.", shouldDisplay: false)

    @OptionGroup var lab: LabOptions
    @Option var socket: String

    func perform() async throws -> Int32 {
        await Supervisor.serve(lab.name, socket: socket)
        return 0
    }
}

struct LabDown: LabSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "down", abstract: "End a lab. Nothing of it is left.")

    @OptionGroup var lab: LabOptions

    func perform() async throws -> Int32 {
        try await lab.connect().takeDown()
        return 0
    }
}

struct LabReboot: LabSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "reboot", abstract: "End the guest of a VM and boot it again; wait until it takes commands.",
        discussion: "It ends as with the power cut, and all that runs in it. Its device stays.")

    @OptionGroup var lab: LabOptions
    @Argument(help: "The VM: `vm0`, its number or its name.") var vm: String

    func perform() async throws -> Int32 {
        try await lab.connect().ask(.reboot(vm: vm))
    }
}

struct LabExec: LabSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "exec", abstract: "Run a program in a VM; its exit status is this command's.")

    @OptionGroup var lab: LabOptions
    @Option(help: ArgumentHelp("The program is ended after so long.", valueName: "seconds"))
    var time = 3600
    @Argument(help: "The VM: `vm0`, its number or its name.") var vm: String
    @Argument(parsing: .postTerminator, help: "The program and its arguments, behind `--`.") var words: [String]

    func perform() async throws -> Int32 {
        try await lab.connect().ask(.run(vm: vm, words: words, seconds: time)) { event in
            if case .output(let bytes) = event { try FileDescriptor.standardOutput.writeAll(bytes) }
        }
    }
}
