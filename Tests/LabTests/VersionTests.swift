// SPDX-License-Identifier: BSD-2-Clause

import CLabHost
import Diagnostics
import Foundation
import Processes
import Testing

@testable import Lab

/// A lab and a topoc that do not understand each other say so, and what to do; whoever is not understood is left alone.
@Suite(.timeLimit(.minutes(10)))
struct VersionTests {
    /// A process of a lab, in which nothing is yet, and the connection of who started it.
    private func supervisor(of lab: LabProgram) throws -> (ChildProcess, ControlConnection) {
        var ends: [Int32] = [-1, -1]
        try #require(topoc_lab_pair(&ends) == 0)
        let first = ControlConnection(Descriptor(ends[0]))
        let process = try ChildProcess(
            Command(LabProgram.topoc, ["lab", "supervise", "--name", lab.name, "--socket", lab.socket]),
            bound: .seconds(300), channel: Descriptor(ends[1]))
        return (process, first)
    }

    /// What the lab says to it last.
    private func answer(_ connection: ControlConnection) async throws -> Event? {
        for await message in connection.messages {
            let event = try JSONDecoder().decode(Event.self, from: message.line)
            if event.isLast { return event }
        }
        return nil
    }

    /// Also where the other version asks for what this one has never heard of.
    @Test func aLabRefusesAnotherVersion() async throws {
        struct Dance: Codable {
            var version = "99.0"
            var request = ["dance": ["steps": 3]]
        }
        let lab = LabProgram()
        let (process, first) = try supervisor(of: lab)
        for envelope in [Envelope(version: "0.0.1", request: .status), Dance()] as [any Encodable & Sendable] {
            let other = try await lab.connect()
            other.send(envelope)
            guard case .failed(let error) = try await answer(other) else {
                Issue.record("the lab obeys another version")
                continue
            }
            #expect(error.code == "TOPO815")
            #expect(error.message.hasPrefix("the lab is of topoc \(TopocVersion.current), and this is topoc "))
            #expect(error.notes == ["end the process \(process.id), and all of the lab ends"])
        }
        // Its own version is answered: there is nothing in it.
        let same = try await lab.connect()
        same.send(Envelope(version: TopocVersion.current, request: .status))
        guard case .failed(let error) = try await answer(same) else {
            Issue.record("the lab has a status before it is up")
            return
        }
        #expect(error.code == "TOPO807")
        // It goes with who started it.
        first.close()
        #expect(await process.ending == .exited(0))
    }

    /// What it cannot read at all, and what cannot be wired.
    @Test func aLabTakesNothingForGranted() async throws {
        struct Noise: Codable { var noise = 1 }
        let lab = LabProgram()
        let (process, first) = try supervisor(of: lab)
        let other = try await lab.connect()
        other.send(Noise())
        #expect(try await answer(other) == nil)
        let order = LabOrder(
            file: "faulty.topo", source: try Data(contentsOf: URL(filePath: Topologies.faulty)), allowed: [],
            guests: .namespaces, memoryMiB: 64, bootSeconds: 1, programs: [], offload: false, isAccelerated: false,
            busyPoll: 0, batch: 0, isOneProcess: false, heals: true, isBound: false)
        first.send(Envelope(version: TopocVersion.current, request: .up(order)))
        guard case .failed(let error) = try await answer(first) else {
            Issue.record("a faulty topology is up")
            return
        }
        #expect(error.code == "TOPO817")
        #expect(error.message == "`faulty.topo` cannot be wired")
        #expect(await process.ending == .exited(1))
    }

    /// A lab that says what this topoc does not understand, or nothing.
    @Test(arguments: [
        ("{\"sings\":{}}\n", "TOPO815", "the lab says what this topoc does not understand"),
        ("{\"done\":{}}\n", "TOPO815", "the lab says nothing"),
        ("", "TOPO816", "the process of the lab ended"),
    ])
    func anotherLabIsNotObeyed(_ answer: String, _ code: String, _ message: String) async throws {
        let lab = LabProgram()
        let listener = Descriptor(topoc_lab_listen(lab.socket))
        try #require(listener.number != -1)
        let watch = ReadWatch(listener) {
            var user: uid_t = 0
            let socket = topoc_lab_accept(listener.number, &user)
            guard socket != -1 else { return errno == EAGAIN }
            let peer = Descriptor(socket)
            // It ends, and so does the conversation.
            _ = answer.withCString { topoc_lab_send(peer.number, $0, answer.utf8.count, -1) }
            return true
        } end: {
        }
        defer { watch.stop() }
        let done = try await lab.run("status")
        #expect(done.ending == .exited(74))
        #expect(done.errorText.contains("error: [\(code)] \(message)"), "\(done.errorText)")
    }
}

extension LabProgram {
    /// Where it listens.
    var socket: String { "topoc-lab/\(getuid())/\(name)" }

    /// To its process, which may only just have begun.
    func connect() async throws -> ControlConnection {
        var number: Int32 = -1
        let isThere = try await eventually {
            number = topoc_lab_connect(socket)
            return number != -1
        }
        try #require(isThere, "nobody listens at \(socket)")
        return ControlConnection(Descriptor(number))
    }
}
