// SPDX-License-Identifier: BSD-2-Clause

import CVirtqueueCompat
import Testing

/// The calls of libvirtqueue, libsel4camkes and libvswitch, as their users make them and as their peers misuse them. One
/// after the other: a program has one table of channels.
@Suite(.serialized) struct CompatTests {
    // MARK: What users rely upon

    @Test func framesOfEveryLengthArrive() throws {
        let queue = try Queue(length: 64, size: 8192)
        for number in 0..<3000 {
            let frame = (0...(number * 37 % 1600)).map { UInt8(truncatingIfNeeded: $0 + number) }
            #expect(queue.send(frame))
            #expect(queue.receive() == frame)
            #expect(queue.reclaim() == (frame.count + 127) / 128)
        }
    }

    @Test func aFrameThatDoesNotFitIsNotSentAtAll() throws {
        let queue = try Queue(length: 16, size: 4096)  // 3672 bytes: 28 blocks, but 16 descriptors
        #expect(!queue.send([UInt8](repeating: 1, count: 16 * 128 + 1)))
        #expect(virtqueue_device_poll(queue.device) == 0)
        #expect(queue.send([UInt8](repeating: 2, count: 16 * 128)), "all blocks and descriptors are there again")
        #expect(!queue.send([3]))
        #expect(queue.receive()?.count == 16 * 128)
        #expect(queue.reclaim() == 16)
        let narrow = try Queue(length: 16, size: 1024)  // 600 bytes: 4 blocks
        #expect(!narrow.send([UInt8](repeating: 1, count: 600)))
        #expect(narrow.send([UInt8](repeating: 2, count: 512)))
        #expect(narrow.receive() == [UInt8](repeating: 2, count: 512))
    }

    @Test func aFullRingIsNotAnEmptyOne() throws {
        let queue = try Queue(length: 16, size: 8192)
        for number in 0..<15 { #expect(queue.send([UInt8(number)])) }
        #expect(!queue.send([99]), "a sixteenth would look like none")
        for number in 0..<15 { #expect(queue.receive() == [UInt8(number)]) }
        #expect(queue.receive() == nil)
        #expect(queue.reclaim() == 15)
        #expect(queue.send([42]))
        #expect(queue.receive() == [42])
    }

    @Test func aChainIsSeenWhenItIsComplete() throws {
        let queue = try Queue()
        let other = try Queue()
        var chain = Queue.object()
        for part in 0..<3 { #expect(queue.add(&chain, at: part * 128)) }
        // The peer alone would look: VQ_DEV_POLL of our own thread publishes.
        #expect(queue.memory.load(fromByteOffset: queue.availableIndex, as: UInt16.self) == 0)
        queue.driver.pointee.notify()
        #expect(queue.memory.load(fromByteOffset: queue.availableIndex, as: UInt16.self) == 1)
        var handle = virtqueue_ring_object_t()
        #expect(virtqueue_get_available_buf(queue.device, &handle) == 1)
        #expect(virtqueue_scattered_available_size(queue.device, &handle) == 192)
        // What has been published does not grow.
        #expect(!queue.add(&chain, at: 512))
        // The next head publishes, on whatever queue; so does notifying by another queue, and polling.
        var second = Queue.object()
        var third = Queue.object()
        #expect(queue.add(&second, at: 0))
        #expect(queue.add(&third, at: 128))
        #expect(queue.memory.load(fromByteOffset: queue.availableIndex, as: UInt16.self) == 2)
        var elsewhere = Queue.object()
        #expect(other.add(&elsewhere, at: 0))
        #expect(queue.memory.load(fromByteOffset: queue.availableIndex, as: UInt16.self) == 3)
        queue.driver.pointee.notify()
        #expect(other.memory.load(fromByteOffset: other.availableIndex, as: UInt16.self) == 1)
        var last = Queue.object()
        #expect(other.add(&last, at: 128))
        #expect(virtqueue_driver_poll(queue.driver) == 0)
        #expect(other.memory.load(fromByteOffset: other.availableIndex, as: UInt16.self) == 2)
    }

    @Test func notifyingReachesTheConnector() throws {
        let queue = try Queue()
        let before = notifications.load(ordering: .relaxed)
        queue.driver.pointee.notify()
        queue.device.pointee.notify()
        #expect(notifications.load(ordering: .relaxed) == before + 2)
    }

    @Test func buffersOfTheCallersOwnGoThrough() throws {
        // As vm_virtio_net's PingClient does: a block, written in place, sent, and freed when it comes back.
        let queue = try Queue()
        var block: UnsafeMutableRawPointer?
        #expect(camkes_virtqueue_buffer_alloc(queue.driver, &block, 129) == -1)
        #expect(camkes_virtqueue_buffer_alloc(queue.driver, &block, 98) == 0)
        let sent = try #require(block)
        sent.initializeMemory(as: UInt8.self, repeating: 7, count: 98)
        #expect(camkes_virtqueue_driver_send_buffer(queue.driver, sent, 98) == 0)
        var outside: UInt64 = 0
        #expect(camkes_virtqueue_driver_send_buffer(queue.driver, &outside, 8) == -1)
        #expect(camkes_virtqueue_driver_send_buffer(queue.driver, sent, 9000) == -1)
        #expect(queue.receive() == [UInt8](repeating: 7, count: 98))
        #expect(queue.reclaim() == 1)
    }

    @Test func aDeviceWritesIntoWhatItWasGiven() throws {
        // As the serial server's reader does: an empty frame there, a full one back.
        let queue = try Queue()
        #expect(camkes_virtqueue_driver_scatter_send_buffer(queue.driver, nil, 300) == 0)
        var handle = virtqueue_ring_object_t()
        #expect(virtqueue_get_available_buf(queue.device, &handle) == 1)
        var answer = (0..<300).map { UInt8(truncatingIfNeeded: $0) }
        #expect(camkes_virtqueue_device_scatter_copy_buffer(queue.device, &handle, &answer, 300) == 0)
        var back = virtqueue_ring_object_t()
        var written: UInt32 = 0
        #expect(virtqueue_get_used_buf(queue.driver, &back, &written) == 1)
        #expect(written == 300)
        var copy = [UInt8](repeating: 0, count: 200)
        #expect(camkes_virtqueue_driver_gather_copy_buffer(queue.driver, &back, &copy, 200) == 0)
        #expect(copy == Array(answer.prefix(200)))
        // All three blocks are free: the pool can be filled again, one block a frame.
        var frames = 0
        while queue.send([0]) { frames += 1 }
        #expect(frames == 15)
    }

    @Test func usersThatReadTheRingsThemselves() throws {
        // As picotcp-ethernet-async does: look at the entry, gather, and take it off the ring when all went well.
        let queue = try Queue()
        for number in 0..<40 {
            #expect(queue.send([UInt8(number)]))
            #expect(queue.receive() == [UInt8(number)])
            let next = (queue.driver.pointee.u_ring_last_seen + 1) & (queue.driver.pointee.queue_len - 1)
            #expect(UInt32(queue.driver.pointee.used_ring.pointee.idx) != next)
            let id = queue.memory.load(fromByteOffset: queue.used(Int(next)), as: UInt32.self)
            var handle = virtqueue_ring_object_t(cur: id, first: id)
            let block = try #require(queue.gather(&handle))
            #expect(queue.gather(&handle) == nil)
            #expect(virtqueue_driver_poll(queue.driver) == 1)
            var written: UInt32 = 99
            #expect(virtqueue_get_used_buf(queue.driver, &handle, &written) == 1)
            #expect(written == 1)
            #expect(virtqueue_driver_poll(queue.driver) == 0)
            camkes_virtqueue_buffer_free(queue.driver, block)
        }
    }

    @Test func chainsComeBackInAnyOrder() throws {
        let queue = try Queue()
        for number in 0..<4 { #expect(queue.send([UInt8](repeating: UInt8(number), count: 200))) }
        var handles = (0..<4).map { _ in virtqueue_ring_object_t() }
        for index in 0..<4 { #expect(virtqueue_get_available_buf(queue.device, &handles[index]) == 1) }
        for index in [2, 0, 3, 1] { #expect(virtqueue_add_used_buf(queue.device, &handles[index], 0) == 1) }
        #expect(queue.reclaim() == 8)
        for number in 0..<4 { #expect(queue.send([UInt8](repeating: UInt8(number), count: 200))) }
        for number in 0..<4 { #expect(queue.receive() == [UInt8](repeating: UInt8(number), count: 200)) }
    }

    // MARK: What a hostile device does to a driver

    @Test(arguments: [
        "an id beyond the table", "an id that is not outstanding", "an id in the middle of a chain", "an id twice",
        "an index beyond the ring", "an index that jumps",
    ])
    func aHostileDevice(_ attack: String) throws {
        let queue = try Queue()
        #expect(queue.send([UInt8](repeating: 1, count: 300)))
        #expect(queue.send([UInt8](repeating: 2, count: 300)))
        let head = queue.memory.load(fromByteOffset: queue.available(0), as: UInt16.self)
        let next = queue.memory.load(fromByteOffset: queue.descriptor(Int(head)) + 14, as: UInt16.self)
        var given = 0
        switch attack {
        case "an id beyond the table": queue.poke(UInt32(16), at: queue.used(0))
        case "an id that is not outstanding": queue.poke(UInt32(15), at: queue.used(0))
        case "an id in the middle of a chain": queue.poke(UInt32(next), at: queue.used(0))
        case "an id twice":
            queue.poke(UInt32(head), at: queue.used(0))
            queue.poke(UInt32(head), at: queue.used(1))
            given = 3
        case "an index beyond the ring": queue.poke(UInt32(head), at: queue.used(0))
        default:
            // Sixteen frames at once, of which two were sent.
            for slot in 0..<16 { queue.poke(UInt32(head), at: queue.used(slot)) }
            given = 3
        }
        let index: UInt16 =
            switch attack {
            case "an id twice": 2
            case "an index beyond the ring": 16
            case "an index that jumps": 15
            default: 1
            }
        queue.poke(index, at: queue.usedIndex)
        #expect(queue.reclaim() == given)
        #expect(queue.driver.pointee.topoc_broken)
        #expect(virtqueue_driver_poll(queue.driver) == 0)
        #expect(!queue.send([1]))
    }

    @Test func whatADeviceWritesIntoDescriptorsChangesNothing() throws {
        let queue = try Queue()
        #expect(queue.send([UInt8](repeating: 1, count: 300)))
        #expect(queue.receive()?.count == 300)
        for slot in 0..<16 {
            queue.poke(UInt64(1) << 40, at: queue.descriptor(slot))
            queue.poke(UInt32.max, at: queue.descriptor(slot) + 8)
            queue.poke(UInt16(0), at: queue.descriptor(slot) + 14)
        }
        #expect(queue.reclaim() == 3)
        #expect(queue.send([5]))
        #expect(queue.receive() == [5])
    }

    // MARK: What a hostile driver does to a device

    @Test(arguments: [
        "a head beyond the table", "an index beyond the ring", "a chain of itself", "a chain of two in a circle",
        "an address before the pool", "an address behind the pool", "a length past the pool", "a huge length",
        "lengths that wrap",
    ])
    func aHostileDriver(_ attack: String) throws {
        let queue = try Queue()
        #expect(queue.send([UInt8](repeating: 1, count: 200)))
        let head = Int(queue.memory.load(fromByteOffset: queue.available(0), as: UInt16.self))
        let second = Int(queue.memory.load(fromByteOffset: queue.descriptor(head) + 14, as: UInt16.self))
        let pool = UInt64(8192 - queue.pool)
        switch attack {
        case "a head beyond the table": queue.poke(UInt16(16), at: queue.available(0))
        case "an index beyond the ring": queue.poke(UInt16(16), at: queue.availableIndex)
        case "a chain of itself":
            queue.poke(UInt16(head), at: queue.descriptor(head) + 14)
            queue.poke(UInt32(0), at: queue.descriptor(head) + 8)
        case "a chain of two in a circle": queue.poke(UInt16(head), at: queue.descriptor(second) + 14)
        case "an address before the pool": queue.poke(UInt64.max - 7, at: queue.descriptor(head))
        case "an address behind the pool": queue.poke(pool, at: queue.descriptor(head))
        case "a length past the pool": queue.poke(pool - 127, at: queue.descriptor(head))
        case "a huge length": queue.poke(UInt32.max, at: queue.descriptor(head) + 8)
        default:
            queue.poke(UInt32.max - 100, at: queue.descriptor(head) + 8)
            queue.poke(UInt32(229), at: queue.descriptor(second) + 8)
        }
        var handle = virtqueue_ring_object_t()
        guard virtqueue_get_available_buf(queue.device, &handle) == 1 else {
            #expect(attack.contains("head") || attack.contains("index"))
            #expect(queue.device.pointee.topoc_broken)
            return
        }
        #expect(virtqueue_scattered_available_size(queue.device, &handle) <= UInt32(pool))
        var steps = 0
        var bytes = 0
        var buffer: UnsafeMutableRawPointer?
        var size: UInt32 = 0
        var flags = VQ_READ
        while steps < 1000, camkes_virtqueue_device_gather_buffer(queue.device, &handle, &buffer, &size, &flags) == 0 {
            let at = try #require(buffer)
            let offset = at - (queue.memory + queue.pool)
            #expect(offset >= 0 && offset + Int(size) <= Int(pool))
            steps += 1
            bytes += Int(size)
        }
        #expect(steps <= 16)
        #expect(queue.device.pointee.topoc_broken)
        #expect(virtqueue_get_available_buf(queue.device, &handle) == 0)
    }

    // MARK: Registering

    @Test func channelsAreRegisteredOnceAndWithinBounds() {
        let memory = UnsafeMutableRawPointer.allocate(byteCount: 4096, alignment: 4096)
        defer { memory.deallocate() }
        let before = camkes_virtqueue_channel_num()
        func register(
            _ id: Int32, _ name: UnsafePointer<CChar>?, length: UInt32 = 16, size: Int = 4096,
            memory: UnsafeMutableRawPointer? = memory, role: virtqueue_role_t = VIRTQUEUE_DRIVER
        ) -> Int32 {
            camkes_virtqueue_channel_register(id, name, length, size, memory, {}, 11, 12, role)
        }
        #expect(register(-1, nil) == -1)
        #expect(register(MAX_CAMKES_VIRTQUEUE_ID + 1, nil) == -1)
        #expect(register(255, nil, memory: nil) == -1)
        #expect(register(255, nil, role: VIRTQUEUE_UNASSIGNED) == -1)
        #expect(camkes_virtqueue_get_id_from_name("ether_1_send") == -1)
        #expect("ether_1_send".withCString { register(255, strdup($0)) } == 0)
        #expect(register(255, nil) == -1, "taken")
        #expect(camkes_virtqueue_channel_num() == before + 1)
        #expect(camkes_virtqueue_get_id_from_name("ether_1_send") == 255)
        #expect(camkes_virtqueue_get_id_from_name(nil) == -1)
        #expect(get_virtqueue_channel(VIRTQUEUE_DRIVER, 255) != nil)
        #expect(get_virtqueue_channel(VIRTQUEUE_DEVICE, 255) == nil)
        #expect(get_virtqueue_channel(VIRTQUEUE_DRIVER, 256) == nil)
        let driver = UnsafeMutablePointer<virtqueue_driver_t>.allocate(capacity: 1)
        defer { driver.deallocate() }
        var notification: seL4_CPtr = 0
        var badge: seL4_CPtr = 0
        #expect(camkes_virtqueue_driver_init_with_recv(driver, 255, &notification, &badge) == 0)
        #expect((notification, badge) == (11, 12))
        #expect(camkes_virtqueue_driver_init(nil, 255) == -1)
        // Sizes that upstream takes, and writes past: 4096 bytes with 256 descriptors; a length of no power of two.
        #expect(register(254, nil, length: 256) == 0)
        #expect(camkes_virtqueue_driver_init(driver, 254) == -1)
        #expect(register(253, nil, length: 24) == 0)
        #expect(camkes_virtqueue_driver_init(driver, 253) == -1)
    }

    // MARK: libvswitch

    private func address(_ octets: UInt8...) -> ether_addr {
        var address = ether_addr()
        withUnsafeMutableBytes(of: &address) { $0.copyBytes(from: octets) }
        return address
    }

    @Test func aVswitchHoldsMoreThanFourPeers() {
        let vswitch = UnsafeMutablePointer<vswitch_t>.allocate(capacity: 1)
        defer { vswitch.deallocate() }
        #expect(vswitch_init(vswitch) == 0)
        var addresses = (0..<128).map { address(2, 0, 0, 0, 0xaa, UInt8($0)) }
        let drivers = UnsafeMutablePointer<virtqueue_driver_t>.allocate(capacity: 128)
        defer { drivers.deallocate() }
        for index in addresses.indices {
            #expect(vswitch_get_destnode_index_by_macaddr(vswitch, &addresses[index]) == -1)
            #expect(vswitch_connect(vswitch, &addresses[index], drivers + index, nil) == 0)
        }
        for index in addresses.indices {
            #expect(vswitch_get_destnode_index_by_macaddr(vswitch, &addresses[index]) == Int32(index))
            let node = vswitch_get_destnode_by_macaddr(vswitch, &addresses[index])
            #expect(node?.pointee.virtqueues.send_queue == drivers + index)
        }
        var another = address(2, 0, 0, 0, 0xbb, 1)
        #expect(vswitch_connect(vswitch, &another, nil, nil) == -1, "full")
        #expect(vswitch_get_destnode_by_macaddr(vswitch, &another) == nil)
        #expect(vswitch_get_destnode_by_index(vswitch, 127) != nil)
        #expect(vswitch_get_destnode_by_index(vswitch, 128) == nil)
        #expect(vswitch_get_destnode_by_index(vswitch, .max) == nil)
    }

    @Test func aVswitchRefusesWhatNoStationHas() {
        let vswitch = UnsafeMutablePointer<vswitch_t>.allocate(capacity: 1)
        defer { vswitch.deallocate() }
        #expect(vswitch_init(vswitch) == 0)
        var peer = address(2, 0, 0, 0, 0xaa, 1)
        #expect(vswitch_connect(vswitch, &peer, nil, nil) == 0)
        #expect(vswitch_connect(vswitch, &peer, nil, nil) == -1, "twice")
        for var wrong in [
            address(0, 0, 0, 0, 0, 0), address(255, 255, 255, 255, 255, 255), address(0x33, 0x33, 0, 0, 0, 1),
        ] {
            #expect(vswitch_connect(vswitch, &wrong, nil, nil) == -1)
            #expect(vswitch_get_destnode_index_by_macaddr(vswitch, &wrong) == -1)
        }
        #expect(vswitch.pointee.n_connected == 1)
        #expect(vswitch_get_destnode_by_index(vswitch, 1) == nil)
        var group = address(0x33, 0x33, 9, 9, 9, 9)
        var everyone = address(255, 255, 255, 255, 255, 255)
        #expect(mac802_addr_eq_ipv6_mcast(&group) && !mac802_addr_eq_bcast(&group))
        #expect(mac802_addr_eq_bcast(&everyone) && !mac802_addr_eq(&everyone, &group))
    }
}
