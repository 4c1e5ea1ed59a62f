// SPDX-License-Identifier: BSD-2-Clause

import Topology

/// How one virtqueue is laid out in its shared memory, and what fits in it.
///
/// libvirtqueue and libsel4camkes (the layout libvirtqueue) put the available ring first (4 bytes and 2 a descriptor), then the
/// used ring (4 bytes and 8 a descriptor), then the descriptor table (16 bytes a descriptor). What is left is cut into
/// blocks of 128 bytes; a frame takes as many as it needs, with a descriptor for each. Sources: `virtqueue.h`,
/// `virtqueue_common.c`, `virtqueue.c`.
///
/// The layout packed has its ring (16 bytes a descriptor) and two lines of 64 bytes for events. What is left is a
/// ring of bytes, in which a frame takes whole lines and one descriptor. Sources: `vq_packed.h`, `vq_pool.h`. topoc's
/// driver fills libvirtqueue's layout in that way, too, so what is counted here is what the tree's driver can do.
public struct RingLayout: Sendable, Hashable {
    /// Bytes of the largest frame that a guest with the device's MTU of 1500 sends: 14 of header, 1500 of payload.
    public static let frameSize = 1514
    /// Bytes of shared memory that a C `int` can count.
    public static let sharedMemories = 1...Int(Int32.max)

    /// Descriptors that a ring may have: an index of 16 bits must be able to say "one past the last". A ring of one is
    /// full when it is empty; topoc's has four at least.
    public static func queueLengths(_ dataPath: DataPath) -> ClosedRange<Int> {
        dataPath == .tree ? 2...32768 : 4...32768
    }

    /// Bytes of a block: `BLOCK_SIZE`, or a line.
    public static func blockSize(_ layout: LinkLayout) -> Int { layout == .libvirtqueue ? 128 : 64 }

    /// Blocks that a full frame takes.
    public static func blocksPerFrame(_ layout: LinkLayout) -> Int {
        (frameSize + blockSize(layout) - 1) / blockSize(layout)
    }

    public let queueLength: Int
    public let sharedMemory: Int
    public let layout: LinkLayout

    /// `nil` for a length or a size that is out of range; the rules say so where it was written.
    public init?(queueLength: Int, sharedMemory: Int, layout: LinkLayout) {
        guard Self.queueLengths(layout == .packed ? .topoc : .tree).contains(queueLength),
            Self.sharedMemories.contains(sharedMemory)
        else { return nil }
        self.queueLength = queueLength
        self.sharedMemory = sharedMemory
        self.layout = layout
    }

    /// Bytes before the blocks: at 256 descriptors 6664 of the tree's, 4224 of topoc's.
    public var ringBytes: Int { Self.ringBytes(queueLength, layout) }
    /// Whole blocks behind the rings.
    public var blocks: Int { max(0, sharedMemory - ringBytes) / Self.blockSize(layout) }
    /// Blocks that can be in flight: of the tree's each needs a descriptor.
    public var usableBlocks: Int { layout == .libvirtqueue ? min(blocks, queueLength) : blocks }
    /// Full frames that can be in flight in one direction.
    public var framesInFlight: Int { min(usableBlocks / Self.blocksPerFrame(layout), queueLength) }
    /// Bytes of the largest frame that ever passes.
    public var largestFrame: Int { usableBlocks * Self.blockSize(layout) }

    /// The least shared memory, in whole pages, behind which this many full frames can be in flight.
    public static func sharedMemory(queueLength: Int, frames: Int, _ layout: LinkLayout) -> Int {
        let bytes = ringBytes(queueLength, layout) + frames * blocksPerFrame(layout) * blockSize(layout)
        return (bytes + Target.pageSize - 1) / Target.pageSize * Target.pageSize
    }

    private static func ringBytes(_ queueLength: Int, _ layout: LinkLayout) -> Int {
        switch layout {
        case .libvirtqueue: 4 + 2 * queueLength + 4 + 8 * queueLength + 16 * queueLength
        case .packed: 16 * queueLength + 2 * 64
        }
    }
}
