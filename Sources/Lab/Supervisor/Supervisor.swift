// SPDX-License-Identifier: BSD-2-Clause

import CLabHost
import Diagnostics
import FoundationEssentials
import Processes
import TopologyLanguage
import TopologyRules
import Wiring

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The process of a lab: answers whoever connects, and takes all of the lab with it when it ends.
public actor Supervisor {
    private let name: LabName
    private var lab: Lab?
    private var isUp = false

    private let listener: Descriptor

    private init(_ name: LabName, _ listener: Descriptor) {
        self.name = name
        self.listener = listener
    }

    /// Serves until the lab is taken down. `topoc lab up` starts it, with its first connection at
    /// `ChildProcess.channelNumber`.
    public static func serve(_ name: LabName, socket: String) async {
        let first = ControlConnection(Descriptor(Int32(ChildProcess.channelNumber)))
        let listener = topoc_lab_listen(socket)
        guard listener != -1 else {
            let error = ErrorNumber()
            let isTaken = error.code == EADDRINUSE
            first.send(
                Event.failed(
                    isTaken
                        ? LabError(
                            LabRules.alreadyUp, "the lab `\(name)` is up already",
                            notes: ["`topoc lab down` ends it, and `--name` gives another its own name"])
                        : LabError(LabRules.supervisor, "no socket for the lab `\(name)`: \(error)")))
            return await first.drain()
        }
        let supervisor = Supervisor(name, Descriptor(listener))
        Task { await supervisor.answer(first, isFirst: true) }
        for await connection in connections(supervisor.listener) {
            Task { await supervisor.answer(connection) }
        }
    }

    /// Those of this user.
    private static func connections(_ listener: Descriptor) -> AsyncStream<ControlConnection> {
        AsyncStream { sink in
            let watch = ReadWatch(listener) {
                var user: uid_t = 0
                let socket = topoc_lab_accept(listener.number, &user)
                // EINVAL: it listens no more, as the lab is being taken down.
                guard socket != -1 else { return errno != EINVAL }
                let peer = Descriptor(socket)
                if user == geteuid() { sink.yield(ControlConnection(peer)) }
                return true
            } end: {
                // Those that are connected are served on.
            }
            sink.onTermination = { _ in watch.stop() }
        }
    }

    /// One request a connection; it is given up when the other end goes.
    /// - Parameter isFirst: from who started the lab; it goes down with whoever goes before it is up.
    private func answer(_ connection: ControlConnection, isFirst: Bool = false) async {
        var work: Task<Void, Never>?
        var terminal: Terminal?
        for await message in connection.messages {
            // Another version may ask for what this one cannot read.
            guard let sender = try? JSONDecoder().decode(Envelope.Sender.self, from: message.line) else { break }
            guard sender.version == TopocVersion.current else {
                connection.send(
                    Event.failed(
                        LabError(
                            LabRules.version,
                            "the lab is of topoc \(TopocVersion.current), and this is topoc \(sender.version)",
                            notes: ["end the process \(getpid()), and all of the lab ends"])))
                continue
            }
            guard let envelope = try? JSONDecoder().decode(Envelope.self, from: message.line) else { break }
            switch envelope.request {
            case .typed(let bytes): terminal?.type(Array(bytes))
            case .console(let vm):
                do throws(LabError) {
                    let opened = try await running().machine(vm).openConsole()
                    terminal = opened
                    connection.send(Event.opened)
                    work = Task {
                        for await bytes in opened.output { connection.send(Event.output(Data(bytes))) }
                        connection.send(Event.done)
                    }
                } catch {
                    connection.send(Event.failed(error))
                }
            case .up(let order) where isFirst:
                work = Task {
                    await self.rise(order, connection)
                }
            case let request:
                work = Task { await self.perform(request, message.file, connection) }
            }
        }
        work?.cancel()
        terminal?.close()
        // Whoever asked for the lab has gone before it was there, or wanted it no longer than that.
        if isFirst, !isUp || (lab?.order.isBound ?? true) { exit(0) }
    }

    private func rise(_ order: LabOrder, _ connection: ControlConnection) async {
        do throws(LabError) {
            let source = SourceText(name: order.file, bytes: Array(order.source))
            let result = Linter.lint(TopologyFile(reading: source), target: .lab, allowing: Set(order.allowed))
            guard let wiring = result.wiring else {
                throw LabError(
                    LabRules.topology, "`\(order.file)` cannot be wired",
                    notes: ["`topoc lint --target lab` says what is wrong with it"])
            }
            let lab = try Lab(name, order, wiring)
            self.lab = lab
            try await lab.rise { connection.send(Event.progress($0)) }
            isUp = true
            connection.send(Event.done)
        } catch {
            connection.send(Event.failed(error))
            await connection.drain()
            exit(1)
        }
    }

    private func running() throws(LabError) -> Lab {
        guard isUp, let lab else {
            throw LabError(
                LabRules.notUp, "the lab `\(name)` is not up yet", notes: ["`topoc lab up` says when it is"])
        }
        return lab
    }

    private func perform(_ request: Request, _ file: Descriptor?, _ connection: ControlConnection) async {
        do throws(LabError) {
            if case .down = request {
                // Whoever comes from now on finds no lab.
                shutdown(listener.number, Int32(SHUT_RDWR))
                await lab?.fall()
                // The next lab may have the name before this process has ended.
                listener.giveUp()
                connection.send(Event.done)
                await connection.drain()
                exit(0)
            }
            connection.send(try await running().perform(request, file) { connection.send($0) })
        } catch {
            connection.send(Event.failed(error))
        }
    }
}
