// SPDX-License-Identifier: BSD-2-Clause

import CVirtqueue
import CVirtqueueHarness
import Testing

/// The device side of a guest's queue of four, whose descriptors point into two regions that follow each other in the
/// guest's addresses, but not here.
final class GuestQueue {
    static let regionSize = 4096
    static let start: UInt64 = 0x10000

    let layout: Layout
    let rings: UnsafeMutableRawPointer
    let first: UnsafeMutableRawPointer
    let second: UnsafeMutableRawPointer
    let forge: Forge
    private let device: UnsafeMutableRawPointer
    private let regions: UnsafeMutablePointer<topoc_vq_region>
    private let calls: harness_layout

    init?(_ layout: Layout, indirect: Bool = true, inOrder: Bool = false, longest: UInt32 = 6000) {
        self.layout = layout
        calls = layout.calls
        func room() -> UnsafeMutableRawPointer {
            let bytes = UnsafeMutableRawPointer.allocate(byteCount: Self.regionSize, alignment: 4096)
            bytes.initializeMemory(as: UInt8.self, repeating: 0, count: Self.regionSize)
            return bytes
        }
        rings = room()
        first = room()
        second = room()
        forge = Forge(layout: layout, memory: rings)
        device = .allocate(byteCount: calls.device_size, alignment: 16)
        regions = .allocate(capacity: 2)
        for (index, memory) in [first, second].enumerated() {
            regions[index] = topoc_vq_region(
                base: memory.assumingMemoryBound(to: UInt8.self),
                address: Self.start + UInt64(index * Self.regionSize), size: UInt64(Self.regionSize))
        }
        var memory = topoc_vq_memory(regions: regions, count: 2)
        let features = topoc_vq_features(event_index: true, in_order: inOrder, indirect: indirect)
        guard calls.guest_init(device, rings.assumingMemoryBound(to: UInt8.self), 4, features, &memory, longest, 0)
        else { return nil }
    }

    deinit {
        rings.deallocate()
        first.deallocate()
        second.deallocate()
        device.deallocate()
        regions.deallocate()
    }

    /// Writes an indirect table into the first region.
    func table(_ descriptors: [Forge.Descriptor], at offset: Int) {
        let table = Forge(layout: layout, memory: first)
        for (index, descriptor) in descriptors.enumerated() {
            table.write(descriptor, index: index, table: offset, indirect: true)
        }
    }

    /// The next chain's segments by their place in the regions, and their lengths.
    func chain() -> (status: topoc_vq_status, segments: [String], readable: Int) {
        var segments = [topoc_vq_segment](repeating: topoc_vq_segment(), count: 4)
        var chain = topoc_vq_chain()
        let status = calls.chain(device, &segments, 4, &chain)
        let names = segments.prefix(Int(chain.readable + chain.writable)).map { segment in
            guard let base = segment.base.map(UnsafeMutableRawPointer.init) else { return "nowhere" }
            let inSecond = base >= second && base < second + Self.regionSize
            return "\(inSecond ? 2 : 1):\(base - (inSecond ? second : first))+\(segment.length)"
        }
        return (status, status == TOPOC_VQ_READY ? names : [], Int(chain.readable))
    }

    func scatter(_ parts: [[UInt8]]) -> (status: topoc_vq_status, written: UInt32) {
        let bytes = parts.flatMap { $0 }
        var written: UInt32 = 99
        let status = bytes.withUnsafeBufferPointer { buffer in
            var at = 0
            let frames = parts.map { part in
                defer { at += part.count }
                return topoc_vq_frame(base: buffer.baseAddress.map { $0 + at }, length: UInt32(part.count))
            }
            return calls.scatter(device, frames, UInt32(frames.count), &written)
        }
        return (status, written)
    }

    func commitOnly() { calls.commit(device) }

    func commit() {
        calls.commit(device)
        calls.device_flush(device)
    }

    var fault: topoc_vq_fault { calls.device_fault(device) }
}

@Suite("The device side of a guest's queue")
struct GuestTests {
    static let virtio = Layout.all.filter { $0.name != "libvirtqueue" }
    static let base = GuestQueue.start

    @Test(
        "Chains are taken once, in order, with what they hold, and come back with what was written",
        arguments: Layout.all, [4, 16, 64] as [UInt16])
    func exchange(layout: Layout, length: UInt16) {
        for bits in 0..<8 where bits & 4 == 0 || layout.name != "libvirtqueue" {
            let features = topoc_vq_features(
                event_index: bits & 1 != 0, in_order: bits & 2 != 0, indirect: bits & 4 != 0)
            for position in [0, 32767, 65530] as [UInt16] {
                var setup = harness_guest_setup(
                    features: features, length: length, position: position, chains: 2000, seed: UInt64(bits))
                let fault = layout.calls.guest(&setup)
                #expect(fault == nil, "\(features), from \(position): \(fault.map { String(cString: $0) } ?? "")")
            }
        }
    }

    @Test("Segments lie where the guest's addresses say, up to the last byte of a region", arguments: virtio)
    func segments(layout: Layout) throws {
        let queue = try #require(GuestQueue(layout))
        queue.forge.offer([
            .init(address: Self.base, length: 4096, flags: TOPOC_VQ_NEXT),
            .init(address: Self.base + 4096 + 100, length: 10, flags: TOPOC_VQ_NEXT),
            .init(address: Self.base + 8191, length: 1, flags: TOPOC_VQ_WRITE),
        ])
        let (status, segments, readable) = queue.chain()
        #expect(status == TOPOC_VQ_READY)
        #expect(segments == ["1:0+4096", "2:100+10", "2:4095+1"])
        #expect(readable == 2)
    }

    @Test("A buffer over the end of one region into the next is a fault", arguments: Layout.all)
    func straddle(layout: Layout) throws {
        let queue = try #require(GuestQueue(layout))
        queue.forge.offer([.init(address: Self.base + 4095, length: 2)])
        #expect(queue.chain().status == TOPOC_VQ_BROKEN)
        #expect(queue.fault == TOPOC_VQ_FAULT_ADDRESS)
    }

    @Test("An indirect table stands for its parts, alone or, in the split layout, behind others", arguments: virtio)
    func indirect(layout: Layout) throws {
        for behind in layout.name == "split" ? [false, true] : [false] {
            let queue = try #require(GuestQueue(layout))
            queue.table(
                [
                    .init(address: Self.base + 1000, length: 1, flags: TOPOC_VQ_NEXT),
                    .init(address: Self.base + 5000, length: 2, flags: TOPOC_VQ_WRITE),
                ], at: 64)
            var chain = [Forge.Descriptor(address: Self.base + 64, length: 32, flags: TOPOC_VQ_INDIRECT)]
            if behind { chain.insert(.init(address: Self.base, length: 7, flags: TOPOC_VQ_NEXT), at: 0) }
            queue.forge.offer(chain)
            let (status, segments, readable) = queue.chain()
            #expect(status == TOPOC_VQ_READY)
            #expect(segments == (behind ? ["1:0+7"] : []) + ["1:1000+1", "2:904+2"])
            #expect(readable == (behind ? 2 : 1))
        }
    }

    static let indirectFaults: [Fault] = [
        Fault(name: "a table in a table", expected: TOPOC_VQ_FAULT_FLAGS) { forge, first in
            forge.offer([.init(address: first, length: 16, flags: TOPOC_VQ_INDIRECT)])
        },
        Fault(name: "a table that goes on", expected: TOPOC_VQ_FAULT_FLAGS) { forge, first in
            let link = Forge.Descriptor(address: first + 64, length: 16, flags: TOPOC_VQ_INDIRECT | TOPOC_VQ_NEXT)
            forge.offer([link, .init(address: first + 128)])
        },
        Fault(name: "a table behind a descriptor", expected: TOPOC_VQ_FAULT_FLAGS, layouts: ["packed"]) {
            forge, first in
            let link = Forge.Descriptor(address: first + 128, flags: TOPOC_VQ_NEXT)
            forge.offer([link, .init(address: first + 64, length: 16, flags: TOPOC_VQ_INDIRECT)])
        },
        Fault(name: "a table without an entry", expected: TOPOC_VQ_FAULT_LENGTH) { forge, first in
            forge.offer([.init(address: first + 64, length: 0, flags: TOPOC_VQ_INDIRECT)])
        },
        Fault(name: "a table with a part of an entry", expected: TOPOC_VQ_FAULT_LENGTH) { forge, first in
            forge.offer([.init(address: first + 64, length: 24, flags: TOPOC_VQ_INDIRECT)])
        },
        Fault(name: "a table longer than the queue", expected: TOPOC_VQ_FAULT_LENGTH) { forge, first in
            forge.offer([.init(address: first + 64, length: 80, flags: TOPOC_VQ_INDIRECT)])
        },
        Fault(name: "a table over the end of a region", expected: TOPOC_VQ_FAULT_ADDRESS) { forge, first in
            forge.offer([.init(address: first + 4096 - 16, length: 32, flags: TOPOC_VQ_INDIRECT)])
        },
        Fault(name: "a table nowhere", expected: TOPOC_VQ_FAULT_ADDRESS) { forge, first in
            forge.offer([.init(address: 0, length: 16, flags: TOPOC_VQ_INDIRECT)])
        },
        Fault(name: "a table that is not aligned", expected: TOPOC_VQ_FAULT_ADDRESS) { forge, first in
            forge.offer([.init(address: first + 65, length: 16, flags: TOPOC_VQ_INDIRECT)])
        },
        Fault(name: "a link out of the table", expected: TOPOC_VQ_FAULT_DESCRIPTOR, layouts: ["split"]) {
            forge, first in forge.offer([.init(address: first + 256, length: 16, flags: TOPOC_VQ_INDIRECT)])
        },
        Fault(name: "a table that follows itself", expected: TOPOC_VQ_FAULT_CHAIN, layouts: ["split"]) {
            forge, first in forge.offer([.init(address: first + 272, length: 16, flags: TOPOC_VQ_INDIRECT)])
        },
        Fault(name: "a part to be read behind one to be written", expected: TOPOC_VQ_FAULT_FLAGS) { forge, first in
            forge.offer([
                .init(address: first, flags: TOPOC_VQ_WRITE | TOPOC_VQ_NEXT), .init(address: first),
            ])
        },
        Fault(name: "a chain of more bytes than the bound", expected: TOPOC_VQ_FAULT_LENGTH) { forge, first in
            forge.offer([
                .init(address: first, length: 4096, flags: TOPOC_VQ_NEXT),
                .init(address: first + 4096, length: 1905, flags: TOPOC_VQ_WRITE),
            ])
        },
    ]

    @Test("A guest's fault breaks its queue", arguments: virtio, indirectFaults)
    func faults(layout: Layout, fault: Fault) throws {
        guard fault.layouts.contains(layout.name) else { return }
        let queue = try #require(GuestQueue(layout))
        queue.table([.init(address: Self.base + 64, length: 16, flags: TOPOC_VQ_INDIRECT)], at: 0)
        queue.table([.init(address: Self.base + 2048, length: 16)], at: 64)
        queue.table([.init(address: Self.base + 2048, flags: TOPOC_VQ_NEXT, next: 1)], at: 256)
        queue.table([.init(address: Self.base + 2048, flags: TOPOC_VQ_NEXT, next: 0)], at: 272)
        fault.make(queue.forge, Self.base)
        #expect(queue.chain().status == TOPOC_VQ_BROKEN)
        #expect(queue.fault == fault.expected)
    }

    @Test("Tables that were not negotiated are a fault", arguments: virtio)
    func notNegotiated(layout: Layout) throws {
        let queue = try #require(GuestQueue(layout, indirect: false))
        queue.table([.init(address: Self.base + 2048, length: 16)], at: 64)
        queue.forge.offer([.init(address: Self.base + 64, length: 16, flags: TOPOC_VQ_INDIRECT)])
        #expect(queue.chain().status == TOPOC_VQ_BROKEN)
        #expect(queue.fault == TOPOC_VQ_FAULT_FLAGS)
    }

    @Test("Scatter fills a chain, and the guest is told how many bytes", arguments: virtio, [false, true])
    func scatter(layout: Layout, inOrder: Bool) throws {
        let queue = try #require(GuestQueue(layout, inOrder: inOrder))
        queue.forge.offer([
            .init(address: Self.base, length: 3, flags: TOPOC_VQ_WRITE | TOPOC_VQ_NEXT),
            .init(address: Self.base + 4096, length: 100, flags: TOPOC_VQ_WRITE),
        ])
        let header = [1, 2] as [UInt8]
        let frame = [3, 4, 5, 6] as [UInt8]
        let (status, written) = queue.scatter([header, frame])
        #expect(status == TOPOC_VQ_READY)
        #expect(written == 6)
        #expect(queue.forge.usedIndex == 0)
        queue.commit()
        #expect(queue.forge.usedIndex == 1)
        #expect(queue.forge.usedEntries(1) == [[layout.name == "packed" ? 1 : 0, 6]])
        #expect(queue.first.load(as: UInt32.self) == 0x0003_0201)
        #expect(queue.second.load(as: UInt32.self) == 0x0006_0504)
    }

    @Test("A chain to be written that holds nothing says so itself, in a batch too", arguments: virtio)
    func unwritten(layout: Layout) throws {
        let queue = try #require(GuestQueue(layout, inOrder: true))
        queue.forge.offer([.init(address: Self.base, length: 3, flags: TOPOC_VQ_WRITE)])
        queue.forge.write(.init(address: Self.base), index: 1, table: 0, indirect: false)
        if layout.name == "split" {
            queue.forge.offer(head: 0, index: 2)
            queue.rings.storeBytes(of: 1, toByteOffset: 64 + 6, as: UInt16.self)
        }
        for _ in 0..<2 {
            #expect(queue.chain().status == TOPOC_VQ_READY)
            queue.commitOnly()
        }
        queue.commit()
        // Without entries of their own, the first would count as written completely.
        #expect(queue.forge.usedEntries(2) == [[0, 0], [1, 0]])
    }

    @Test("A chain that is too short for a frame stays, untaken", arguments: virtio)
    func scatterTooMuch(layout: Layout) throws {
        let queue = try #require(GuestQueue(layout))
        queue.forge.offer([.init(address: Self.base, length: 3, flags: TOPOC_VQ_WRITE)])
        #expect(queue.scatter([[1, 2, 3, 4]]).status == TOPOC_VQ_REFUSED)
        #expect(queue.scatter([[5, 6, 7]]).status == TOPOC_VQ_READY)
        queue.commit()
        #expect(queue.forge.usedEntries(1) == [[0, 3]])
        #expect(queue.scatter([[1]]).status == TOPOC_VQ_EMPTY)
    }

    @Test("Scatter finds a chain that is not to be written", arguments: virtio)
    func scatterReadable(layout: Layout) throws {
        let queue = try #require(GuestQueue(layout))
        queue.forge.offer([.init(address: Self.base, length: 3)])
        #expect(queue.scatter([[1]]).status == TOPOC_VQ_BROKEN)
        #expect(queue.fault == TOPOC_VQ_FAULT_FLAGS)
    }
}
