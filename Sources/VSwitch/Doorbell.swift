// SPDX-License-Identifier: BSD-2-Clause

import CHostMemory
import Glibc

/// Wakes the end that sleeps: what a notification is on seL4, an `eventfd(2)` is here. Rings that come before anyone
/// waits are kept, as one.
public struct Doorbell: ~Copyable, Sendable {
    /// Borrowed: valid as long as this value lives. It can be given to `poll(2)`.
    public let fileDescriptor: Int32

    public init() throws(LinkError) {
        fileDescriptor = topoc_host_doorbell_create()
        guard fileDescriptor >= 0 else { throw .system(call: "eventfd", errno: errno) }
    }

    deinit { close(fileDescriptor) }

    /// Wakes who waits, or the next who will. Never blocks for long: the kernel's counter holds 2⁶⁴ - 2 rings.
    public borrowing func ring() {
        var one: UInt64 = 1
        while unsafe write(fileDescriptor, &one, MemoryLayout<UInt64>.size) < 0, errno == EINTR {}
    }

    /// Sleeps until someone has rung since the last wait.
    public borrowing func wait() {
        var rings: UInt64 = 0
        while unsafe read(fileDescriptor, &rings, MemoryLayout<UInt64>.size) < 0, errno == EINTR {}
    }
}
