// SPDX-License-Identifier: BSD-2-Clause

import CVirtqueueCompat
import Synchronization

/// The next number under which a channel can be registered: registrations last as long as the program.
private let nextChannel = Atomic<Int>(0)

/// How often any test's queue has notified.
let notifications = Atomic<Int>(0)

/// Both ends of one virtqueue, made as a CAmkES component makes them.
final class Queue {
    let memory: UnsafeMutableRawPointer
    let driver: UnsafeMutablePointer<virtqueue_driver_t>
    let device: UnsafeMutablePointer<virtqueue_device_t>
    let length: Int
    let size: Int

    struct NotMade: Error {}

    init(length: Int = 16, size: Int = 8192) throws {
        self.length = length
        self.size = size
        memory = .allocate(byteCount: size, alignment: 4096)
        memory.initializeMemory(as: UInt8.self, repeating: 0xa5, count: size)
        driver = .allocate(capacity: 1)
        device = .allocate(capacity: 1)
        let channels = nextChannel.add(2, ordering: .relaxed).oldValue
        for (role, channel) in [(VIRTQUEUE_DRIVER, channels), (VIRTQUEUE_DEVICE, channels + 1)] {
            guard register(channel, role) == 0 else { throw NotMade() }
        }
        guard camkes_virtqueue_driver_init(driver, UInt32(channels)) == 0,
            camkes_virtqueue_device_init(device, UInt32(channels + 1)) == 0
        else { throw NotMade() }
    }

    private func register(_ channel: Int, _ role: virtqueue_role_t) -> Int32 {
        camkes_virtqueue_channel_register(
            Int32(channel), nil, UInt32(length), size, memory,
            { notifications.add(1, ordering: .relaxed) }, 0, 0, role)
    }

    deinit {
        topoc_compat_publish()
        driver.deallocate()
        device.deallocate()
        memory.deallocate()
    }

    /// A number in the shared memory, as a hostile peer writes it.
    func poke<Value: FixedWidthInteger>(_ value: Value, at offset: Int) {
        memory.storeBytes(of: value, toByteOffset: offset, as: Value.self)
    }

    // Where the parts lie (libsel4camkes' virtqueue_common.c).
    var availableIndex: Int { 2 }
    func available(_ slot: Int) -> Int { 4 + 2 * slot }
    var usedIndex: Int { 4 + 2 * length + 2 }
    func used(_ slot: Int) -> Int { 4 + 2 * length + 4 + 8 * slot }
    func descriptor(_ slot: Int) -> Int { 8 + 10 * length + 16 * slot }
    var pool: Int { 8 + 26 * length }

    /// Scatters a frame and sends it; false where there is no room.
    func send(_ frame: [UInt8]) -> Bool {
        var frame = frame
        return camkes_virtqueue_driver_scatter_send_buffer(driver, &frame, frame.count) == 0
    }

    /// The next frame, or nil where there is none or it cannot be copied.
    func receive() -> [UInt8]? {
        var handle = virtqueue_ring_object_t()
        guard virtqueue_get_available_buf(device, &handle) == 1 else { return nil }
        let size = Int(virtqueue_scattered_available_size(device, &handle))
        var frame = [UInt8](repeating: 0, count: size)
        guard camkes_virtqueue_device_gather_copy_buffer(device, &handle, &frame, size) == 0 else { return nil }
        return frame
    }

    /// Frees all that came back; how many blocks.
    @discardableResult
    func reclaim() -> Int {
        var blocks = 0
        var handle = virtqueue_ring_object_t()
        var written: UInt32 = 0
        while virtqueue_get_used_buf(driver, &handle, &written) == 1 {
            while let block = gather(&handle) {
                camkes_virtqueue_buffer_free(driver, block)
                blocks += 1
            }
        }
        return blocks
    }

    func gather(_ handle: inout virtqueue_ring_object_t) -> UnsafeMutableRawPointer? {
        var block: UnsafeMutableRawPointer?
        var size: UInt32 = 0
        var flags = VQ_READ
        guard camkes_virtqueue_driver_gather_buffer(driver, &handle, &block, &size, &flags) == 0 else { return nil }
        return block
    }

    /// Adds `bytes` of the pool at `offset` to a chain.
    func add(_ handle: inout virtqueue_ring_object_t, at offset: Int, bytes: UInt32 = 64) -> Bool {
        virtqueue_add_available_buf(driver, &handle, UnsafeMutableRawPointer(bitPattern: offset), bytes, VQ_RW) == 1
    }

    static func object() -> virtqueue_ring_object_t {
        var object = virtqueue_ring_object_t()
        virtqueue_init_ring_object(&object)
        return object
    }
}
