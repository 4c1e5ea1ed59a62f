// SPDX-License-Identifier: BSD-2-Clause

import ArgumentParser
import Lab

/// The two ends of a link.
struct LinkArguments: ParsableArguments {
    @Argument(help: "The VM that sends.") var from: String
    @Argument(help: "The VM that receives.") var to: String
}

struct LabImpair: LabSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "impair", abstract: "Let a link lose, delay or slow down frames, in both directions.",
        discussion: "Without an option the link is as it was at first.")

    @OptionGroup var lab: LabOptions
    @OptionGroup var link: LinkArguments
    @Option(help: ArgumentHelp("Frames that are lost: 1%.", valueName: "share"), transform: Self.share)
    var loss: UInt32 = 0
    @Option(help: ArgumentHelp("How long each is held: 5ms, 20us.", valueName: "time"), transform: Self.time)
    var delay: UInt64 = 0
    @Option(
        help: ArgumentHelp("How much more or less, at most the delay.", valueName: "time"), transform: Self.time)
    var jitter: UInt64 = 0
    @Option(help: ArgumentHelp("How much passes: 10Mbit, 500kbit.", valueName: "rate"), transform: Self.rate)
    var rate: UInt64 = 0
    @Flag(help: "Only in the direction from the first VM to the second.") var oneWay = false

    func validate() throws {
        if jitter > delay { throw ValidationError("--jitter is at most --delay: no frame comes before it is sent.") }
    }

    func perform() async throws -> Int32 {
        let impairment = Impairment(
            lossPPM: loss, delayNanoseconds: delay, jitterNanoseconds: jitter, rate: rate)
        return try await lab.connect().ask(.impair(from: link.from, to: link.to, impairment, bothWays: !oneWay))
    }

    private static func share(_ text: String) throws -> UInt32 {
        guard let share = Quantity.partsPerMillion(text) else {
            throw ValidationError("a share is 0% to 100%, as 0.5%; `\(text)` is none.")
        }
        return share
    }

    private static func time(_ text: String) throws -> UInt64 {
        guard let time = Quantity.nanoseconds(text) else {
            throw ValidationError("a time is up to 10s, as 5ms or 20us; `\(text)` is none.")
        }
        return time
    }

    private static func rate(_ text: String) throws -> UInt64 {
        guard let rate = Quantity.bitsPerSecond(text) else {
            throw ValidationError("a rate is as 10Mbit, 500kbit or 1Gbit; `\(text)` is none.")
        }
        return rate
    }
}

struct LabPartition: LabSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "partition", abstract: "Cut a link, as if its cable were pulled.")

    @OptionGroup var lab: LabOptions
    @OptionGroup var link: LinkArguments

    func perform() async throws -> Int32 {
        try await lab.connect().ask(.partition(from: link.from, to: link.to))
    }
}

struct LabHeal: LabSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "heal", abstract: "Join a link that was cut; without VMs, all of them.")

    @OptionGroup var lab: LabOptions
    @Argument(help: "One VM of the link.") var from: String?
    @Argument(help: "The other.") var to: String?

    func validate() throws {
        if from != nil, to == nil { throw ValidationError("A link has two VMs.") }
    }

    func perform() async throws -> Int32 {
        try await lab.connect().ask(.heal(from: from, to: to)) { event in
            if case .progress(let line) = event { Console.note("\(line)\n") }
        }
    }
}

struct LabKill: LabSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "kill", abstract: "End the device process of a VM, as a fault would.",
        discussion: "Unless the lab was started with --no-healing, another takes its place.")

    @OptionGroup var lab: LabOptions
    @Argument(help: "The VM: `vm0`, its number or its name.") var vm: String

    func perform() async throws -> Int32 {
        try await lab.connect().ask(.kill(vm: vm)) { event in
            if case .progress(let line) = event { Console.note("\(line)\n") }
        }
    }
}

struct LabRestart: LabSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "restart", abstract: "End the device process of a VM and start another; wait until it runs.")

    @OptionGroup var lab: LabOptions
    @Argument(help: "The VM: `vm0`, its number or its name.") var vm: String

    func perform() async throws -> Int32 {
        try await lab.connect().ask(.restart(vm: vm))
    }
}
