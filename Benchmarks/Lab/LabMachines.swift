// SPDX-License-Identifier: BSD-2-Clause

import Foundation
import Processes

/// The machines of `topoc lab`: over topoc's data path.
struct LabMachines: Machines {
    private let topoc: String
    private let name: String
    let isGuests: Bool

    init(_ count: Int, _ tools: Tools, topoc: String, options: [String]) async throws {
        self.topoc = topoc
        name = "bench-\(getpid())"
        isGuests = options.contains("qemu")
        let text = """
            import Topology
            Assembly("bench") {
                VMs(0..<\(count))
                Partition("lan") { Mesh(0..<\(count)) }
            }
            """
        let file = FileManager.default.temporaryDirectory.appending(path: "\(name).topo")
        try Data(text.utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let programs =
            ["--program", tools.scenario] + (options.contains("--program") ? [] : ["--program", tools.iperf])
        _ = try await say(
            Command(topoc, ["lab", "up", file.path, "--name", name] + programs + options), within: .seconds(300))
    }

    func path(of program: String) -> String {
        isGuests ? program.split(separator: "/").last.map(String.init) ?? program : program
    }

    func run(_ number: Int, _ words: [String], within bound: Duration) async throws -> String {
        try await say(Command(topoc, ["lab", "exec", "--name", name, "vm\(number)", "--"] + words), within: bound)
    }

    /// A word of `topoc lab`, with what follows it.
    @discardableResult
    func command(_ words: [String]) async throws -> String {
        try await say(
            Command(topoc, ["lab", words[0], "--name", name] + words.dropFirst()), within: .seconds(300))
    }

    func status() async throws -> LabStatus {
        try JSONDecoder().decode(LabStatus.self, from: Data(try await command(["status", "--json"]).utf8))
    }

    func end() async {
        do {
            _ = try await say(Command(topoc, ["lab", "down", "--name", name]), within: .seconds(60))
        } catch {
            FileHandle.standardError.write(Data("the lab `\(name)` did not go down: \(error)\n".utf8))
        }
    }
}

/// Of what `topoc lab status --json` says, what is looked at.
struct LabStatus: Decodable {
    struct VM: Decodable {
        let deviceProcess: Int32?
        let macs: [String]
    }

    /// The supervisor.
    let process: Int32
    let vms: [VM]
}
