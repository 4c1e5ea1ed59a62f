// SPDX-License-Identifier: BSD-2-Clause

import Processes

/// Network namespaces at a Linux bridge.
struct NamespaceMachines: Machines {
    /// How a namespace reaches the bridge.
    enum Port: Sendable {
        /// A pair of virtual Ethernet devices: what containers have.
        case veth
        /// A TAP device on each side and a process between them that moves frames: what a VMM does at least.
        case tap
    }

    private let holders: [ChildProcess]
    private let forwarders: [ChildProcess]

    init(_ count: Int, port: Port, _ tools: Tools) async throws {
        try await ip("link add br0 type bridge")
        try await ip("link set br0 up")
        var holders: [ChildProcess] = []
        var forwarders: [ChildProcess] = []
        for number in 0..<count {
            // It says when it has its namespace.
            let holder = try ChildProcess(
                Command("unshare", ["--net", "sh", "-c", "echo; exec cat"]), bound: .seconds(600), takesInput: true)
            for await _ in holder.output { break }
            holders.append(holder)
            let inside = { (words: String) in
                _ = try await say(
                    Command(
                        "nsenter", ["-t", "\(holder.id)", "--net", "ip"] + words.split(separator: " ").map(String.init))
                )
            }
            switch port {
            case .veth:
                try await ip("link add port\(number) type veth peer name eth0 netns \(holder.id)")
            case .tap:
                let forwarder = try ChildProcess(
                    Command(tools.forwarder, ["\(holder.id)", "eth0", "port\(number)"]), bound: .seconds(600))
                forwarders.append(forwarder)
                var isReady = false
                for await _ in forwarder.output {
                    isReady = true
                    break
                }
                guard isReady else {
                    throw BenchmarkError(String(decoding: await forwarder.errors.joined(), as: UTF8.self))
                }
            }
            try await ip("link set port\(number) master br0 up")
            try await inside("link set lo up")
            try await inside("addr add 192.168.1.\(number + 1)/24 dev eth0")
            try await inside("link set eth0 up")
        }
        self.holders = holders
        self.forwarders = forwarders
    }

    func run(_ number: Int, _ words: [String], within bound: Duration) async throws -> String {
        try await say(Command("nsenter", ["-t", "\(holders[number].id)", "--net"] + words), within: bound)
    }

    func end() async {
        for process in forwarders + holders {
            process.stop()
            _ = await process.ending
        }
        try? await ip("link del br0")
        for number in holders.indices { try? await ip("link del port\(number)") }
    }
}
