// SPDX-License-Identifier: BSD-2-Clause

import Foundation
import Processes

/// `topoc lab`, as a user runs it, with a lab of a name of its own.
struct LabProgram {
    static let topoc =
        Bundle.main.executableURL?.deletingLastPathComponent().appending(path: "topoc").path ?? "topoc"
    static let root = URL(filePath: #filePath).appending(path: "../../..").standardizedFileURL.path

    let name = "t\(UInt32.random(in: 0...UInt32.max))"

    static func example(_ name: String) -> String { "\(root)/Examples/\(name)/mesh.topo" }

    func run(
        _ command: String, _ arguments: [String] = [], environment: [String: String] = [:],
        within bound: Duration = .seconds(180), input: String? = nil
    ) async throws -> Completed {
        try await ChildProcess.run(
            Command(Self.topoc, words(command, arguments), environment: environment), within: bound,
            input: input.map { Array($0.utf8) })
    }

    /// As a child that goes on.
    func start(_ command: String, _ arguments: [String] = [], takesInput: Bool = false) throws -> ChildProcess {
        try ChildProcess(Command(Self.topoc, words(command, arguments)), bound: .seconds(300), takesInput: takesInput)
    }

    private func words(_ command: String, _ arguments: [String]) -> [String] {
        // What stands behind `--` is not topoc's.
        let end = arguments.firstIndex(of: "--") ?? arguments.endIndex
        return ["lab", command] + arguments[..<end] + ["--name", name] + arguments[end...]
    }

    /// Runs something with a lab that is up, and takes that down, whatever comes of it.
    static func withLab<Value>(
        _ topology: String, _ arguments: [String] = [], guests: String = "namespaces",
        _ body: (LabProgram) async throws -> Value
    ) async throws -> Value {
        let lab = LabProgram()
        let up = try await lab.run("up", [topology, "--guests", guests] + arguments)
        guard up.succeeded else { throw ProcessError(message: up.errorText) }
        let result: Result<Value, any Error>
        do {
            result = .success(try await body(lab))
        } catch {
            result = .failure(error)
        }
        let down = try await lab.run("down")
        guard down.succeeded else { throw ProcessError(message: down.errorText) }
        return try result.get()
    }

    /// The processes of this lab that run: the one that holds it names it, and the others are its children.
    func processes() -> [pid_t] {
        let all = (try? FileManager.default.contentsOfDirectory(atPath: "/proc"))?.compactMap { pid_t($0) } ?? []
        let named = all.filter { process in
            let line = try? String(contentsOfFile: "/proc/\(process)/cmdline", encoding: .utf8)
            return line?.split(separator: "\0").contains { $0 == "topoc-lab/\(getuid())/\(name)" } == true
        }
        return named
            + all.filter { process in
                let stat = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)
                // Behind the name in parentheses: the state, and the parent.
                let fields = stat?.split(separator: ")").last?.split(separator: " ") ?? []
                return fields.count > 1 && fields[0] != "Z" && named.contains(pid_t(fields[1]) ?? 0)
            }
    }

    /// Waits until nothing of the lab, nor of those processes, is left: neither a process nor a socket.
    func isGone(_ processes: [pid_t]) async throws -> Bool {
        try await eventually {
            let sockets = (try? String(contentsOfFile: "/proc/net/unix", encoding: .utf8)) ?? ""
            let alive = processes.filter { process in
                let stat = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)
                return stat?.contains(") Z ") == false
            }
            return alive.isEmpty && self.processes().isEmpty && !sockets.contains("/\(name)")
        }
    }

    /// Whether a VM gets an answer of another. Where devices have only just begun, that may take a few calls.
    func reaches(_ vm: String, _ peer: String) async throws -> Bool {
        try await eventually {
            try await run("exec", [vm, "--", "ping", "-c", "1", "-W", "5", peer]).succeeded
        }
    }

    /// Whether this host lets the tests have namespaces with TAPs in them.
    static func namespacesAreAvailable() async -> Bool {
        guard Command.find("ip") != nil else { return false }
        // Asked of the system's own programs, so that a lab that cannot begin is no reason to skip its tests.
        let words = getuid() == 0 ? [] : ["--user", "--map-root-user"]
        let probe = try? await ChildProcess.run(
            Command(
                "unshare", words + ["--net", "--mount", "--pid", "--fork", "ip", "tuntap", "add", "t0", "mode", "tap"]),
            within: .seconds(100))
        return probe?.succeeded == true
    }
}

/// Looks again and again until it is so: a test waits for what happens, and a busy host takes its time.
func eventually(_ holds: () async throws -> Bool) async throws -> Bool {
    let deadline = ContinuousClock.now + .seconds(60)
    while .now < deadline {
        if try await holds() { return true }
        try await Task.sleep(for: .milliseconds(50))
    }
    return try await holds()
}
