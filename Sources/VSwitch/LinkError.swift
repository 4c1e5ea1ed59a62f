// SPDX-License-Identifier: BSD-2-Clause

import CVirtqueue

/// How a peer broke the protocol of a virtqueue. The first fault of a queue stays.
public enum Fault: UInt32, Sendable {
    /// An index further ahead than the ring is long.
    case index = 1
    /// A descriptor number beyond the table.
    case descriptor
    /// A buffer id that is not outstanding.
    case id
    /// A buffer that does not lie whole in the memory of the queue.
    case address
    /// A length of nothing, or more bytes than there can be.
    case length
    /// A chain longer than the queue: a cycle.
    case chain
    /// Flags that contradict each other, or that a link does not have.
    case flags

    @usableFromInline
    init(_ fault: topoc_vq_fault) {
        guard let known = Fault(rawValue: fault.rawValue) else {
            preconditionFailure("the core reports fault \(fault.rawValue), which VSwitch has no name for")
        }
        self = known
    }
}

/// Why a call on a link's end did not do what was asked. Nothing was changed, but for `broken`.
public enum LinkError: Error, Hashable, Sendable {
    /// The peer broke the protocol. The queue takes no further part; other queues are unharmed.
    case broken(Fault)
    /// The frame has no bytes, or more than this link can ever hold in one piece.
    case refused(byteCount: Int)
    /// The next frame lies in several pieces: take it with ``DeviceSide/receive(into:)``.
    case scattered
    /// The queue length is no power of two from 4 to 32768, or the memory does not hold its rings and one buffer.
    case geometry(queueLength: Int, byteCount: Int)
    /// The memory's size is not a positive multiple of a page, or is 4 GiB or more.
    case size(byteCount: Int)
    /// The file behind the memory can still be shortened, which would kill this process with SIGBUS: seal it
    /// (`F_SEAL_SHRINK`) where it is made.
    case unsealed
    /// A call of the operating system failed.
    case system(call: String, errno: Int32)
}
