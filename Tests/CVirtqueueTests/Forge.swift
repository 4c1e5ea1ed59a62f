// SPDX-License-Identifier: BSD-2-Clause

import CVirtqueue
import CVirtqueueHarness

/// What a peer writes into the shared memory of a queue of four, where the layout has it.
struct Forge {
    let layout: Layout
    let memory: UnsafeMutableRawPointer

    /// A descriptor: flags are virtio's, and `next` is nil where the descriptor behind it follows.
    struct Descriptor {
        var address: UInt64
        var length: UInt32 = 64
        var flags: UInt32 = 0
        var next: UInt16?
    }

    private var isPacked: Bool { layout.name == "packed" }
    private var isSplit: Bool { layout.name == "split" }

    private func put<T: FixedWidthInteger>(_ value: T, _ offset: Int) {
        memory.storeBytes(of: value.littleEndian, toByteOffset: offset, as: T.self)
    }

    // Where the parts of a queue of four are.
    private var descriptors: Int { layout.name == "libvirtqueue" ? 48 : 0 }
    private var available: Int { isSplit ? 64 : 0 }
    private var used: Int { isSplit ? 128 : 12 }

    /// Writes a descriptor into a table at `table`, the queue's own or an indirect one.
    func write(_ descriptor: Descriptor, index: Int, table: Int, indirect: Bool) {
        let at = table + 16 * index
        put(descriptor.address, at)
        put(descriptor.length, at + 8)
        let hasNext = descriptor.flags & TOPOC_VQ_NEXT != 0
        let next = descriptor.next ?? UInt16(index + 1)
        switch layout.name {
        case "packed":
            put(UInt16(index), at + 12)
            put(UInt16(descriptor.flags | (indirect ? 0 : TOPOC_PACKED_AVAILABLE)), at + 14)
        case "split":
            put(UInt16(descriptor.flags), at + 12)
            put(hasNext ? next : 0, at + 14)
        default:
            put(UInt16(2), at + 12)
            put(hasNext ? next : 4, at + 14)
        }
    }

    /// Makes a chain available in a new queue.
    func offer(_ chain: [Descriptor]) {
        for (index, descriptor) in chain.enumerated() {
            write(descriptor, index: index, table: descriptors, indirect: false)
        }
        if !isPacked { offer(head: 0) }
    }

    /// Makes chains available by their heads, as many as the index says.
    func offer(head: UInt16, index: UInt16 = 1) {
        put(head, available + 4)
        put(index, available + 2)
    }

    /// Gives back a buffer of a new queue.
    func giveBack(id: UInt32, length: UInt32 = 0, index: UInt16 = 1) {
        if isPacked {
            put(length, 8)
            put(UInt16(truncatingIfNeeded: id), 12)
            put(UInt16(TOPOC_PACKED_USED | TOPOC_PACKED_AVAILABLE | (length > 0 ? TOPOC_VQ_WRITE : 0)), 14)
        } else {
            put(id, used + 4)
            put(length, used + 8)
            put(index, used + 2)
        }
    }

    /// The used entries that the device has written into a new queue: id and length, in order.
    func usedEntries(_ count: Int) -> [[UInt32]] {
        (0..<count).map { index in
            if isPacked {
                let at = 16 * index
                return [
                    UInt32(memory.load(fromByteOffset: at + 12, as: UInt16.self)),
                    memory.load(fromByteOffset: at + 8, as: UInt32.self),
                ]
            }
            let at = used + 4 + 8 * index
            return [
                memory.load(fromByteOffset: at, as: UInt32.self), memory.load(fromByteOffset: at + 4, as: UInt32.self),
            ]
        }
    }

    /// How many entries the device has given back; of a packed queue, whether it has given back the first.
    var usedIndex: UInt16 {
        isPacked
            ? (memory.load(fromByteOffset: 14, as: UInt16.self) & 0x8080 == 0x8080 ? 1 : 0)
            : memory.load(fromByteOffset: used + 2, as: UInt16.self)
    }
}
