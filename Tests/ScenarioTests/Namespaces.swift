// SPDX-License-Identifier: BSD-2-Clause

import Foundation
import LabGuest
import Processes

/// Machines that reach each other alone: network namespaces, each with an `eth0` at one bridge, which lies in a
/// namespace too. No namespace has a route to the host. All of it ends with the processes that hold the namespaces.
struct Namespaces {
    /// One each, by number.
    private let holders: [ChildProcess]
    private let bridge: ChildProcess
    private let asRoot: Bool

    static func address(_ number: Int) -> String { "192.168.1.\(number + 1)" }

    /// Whether this host lets the tests have namespaces: with its own root, or one of a user namespace.
    static let available: Bool = {
        guard Command.find("unshare") != nil, Command.find("nsenter") != nil, Command.find("ip") != nil else {
            return false
        }
        let probe = Process()
        probe.executableURL = URL(filePath: "/usr/bin/env")
        probe.arguments = unshare(asRoot: getuid() == 0) + ["true"]
        probe.standardError = FileHandle.nullDevice
        guard (try? probe.run()) != nil else { return false }
        probe.waitUntilExit()
        return probe.terminationStatus == 0
    }()

    private static func unshare(asRoot: Bool) -> [String] {
        asRoot ? ["unshare", "--net"] : ["unshare", "--user", "--map-root-user", "--net"]
    }

    /// - Parameter bound: the namespaces end when so much time has passed.
    init(_ count: Int, bound: Duration) async throws {
        asRoot = getuid() == 0
        let words = Self.unshare(asRoot: asRoot)
        // Each says when it has its namespace, and ends when its standard input does.
        let hold = ["sh", "-c", "echo; exec cat"]
        bridge = try ChildProcess(Command(words[0], words.dropFirst() + hold), bound: bound, takesInput: true)
        try await Self.awaitReady(bridge)
        var holders: [ChildProcess] = []
        for _ in 0..<count {
            let inside = Self.enter(bridge, asRoot: asRoot) + ["unshare", "--net"] + hold
            let holder = try ChildProcess(Command(inside[0], Array(inside.dropFirst())), bound: bound, takesInput: true)
            try await Self.awaitReady(holder)
            holders.append(holder)
        }
        self.holders = holders
        try await ip(in: bridge, "link add br0 type bridge")
        try await ip(in: bridge, "link set br0 up")
        for (number, holder) in holders.enumerated() {
            try await ip(in: bridge, "link add port\(number) type veth peer name eth0 netns \(holder.id)")
            try await ip(in: bridge, "link set port\(number) master br0 up")
            try await ip(in: holder, "link set lo up")
            try await ip(in: holder, "addr add \(Self.address(number))/24 dev eth0")
            try await ip(in: holder, "link set eth0 up")
        }
    }

    /// A command as the machine of this number runs it.
    func command(_ number: Int, _ program: String, _ arguments: [String]) -> Command {
        let words = Self.enter(holders[number], asRoot: asRoot) + [program] + arguments
        return Command(words[0], Array(words.dropFirst()))
    }

    func end() async {
        for process in holders + [bridge] {
            process.stop()
            _ = await process.ending
        }
    }

    private static func enter(_ process: ChildProcess, asRoot: Bool) -> [String] {
        ["nsenter", "--target", "\(process.id)", "--net"] + (asRoot ? [] : ["--user", "--preserve-credentials"])
    }

    private static func awaitReady(_ process: ChildProcess) async throws {
        for await _ in process.output { return }
        let said = String(decoding: await process.errors.joined(), as: UTF8.self)
        throw GuestError("no namespace: \(said)")
    }

    private func ip(in process: ChildProcess, _ words: String) async throws {
        let line = Self.enter(process, asRoot: asRoot) + ["ip"] + words.split(separator: " ").map(String.init)
        let done = try await ChildProcess.run(Command(line[0], Array(line.dropFirst())), within: .seconds(20))
        guard done.succeeded else { throw GuestError("ip \(words): \(done.errorText)") }
    }
}
