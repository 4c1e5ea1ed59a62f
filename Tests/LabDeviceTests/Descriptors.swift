// SPDX-License-Identifier: BSD-2-Clause

import CHostMemory
import Foundation

/// A call of Linux that failed, in a test's own preparations.
struct LinuxError: Error, CustomStringConvertible {
    let call: String
    let number = errno
    var description: String { "\(call): \(String(cString: strerror(number)))" }
}

/// How long what must come is waited for, in milliseconds: on a busy host a process may stand still for long.
let patience: Int32 = 60_000

/// Looks again and again until it is so.
func eventually(_ holds: () throws -> Bool) rethrows -> Bool {
    let deadline = ContinuousClock.now + .milliseconds(Int(patience))
    while .now < deadline {
        if try holds() { return true }
        usleep(10_000)
    }
    return try holds()
}

/// A file descriptor, closed with its last reference.
final class Descriptor: Sendable {
    let number: Int32

    init(_ call: String, _ number: Int32) throws {
        guard number >= 0 else { throw LinuxError(call: call) }
        self.number = number
    }

    deinit { close(number) }

    /// Two ends of a socket of packets.
    static func packetSockets() throws -> (Descriptor, Descriptor) {
        var ends: [Int32] = [-1, -1]
        let type = Int32(SOCK_SEQPACKET.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, type, 0, &ends) == 0 else { throw LinuxError(call: "socketpair") }
        return (try Descriptor("", ends[0]), try Descriptor("", ends[1]))
    }

    /// The read end and the write end of a pipe; writing never blocks.
    static func pipe() throws -> (Descriptor, Descriptor) {
        var ends: [Int32] = [-1, -1]
        guard Foundation.pipe(&ends) == 0 else { throw LinuxError(call: "pipe") }
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        return (try Descriptor("", ends[0]), try Descriptor("", ends[1]))
    }

    /// An eventfd that never blocks.
    static func bell() throws -> Descriptor {
        let bell = try Descriptor("eventfd", topoc_host_doorbell_create())
        guard fcntl(bell.number, F_SETFL, fcntl(bell.number, F_GETFL) | O_NONBLOCK) == 0 else {
            throw LinuxError(call: "fcntl")
        }
        return bell
    }

    /// A memfd of so many bytes, which nobody can shorten.
    static func memory(_ bytes: Int) throws -> Descriptor {
        try Descriptor("memfd", topoc_host_memory_create(bytes))
    }

    /// Whether there is something to read, after at most `milliseconds`.
    func isReadable(within milliseconds: Int32) -> Bool {
        var polled = pollfd(fd: number, events: Int16(POLLIN), revents: 0)
        return poll(&polled, 1, milliseconds) == 1
    }

    var isWritable: Bool {
        var polled = pollfd(fd: number, events: Int16(POLLOUT), revents: 0)
        return poll(&polled, 1, 0) == 1
    }

    /// What is read at once; `nil` where nothing came, or the other side is closed.
    func read(within milliseconds: Int32, upTo count: Int = 70_000) -> [UInt8]? {
        guard isReadable(within: milliseconds) else { return nil }
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            filled = max(0, Foundation.read(number, buffer.baseAddress, count))
        }
        return bytes.isEmpty ? nil : bytes
    }

    func write(_ bytes: [UInt8]) -> Bool { Foundation.write(number, bytes, bytes.count) == bytes.count }
}

/// Memory of a descriptor, mapped.
final class Mapping: @unchecked Sendable {
    let base: UnsafeMutableRawPointer
    let size: Int

    init(_ descriptor: Descriptor, _ size: Int, writable: Bool = true) throws {
        let base = mmap(nil, size, writable ? PROT_READ | PROT_WRITE : PROT_READ, MAP_SHARED, descriptor.number, 0)
        guard let base, base != MAP_FAILED else { throw LinuxError(call: "mmap") }
        self.base = base
        self.size = size
    }

    deinit { munmap(base, size) }
}
