// SPDX-License-Identifier: BSD-2-Clause

import Processes

/// The emulator of this host.
public struct QEMU: Sendable, Hashable {
    /// What executes a guest's instructions.
    public enum Acceleration: String, Sendable, CaseIterable {
        /// QEMU itself: on every host.
        case tcg
        /// The processor, where the host lets it.
        case kvm
    }

    public let program: String
    public var acceleration: Acceleration

    /// The emulator in `PATH`.
    public init(acceleration: Acceleration = .tcg) throws(GuestError) {
        guard let program = Command.find("qemu-system-x86_64") else {
            throw GuestError(
                "there is no qemu-system-x86_64 on this host", notes: ["apt-get install qemu-system-x86"])
        }
        self.program = program
        self.acceleration = acceleration
    }

    /// A guest's console is QEMU's standard input and output, its second serial line the channel.
    func command(name: String, kernel: String, initrd: String, memory: Int, cards: [NetworkCard]) -> Command {
        Command(
            program,
            [
                "-name", name, "-nodefaults", "-no-user-config", "-no-reboot", "-display", "none",
                "-accel", acceleration.rawValue, "-cpu", acceleration == .kvm ? "host" : "max",
                // Memory that a backend in another process can map.
                "-object", "memory-backend-memfd,id=memory,size=\(memory)M,share=on",
                "-machine", "pc,memory-backend=memory", "-m", "\(memory)M",
                // An emulated guest of a busy host cannot tell that its timer works, and would give up.
                "-kernel", kernel, "-initrd", initrd, "-append", "console=ttyS0 quiet panic=-1 no_timer_check",
                "-chardev", "stdio,id=console,signal=off", "-serial", "chardev:console",
                "-chardev", "socket,id=agent,fd=\(ChildProcess.channelNumber)", "-serial", "chardev:agent",
            ] + cards.flatMap(\.arguments))
    }
}
