// SPDX-License-Identifier: BSD-2-Clause

import CLabHost
import Diagnostics
import FoundationEssentials
import Processes
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A conversation with a lab of this user.
public final class LabClient: Sendable {
    private let connection: ControlConnection
    /// What the lab's process complained of while it began.
    private let complaints: Descriptor?
    private let closed = Mutex(false)

    /// To a lab that is up.
    public init(_ name: LabName) throws(LabError) {
        let socket = topoc_lab_connect(name.socket)
        guard socket != -1 else {
            let error = ErrorNumber()
            let why = error.code == ECONNREFUSED ? "" : ": \(error)"
            throw LabError(
                LabRules.notUp, "the lab `\(name)` is not up\(why)",
                notes: ["`topoc lab up FILE.topo` starts one; `--name` says which is meant"])
        }
        connection = ControlConnection(Descriptor(socket))
        complaints = nil
    }

    /// Starts the process of a lab. Nothing is in it before it is asked for.
    ///
    /// - Parameter guests: namespaces without root need a user namespace.
    public init(starting name: LabName, guests: GuestKind) throws(LabError) {
        var ends: [Int32] = [-1, -1]
        guard topoc_lab_pair(&ends) == 0 else {
            throw LabError(LabRules.supervisor, "no socket for the lab `\(name)`: \(ErrorNumber())")
        }
        connection = ControlConnection(Descriptor(ends[0]))
        let channel = Descriptor(ends[1])
        do throws(ProcessError) {
            let complaints = try MemoryFile("topoc-lab-\(name)", []).file
            guard let program = ThisProgram.path else {
                throw ProcessError(message: "this program does not know where it lies")
            }
            let command = Command(program, ["lab", "supervise", "--name", name.text, "--socket", name.socket])
            try command.startDetached(
                channel: channel, errors: complaints, asRoot: guests == .namespaces && geteuid() != 0)
            self.complaints = complaints
        } catch {
            throw guests == .namespaces
                ? LabError(LabRules.namespaces, error.message, notes: NamespaceMachine.wayOut)
                : LabError(LabRules.supervisor, error.message)
        }
    }

    /// Asks for something, and waits until it is done. One request a client.
    ///
    /// - Parameters:
    ///   - file: goes with the request.
    ///   - each: gets what is said before the end.
    /// - Returns: the exit status of a program; else 0.
    @discardableResult
    public func ask(
        _ request: Request, passing file: Descriptor? = nil, each: (Event) throws -> Void = { _ in }
    ) async throws -> Int32 {
        connection.send(Envelope(version: TopocVersion.current, request: request), passing: file)
        for await message in connection.messages {
            switch try? JSONDecoder().decode(Event.self, from: message.line) {
            case .exited(let status): return status
            case .failed(let error): throw error
            case .done: return 0
            case let event?: try each(event)
            case nil:
                throw LabError(
                    LabRules.version, "the lab says what this topoc does not understand",
                    notes: ["take it down with the topoc that started it"])
            }
        }
        throw LabError(LabRules.supervisor, "the process of the lab ended", notes: lastComplaints)
    }

    /// Says something more, as to a console.
    public func say(_ request: Request) {
        connection.send(Envelope(version: TopocVersion.current, request: request))
    }

    /// Ends the conversation; what was asked for is given up.
    public func close() {
        closed.withLock { $0 = true }
        connection.close()
    }

    /// Waits until the other end has gone.
    func awaitEnd() async {
        for await _ in connection.messages {}
    }

    /// This end has ended it.
    var isClosed: Bool { closed.withLock { $0 } }

    private var lastComplaints: [String] {
        guard let complaints else { return [] }
        let bytes = [UInt8](unsafeUninitializedCapacity: 65536) { buffer, count in
            count = max(pread(complaints.number, buffer.baseAddress, buffer.count, 0), 0)
        }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").prefix(12).map(String.init)
    }
}
