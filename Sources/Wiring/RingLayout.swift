// SPDX-License-Identifier: BSD-2-Clause

/// How libvirtqueue and libsel4camkes lay one virtqueue out in its shared memory, and what fits in it.
///
/// The available ring comes first (4 bytes and 2 a descriptor), then the used ring (4 bytes and 8 a descriptor), then
/// the descriptor table (16 bytes a descriptor). What is left is cut into blocks of 128 bytes; a frame takes as many
/// blocks as it needs and a descriptor for each. Sources: `virtqueue.h`, `virtqueue_common.c`, `virtqueue.c`.
public struct RingLayout: Sendable, Hashable {
    /// Bytes of a block: `BLOCK_SIZE`.
    public static let blockSize = 128
    /// Bytes of the largest frame that a guest with the device's MTU of 1500 sends: 14 of header, 1500 of payload.
    public static let frameSize = 1514
    /// Blocks that such a frame takes.
    public static let blocksPerFrame = (frameSize + blockSize - 1) / blockSize
    /// Descriptors that a ring may have: an index of 16 bits must be able to say "one past the last", and a ring of
    /// one is full when it is empty.
    public static let queueLengths = 2...32768
    /// Bytes of shared memory that a C `int` can count.
    public static let sharedMemories = 1...Int(Int32.max)

    public let queueLength: Int
    public let sharedMemory: Int

    /// `nil` for a length or a size that is out of range; the rules say so where it was written.
    public init?(queueLength: Int, sharedMemory: Int) {
        guard Self.queueLengths.contains(queueLength), Self.sharedMemories.contains(sharedMemory) else { return nil }
        self.queueLength = queueLength
        self.sharedMemory = sharedMemory
    }

    /// Bytes of the two rings and the descriptor table: 6664 at 256 descriptors.
    public var ringBytes: Int { 4 + 2 * queueLength + 4 + 8 * queueLength + 16 * queueLength }
    /// Whole blocks behind the rings.
    public var blocks: Int { max(0, sharedMemory - ringBytes) / Self.blockSize }
    /// Blocks that can be in flight: each needs a descriptor.
    public var usableBlocks: Int { min(blocks, queueLength) }
    /// Full frames that can be in flight in one direction.
    public var framesInFlight: Int { usableBlocks / Self.blocksPerFrame }
    /// Bytes of the largest frame that ever passes.
    public var largestFrame: Int { usableBlocks * Self.blockSize }

    /// The least shared memory, in whole pages, behind which this many full frames can be in flight.
    public static func sharedMemory(queueLength: Int, frames: Int) -> Int {
        let bytes = 8 + 26 * queueLength + frames * blocksPerFrame * blockSize
        return (bytes + Target.pageSize - 1) / Target.pageSize * Target.pageSize
    }
}
