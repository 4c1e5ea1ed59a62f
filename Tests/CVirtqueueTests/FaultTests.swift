// SPDX-License-Identifier: BSD-2-Clause

import CVirtqueue
import CVirtqueueHarness
import Testing

/// A peer's fault, and the layouts in which it can be made.
struct Fault: Sendable, CustomTestStringConvertible {
    let name: String
    let expected: topoc_vq_fault
    var layouts = ["packed", "split", "libvirtqueue"]
    let make: @Sendable (_ forge: Forge, _ pool: UInt64) -> Void

    var testDescription: String { name }
}

extension topoc_vq_fault: @retroactive @unchecked Sendable {}

@Suite("What a peer can do wrong to a link")
struct FaultTests {
    /// The size of the links here.
    static let size: UInt32 = 8192

    static let ofDrivers: [Fault] = [
        Fault(name: "an index one too far", expected: TOPOC_VQ_FAULT_INDEX, layouts: ["split"]) { forge, pool in
            forge.offer([.init(address: pool)])
            forge.offer(head: 0, index: 5)
        },
        Fault(name: "an index that runs backwards", expected: TOPOC_VQ_FAULT_INDEX, layouts: ["split"]) { forge, _ in
            forge.offer(head: 0, index: 65535)
        },
        Fault(name: "an index beyond the ring", expected: TOPOC_VQ_FAULT_INDEX, layouts: ["libvirtqueue"]) { forge, _ in
            forge.offer(head: 0, index: 4)
        },
        Fault(
            name: "a head beyond the table", expected: TOPOC_VQ_FAULT_DESCRIPTOR, layouts: ["split", "libvirtqueue"]
        ) { forge, _ in forge.offer(head: 4) },
        Fault(name: "a link beyond the table", expected: TOPOC_VQ_FAULT_DESCRIPTOR, layouts: ["split"]) { forge, pool in
            forge.offer([.init(address: pool, flags: TOPOC_VQ_NEXT, next: 4)])
        },
        Fault(
            name: "a descriptor that follows itself", expected: TOPOC_VQ_FAULT_CHAIN,
            layouts: ["split", "libvirtqueue"]
        ) { forge, pool in forge.offer([.init(address: pool, flags: TOPOC_VQ_NEXT, next: 0)]) },
        Fault(name: "a chain that is longer than the queue", expected: TOPOC_VQ_FAULT_CHAIN) { forge, pool in
            let link = Forge.Descriptor(address: pool, flags: TOPOC_VQ_NEXT)
            forge.offer([link, link, link, .init(address: pool, flags: TOPOC_VQ_NEXT, next: 0)])
        },
        Fault(name: "an address before the buffers", expected: TOPOC_VQ_FAULT_ADDRESS, layouts: ["packed", "split"]) {
            forge, pool in forge.offer([.init(address: pool - 1)])
        },
        Fault(name: "an address behind the memory", expected: TOPOC_VQ_FAULT_ADDRESS) { forge, _ in
            forge.offer([.init(address: 8192)])
        },
        Fault(name: "the highest address", expected: TOPOC_VQ_FAULT_ADDRESS) { forge, _ in
            forge.offer([.init(address: .max)])
        },
        Fault(name: "a buffer that ends behind the memory", expected: TOPOC_VQ_FAULT_ADDRESS) { forge, _ in
            forge.offer([.init(address: 8192 - 63)])
        },
        Fault(name: "a buffer whose end wraps to its begin", expected: TOPOC_VQ_FAULT_ADDRESS) { forge, pool in
            forge.offer([.init(address: UInt64(0) &- 32, length: UInt32(pool) + 64)])
        },
        Fault(name: "a second part behind the memory", expected: TOPOC_VQ_FAULT_ADDRESS) { forge, pool in
            forge.offer([.init(address: pool, flags: TOPOC_VQ_NEXT), .init(address: 8192)])
        },
        Fault(name: "an empty frame", expected: TOPOC_VQ_FAULT_LENGTH) { forge, pool in
            forge.offer([.init(address: pool, length: 0)])
        },
        Fault(name: "an empty part", expected: TOPOC_VQ_FAULT_LENGTH) { forge, pool in
            forge.offer([.init(address: pool, flags: TOPOC_VQ_NEXT), .init(address: pool, length: 0)])
        },
        Fault(name: "a frame of 4 GiB", expected: TOPOC_VQ_FAULT_LENGTH) { forge, pool in
            forge.offer([.init(address: pool, length: .max)])
        },
        Fault(name: "parts longer together than the memory", expected: TOPOC_VQ_FAULT_LENGTH) { forge, pool in
            forge.offer([
                .init(address: pool, length: 6000, flags: TOPOC_VQ_NEXT), .init(address: pool, length: 6000),
            ])
        },
        Fault(name: "parts whose lengths wrap", expected: TOPOC_VQ_FAULT_LENGTH) { forge, pool in
            forge.offer([.init(address: pool, flags: TOPOC_VQ_NEXT), .init(address: pool, length: .max - 63)])
        },
        Fault(name: "a frame to be written", expected: TOPOC_VQ_FAULT_FLAGS, layouts: ["packed", "split"]) {
            forge, pool in forge.offer([.init(address: pool, flags: TOPOC_VQ_WRITE)])
        },
        Fault(name: "a part to be written", expected: TOPOC_VQ_FAULT_FLAGS, layouts: ["packed", "split"]) {
            forge, pool in
            forge.offer([.init(address: pool, flags: TOPOC_VQ_NEXT), .init(address: pool, flags: TOPOC_VQ_WRITE)])
        },
        Fault(name: "an indirect table", expected: TOPOC_VQ_FAULT_FLAGS, layouts: ["packed", "split"]) { forge, pool in
            forge.offer([.init(address: pool, flags: TOPOC_VQ_INDIRECT)])
        },
    ]

    static let ofDevices: [Fault] = [
        Fault(
            name: "an index ahead of the frames", expected: TOPOC_VQ_FAULT_INDEX, layouts: ["split", "libvirtqueue"]
        ) { forge, _ in forge.giveBack(id: 0, index: 3) },
        Fault(name: "an index that runs backwards", expected: TOPOC_VQ_FAULT_INDEX, layouts: ["split"]) { forge, _ in
            forge.giveBack(id: 0, index: 65535)
        },
        Fault(name: "an index beyond the ring", expected: TOPOC_VQ_FAULT_INDEX, layouts: ["libvirtqueue"]) { forge, _ in
            forge.giveBack(id: 0, index: 4)
        },
        Fault(name: "an id beyond the table", expected: TOPOC_VQ_FAULT_ID) { forge, _ in forge.giveBack(id: 4) },
        Fault(name: "the highest id", expected: TOPOC_VQ_FAULT_ID) { forge, _ in forge.giveBack(id: .max) },
        Fault(name: "an id that is not outstanding", expected: TOPOC_VQ_FAULT_ID) { forge, _ in
            forge.giveBack(id: 2, index: 2)
        },
        Fault(name: "an id of a later frame than the index says", expected: TOPOC_VQ_FAULT_ID, layouts: ["split"]) {
            forge, _ in forge.giveBack(id: 1, index: 1)
        },
        Fault(name: "an id given back twice", expected: TOPOC_VQ_FAULT_ID, layouts: ["split", "libvirtqueue"]) {
            forge, _ in
            forge.giveBack(id: 0, index: 2)
            // Its second entry is zero, too.
        },
    ]

    static func pairs(_ faults: [Fault]) -> [(Layout, Fault)] {
        faults.flatMap { fault in
            Layout.all.filter { fault.layouts.contains($0.name) }.map { ($0, fault) }
        }
    }

    @Test("A driver's fault breaks its link for good, and nothing is written any more", arguments: pairs(ofDrivers))
    func driver(layout: Layout, fault: Fault) throws {
        let link = try #require(Link(layout, size: Self.size))
        fault.make(Forge(layout: layout, memory: link.memory), UInt64(layout.calls.buffers(4)))
        var (status, _) = link.peek()
        if status == TOPOC_VQ_CHAIN { status = link.copy().status }
        #expect(status == TOPOC_VQ_BROKEN)
        #expect(link.deviceFault == fault.expected)
        expectNothingWritten(link) {
            link.commit()
            link.flushDevice()
            link.deviceMute()
            #expect(!link.deviceMustSignal)
            #expect(link.deviceListen() == TOPOC_VQ_BROKEN)
            #expect(link.peek().status == TOPOC_VQ_BROKEN)
            #expect(link.copy().status == TOPOC_VQ_BROKEN)
            #expect(link.chain(capacity: 4).status == TOPOC_VQ_BROKEN)
        }
        #expect(link.deviceFault == fault.expected, "the first fault stays")
    }

    @Test("Copy and chain find a driver's fault where peek was not asked", arguments: pairs(ofDrivers))
    func driverByChain(layout: Layout, fault: Fault) throws {
        for call in 0..<2 {
            let link = try #require(Link(layout, size: Self.size))
            fault.make(Forge(layout: layout, memory: link.memory), UInt64(layout.calls.buffers(4)))
            let status = call == 0 ? link.copy().status : link.chain(capacity: 4).status
            // As segments, parts to be written are no fault.
            let allowed = call == 1 && fault.name.hasSuffix("to be written")
            #expect(status == (allowed ? TOPOC_VQ_READY : TOPOC_VQ_BROKEN))
            #expect(link.deviceFault == (allowed ? TOPOC_VQ_SOUND : fault.expected))
        }
    }

    @Test("Frames that are held are not given back when the driver breaks the link", arguments: Layout.all)
    func heldWhenBroken(layout: Layout) throws {
        let link = try #require(Link(layout, length: 8))
        #expect(link.send([1]) == TOPOC_VQ_READY)
        #expect(link.peek().status == TOPOC_VQ_READY)
        link.commit()
        // The second descriptor is made available by the driver, and its length is then forged.
        #expect(link.send([2]) == TOPOC_VQ_READY)
        let table = layout.name == "libvirtqueue" ? 8 + 10 * 8 : 0
        UnsafeMutableRawPointer(link.memory).storeBytes(of: UInt32(0), toByteOffset: table + 24, as: UInt32.self)
        #expect(link.peek().status == TOPOC_VQ_BROKEN)
        expectNothingWritten(link) { link.flushDevice() }
        #expect(!link.deviceMustSignal)
    }

    @Test("A device's fault breaks its link for good, and nothing is written any more", arguments: pairs(ofDevices))
    func device(layout: Layout, fault: Fault) throws {
        let link = try #require(Link(layout, size: Self.size))
        #expect(link.send([1]) == TOPOC_VQ_READY)
        #expect(link.send([2]) == TOPOC_VQ_READY)
        fault.make(Forge(layout: layout, memory: link.memory), 0)
        #expect(link.stage([3]) == TOPOC_VQ_READY)
        #expect(link.driverListen() == TOPOC_VQ_BROKEN)
        #expect(link.driverFault == fault.expected)
        expectNothingWritten(link) {
            link.flushDriver()
            link.driverMute()
            #expect(!link.driverMustSignal)
            #expect(link.driverListen() == TOPOC_VQ_BROKEN)
            #expect(link.send([4]) == TOPOC_VQ_BROKEN)
        }
        #expect(link.driverFault == fault.expected, "the first fault stays")
    }

    /// Whether the shared memory is the same after `body` as before it.
    private func expectNothingWritten(_ link: Link, _ body: () -> Void) {
        let before = link.bytes
        body()
        #expect(link.bytes == before)
    }
}
