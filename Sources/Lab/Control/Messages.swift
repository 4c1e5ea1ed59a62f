// SPDX-License-Identifier: BSD-2-Clause

import FoundationEssentials

/// What a client asks of a lab; one a connection.
public enum Request: Codable, Sendable {
    case up(LabOrder)
    case status
    /// Runs a program in a VM; the VM ends it after so many seconds.
    case run(vm: String, words: [String], seconds: Int)
    /// Joins a VM's console with this connection: `typed` goes in.
    case console(vm: String)
    case typed(Data)
    case stats
    /// Copies a VM's frames into the pipe that comes with the request; all, or those of one link.
    case capture(vm: String, other: String?)
    case impair(from: String, to: String, Impairment, bothWays: Bool)
    /// Cuts a link, or joins it again. `nil`: all that were cut.
    case partition(from: String, to: String)
    case heal(from: String?, to: String?)
    case kill(vm: String)
    case restart(vm: String)
    case reboot(vm: String)
    case scenario(String)
    case down
}

/// What a lab says to it. The last is `done`, `exited` or `failed`.
public enum Event: Codable, Sendable {
    /// A line for whoever waits.
    case progress(String)
    /// The console is there: what is typed reaches it.
    case opened
    /// Of a program, a console or a scenario.
    case output(Data)
    case status(LabStatus)
    case stats(StatsSnapshot)
    /// What a scenario measured, as JSON.
    case figures(Data)
    case exited(Int32)
    case failed(LabError)
    case done

    var isLast: Bool {
        switch self {
        case .exited, .failed, .done: true
        default: false
        }
    }
}

/// A request, and who says so.
struct Envelope: Codable {
    /// What every version says.
    struct Sender: Codable {
        var version: String
    }

    var version: String
    var request: Request
}

/// What a lab is made of.
public struct LabOrder: Codable, Sendable {
    /// The `.topo` file: how it is called, and what it says.
    public var file: String
    public var source: Data
    /// Codes of findings that are let pass.
    public var allowed: [String]
    public var guests: GuestKind
    /// Of each guest of QEMU, in MiB.
    public var memoryMiB: Int
    /// Seconds until a guest must be ready.
    public var bootSeconds: Int
    /// Programs of this host that the guests have, too.
    public var programs: [String]
    public var offload: Bool
    /// With the host's processor rather than QEMU's own.
    public var isAccelerated: Bool
    /// Microseconds that a device looks for work before it sleeps.
    public var busyPoll: Int
    /// Frames that a device passes on at once; 0: as many as there are.
    public var batch: Int
    /// All devices in one process: nothing keeps one from what is another's.
    public var isOneProcess: Bool
    /// A device process that ends is started anew.
    public var heals: Bool
    /// The lab ends with the connection that asked for it.
    public var isBound: Bool

    public init(
        file: String, source: Data, allowed: [String], guests: GuestKind, memoryMiB: Int, bootSeconds: Int,
        programs: [String], offload: Bool, isAccelerated: Bool, busyPoll: Int, batch: Int,
        isOneProcess: Bool, heals: Bool, isBound: Bool
    ) {
        self.file = file
        self.source = source
        self.allowed = allowed
        self.guests = guests
        self.memoryMiB = memoryMiB
        self.bootSeconds = bootSeconds
        self.programs = programs
        self.offload = offload
        self.isAccelerated = isAccelerated
        self.busyPoll = busyPoll
        self.batch = batch
        self.isOneProcess = isOneProcess
        self.heals = heals
        self.isBound = isBound
    }
}

public enum GuestKind: String, Codable, Sendable, CaseIterable {
    /// Linux kernels, emulated.
    case qemu
    /// Network namespaces of this host's kernel.
    case namespaces
}

/// What a link does to frames in one direction.
public struct Impairment: Codable, Sendable, Hashable {
    /// Frames lost, of a million.
    public var lossPPM: UInt32
    public var delayNanoseconds: UInt64
    /// Up to so much more or less.
    public var jitterNanoseconds: UInt64
    /// Bits a second; 0: as fast as it goes.
    public var rate: UInt64

    public static let none = Impairment(lossPPM: 0, delayNanoseconds: 0, jitterNanoseconds: 0, rate: 0)

    public init(lossPPM: UInt32, delayNanoseconds: UInt64, jitterNanoseconds: UInt64, rate: UInt64) {
        self.lossPPM = lossPPM
        self.delayNanoseconds = delayNanoseconds
        self.jitterNanoseconds = jitterNanoseconds
        self.rate = rate
    }
}
