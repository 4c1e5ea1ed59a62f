// SPDX-License-Identifier: BSD-2-Clause

import CAmkES
import CLab
import CLabHost
import Processes
import Synchronization
import Wiring

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A guest that is this host's kernel, in namespaces of its own: for network, processes, mounts and host name. All that
/// runs in it ends with the first process in it, and that with the lab.
final class NamespaceMachine: Machine {
    static var attachmentKind: lab_guest_kind { LAB_GUEST_TAP }

    let attachments: [Descriptor]

    private let vm: VMWiring
    private let wiring: Wiring
    private let life: Mutex<Life>

    private struct Life {
        /// The first process: what orphans it has, it takes the end of.
        var first: ChildProcess
        /// Keeps the TAPs when that has ended.
        var network: Descriptor
        var ending: Ending?
    }

    /// virtio_net_hdr with num_buffers, of which the device takes what it needs.
    private static let header: Int32 = 12

    /// Makes the namespaces, with a TAP for each interface.
    init(_ vm: VMWiring, in wiring: Wiring) async throws(LabError) {
        self.vm = vm
        self.wiring = wiring
        let begun = try await Self.begin(vm, in: wiring)
        var taps: [Descriptor] = []
        for number in vm.interfaces.indices {
            let tap = topoc_lab_open_tap(begun.network.number, "eth\(number)", Self.header)
            guard tap != -1 else { throw Self.noTap(vm, ErrorNumber()) }
            taps.append(Descriptor(tap))
        }
        attachments = taps
        life = Mutex(begun)
        watch(begun.first)
    }

    private func watch(_ first: ChildProcess) {
        Task { [weak self] in
            let ending = await first.ending
            self?.life.withLock { life in
                if life.first === first { life.ending = ending }
            }
        }
    }

    /// Starts the first process of new namespaces.
    private static func begin(_ vm: VMWiring, in wiring: Wiring) async throws(LabError) -> Life {
        // /run and what is said of names are its own; the other files are the host's. It speaks when it is ready, and
        // ends when its input does.
        let script = """
            mount --make-rprivate / && mount -t tmpfs tmpfs /run && printf %s "$TOPOC_HOSTS" > /run/hosts || exit
            mount -t proc proc /proc
            mount -t sysfs sys /sys
            mount --bind /run/hosts /etc/hosts
            hostname "$TOPOC_HOSTNAME"
            echo ready
            cat > /dev/null
            """
        let command = Command(
            "sh", ["-c", script],
            environment: [
                "TOPOC_HOSTS": GuestNetwork.hosts(of: vm, in: wiring), "TOPOC_HOSTNAME": vm.hostname,
            ])
        let first: ChildProcess
        do throws(ProcessError) {
            first = try ChildProcess(command, bound: nil, takesInput: true, namespaces: .own)
        } catch {
            throw LabError(LabRules.namespaces, "no namespaces for \(vm.instance): \(error)", notes: Self.wayOut)
        }
        var isReady = false
        for await _ in first.output {
            isReady = true
            break
        }
        guard isReady else {
            let said = String(decoding: await first.errors.joined(), as: UTF8.self)
            throw LabError(
                LabRules.namespaces, "no namespaces for \(vm.instance): \(said.split(separator: "\n").last ?? "")",
                notes: Self.wayOut)
        }
        let network = topoc_lab_network(first.id)
        guard network != -1 else {
            throw LabError(
                LabRules.namespaces, "no network for \(vm.instance): \(ErrorNumber())", notes: Self.wayOut)
        }
        return Life(first: first, network: Descriptor(network))
    }

    /// The TAPs go to new namespaces, so the device stays; all else of the old ones ends.
    func reboot() async throws(LabError) {
        let begun = try await Self.begin(vm, in: wiring)
        let old = life.withLock { $0 }
        old.first.stop()
        _ = await old.first.ending
        for number in vm.interfaces.indices {
            guard topoc_lab_move_tap(old.network.number, "eth\(number)", begun.first.id) == 0 else {
                let error = ErrorNumber()
                begun.first.stop()
                throw LabError(
                    LabRules.guest, "eth\(number) of \(vm.instance) cannot be taken over: \(error)",
                    notes: ["take the lab down, and up again"])
            }
        }
        life.withLock { $0 = begun }
        watch(begun.first)
        try await boot()
    }

    /// The first process, which runs.
    private func first() throws(LabError) -> ChildProcess {
        let (first, ending) = life.withLock { ($0.first, $0.ending) }
        if let ending { throw LabError(gone: vm, "its first process \(ending)") }
        return first
    }

    static let wayOut = [
        "`topoc lab up --guests qemu` needs none",
        "`unshare --user --net true` says whether this user may have them",
    ]

    private static func noTap(_ vm: VMWiring, _ error: ErrorNumber) -> LabError {
        let notes: [String] =
            switch error.code {
            case ENOENT, ENODEV: ["`modprobe tun` as root, or give the container the device /dev/net/tun"]
            case EACCES: ["this user must be able to read and write /dev/net/tun"]
            default: ["`topoc lab up --guests qemu` needs no TAP"]
            }
        return LabError(LabRules.tap, "no TAP for \(vm.instance): /dev/net/tun: \(error)", notes: notes)
    }

    func boot() async throws(LabError) {
        var lines = ["link set lo up"]
        for (number, interface) in vm.interfaces.enumerated() {
            let name = "eth\(number)"
            lines.append("link set \(name) address \(interface.mac)")
            lines.append("addr add \(interface.ip) dev \(name)")
            // No time is lost with asking whether another has the address: the topology says.
            if let ipv6 = interface.ipv6 { lines.append("addr add \(ipv6) dev \(name) nodad") }
            lines.append("link set \(name) up")
        }
        let first = try first()
        let input = Array(lines.map { "\($0)\n" }.joined().utf8)
        do throws(ProcessError) {
            let child = try ChildProcess(
                Command("ip", ["-batch", "-"]), bound: .seconds(20), takesInput: true, namespaces: .of(first))
            child.write(input)
            child.closeInput()
            let said = String(decoding: await child.errors.joined(), as: UTF8.self)
            guard await child.ending == .exited(0) else {
                throw ProcessError(message: "ip: \(said)")
            }
        } catch {
            throw LabError(
                LabRules.guest, "the network of \(vm.instance) cannot be set up: \(error.message)",
                notes: ["apt-get install iproute2"])
        }
    }

    func run(
        _ words: [String], within bound: Duration, each: @escaping @Sendable ([UInt8]) -> Void
    ) async throws(LabError) -> Int32 {
        guard let program = words.first else { return 0 }
        let first = try first()
        let child: ChildProcess
        do throws(ProcessError) {
            child = try ChildProcess(
                Command(program, Array(words.dropFirst())), bound: bound, namespaces: .of(first))
        } catch {
            throw LabError(LabRules.guest, "\(vm.instance): \(error.message)")
        }
        return await withTaskCancellationHandler {
            await withTaskGroup { group in
                for said in [child.output, child.errors] {
                    group.addTask { for await bytes in said { each(bytes) } }
                }
            }
            return await child.ending.status
        } onCancel: {
            child.stop()
        }
    }

    func openConsole() throws(LabError) -> Terminal {
        let first = try first()
        do throws(ProcessError) {
            // `script` gives the shell a terminal.
            let child = try ChildProcess(
                Command("script", ["-qefc", "exec \"${SHELL:-/bin/sh}\"", "/dev/null"]), bound: nil, takesInput: true,
                namespaces: .of(first))
            return Terminal(output: child.output, type: { child.write($0) }, close: { child.stop() })
        } catch {
            throw LabError(LabRules.guest, "\(vm.instance): \(error.message)")
        }
    }

    var state: String {
        get async { life.withLock { life in life.ending.map { "its first process \($0)" } ?? "running" } }
    }

    func stop() async {
        let first = life.withLock { $0.first }
        first.stop()
        _ = await first.ending
    }
}

extension Ending {
    /// As a shell says it: 128 and the signal; 137 where its time was up.
    var status: Int32 {
        switch self {
        case .exited(let status): status
        case .signalled(let signal): 128 + signal
        case .outOfTime, .stopped: 128 + SIGKILL
        }
    }
}
