// SPDX-License-Identifier: BSD-2-Clause

import CVirtqueue
import Glibc
import Testing
import VSwitch

/// Both ends of one link on one thread, for every layout.
@Suite struct LinkTests {
    @Test func packed() throws { try everything(PackedLayout.self) }
    @Test func split() throws { try everything(SplitLayout.self) }
    @Test func libvirtqueue() throws { try everything(LibvirtqueueLayout.self) }

    private func everything<Layout: WireLayout>(_ layout: Layout.Type) throws {
        try framesArriveInOrder(layout)
        try aFullLinkSaysSo(layout)
        try batchesAreSeenWhole(layout)
        try framesAreGathered(layout)
        // In libvirtqueue's layout nobody can ask for signals: every batch is followed by one.
        if layout != LibvirtqueueLayout.self { try whoSleepsIsWoken(layout) }
        try droppedBorrowsChangeNothing(layout)
        try whatCannotBeIsRefused(layout)
    }

    /// Every length from 1 byte to a full frame, contents compared.
    private func framesArriveInOrder<Layout: WireLayout>(_ layout: Layout.Type) throws {
        let link = try TestLink(layout)
        // A last frame of one of libvirtqueue's blocks may go on: see the next test.
        for length in 1...1514 where layout != LibvirtqueueLayout.self || length != 128 {
            let frame = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ length) }
            #expect(try link.send(frame))
            #expect(try link.receive() == frame, "\(layout): \(length) bytes")
        }
        #expect(try link.receive() == nil)
    }

    /// As many frames as there are descriptors; one more says full; one given back makes room.
    private func aFullLinkSaysSo<Layout: WireLayout>(_ layout: Layout.Type) throws {
        let link = try TestLink(layout, queueLength: 16)
        var sent = 0
        while try link.send([7]) { sent += 1 }
        // libvirtqueue cannot tell a full ring from an empty one, and leaves one descriptor free.
        #expect(sent == (layout == LibvirtqueueLayout.self ? 15 : 16), "\(layout)")
        #expect(try link.driverListens() == .empty)
        #expect(try link.receive() == [7])
        link.flushDevice()
        #expect(link.deviceMustSignal(), "\(layout): the driver asked for a signal")
        #expect(try link.driverListens() == .ready)
        link.muteDriver()
        #expect(try link.send([7]))
        #expect(try !link.send([7]))
    }

    /// What is staged is not there before the flush, and then all of it is.
    private func batchesAreSeenWhole<Layout: WireLayout>(_ layout: Layout.Type) throws {
        let link = try TestLink(layout)
        for number in 0..<32 as Range<UInt8> {
            #expect(try link.stage([number, number]))
            #expect(try link.receive() == nil, "\(layout)")
        }
        link.flushDriver()
        for number in 0..<32 as Range<UInt8> { #expect(try link.receive() == [number, number]) }
        #expect(try link.receive() == nil)
    }

    /// Frames are copied out as a whole, or refused and left; a frame that may go on waits for the next.
    private func framesAreGathered<Layout: WireLayout>(_ layout: Layout.Type) throws {
        let link = try TestLink(layout)
        let long: [UInt8] = .init(repeating: 1, count: 200)
        let block: [UInt8] = [UInt8](repeating: 0xff, count: 128)
        #expect(try link.gather(1514) == nil)
        #expect(try link.send(long))
        #expect(throws: LinkError.refused(byteCount: 200), "\(layout)") { try link.gather(199) }
        #expect(throws: LinkError.refused(byteCount: 200), "\(layout)") { try link.gather(0) }
        #expect(try link.gather(200) == long)
        #expect(try link.send(long))
        #expect(throws: LinkError.refused(byteCount: 200), "\(layout)") { try link.gather(100) }
        link.discard()
        #expect(try link.gather(200) == nil)
        #expect(try link.send(block))
        #expect(try link.send(long))
        #expect(try link.gather(200) == block)
        #expect(try link.gather(200) == long)
    }

    /// A signal is asked for, given once, and not given to one who is awake.
    private func whoSleepsIsWoken<Layout: WireLayout>(_ layout: Layout.Type) throws {
        let link = try TestLink(layout)
        #expect(try link.deviceListens() == .empty)
        #expect(try link.send([7]))
        #expect(link.driverMustSignal(), "\(layout): the device sleeps")
        #expect(!link.driverMustSignal(), "\(layout): it was told")
        #expect(try link.deviceListens() == .ready)
        link.muteDevice()
        #expect(try link.send([7]))
        #expect(!link.driverMustSignal(), "\(layout): the device is awake")
    }

    /// A frame that is not committed stays the next; a buffer that nothing was written to is not sent.
    private func droppedBorrowsChangeNothing<Layout: WireLayout>(_ layout: Layout.Type) throws {
        let link = try TestLink(layout)
        #expect(try link.publish(1514) { _ in })
        #expect(throws: CancellationError.self) {
            try link.publish(1514) { output in
                output.append(1)
                throw CancellationError()
            }
        }
        #expect(try link.look() == nil, "\(layout)")
        #expect(try link.send([5]))
        for _ in 0..<3 { #expect(try link.look() == [5]) }
        #expect(try link.receive() == [5])
        #expect(try link.receive() == nil)
    }

    private func whatCannotBeIsRefused<Layout: WireLayout>(_ layout: Layout.Type) throws {
        let memory = try SharedMemory(byteCount: 4096)
        for length in [-1, 0, 1, 2, 3, 100, 65536, 32768] {
            #expect(throws: LinkError.geometry(queueLength: length, byteCount: 4096), "\(layout): \(length)") {
                _ = try DriverSide<Layout>(over: memory, queueLength: length)
            }
            #expect(throws: LinkError.geometry(queueLength: length, byteCount: 4096), "\(layout): \(length)") {
                _ = try DeviceSide<Layout>(over: memory, queueLength: length)
            }
        }
        let link = try TestLink(layout)
        for length in [-1, 0, 32768, Int(UInt32.max), Int.max] {
            #expect(throws: LinkError.refused(byteCount: length), "\(layout): \(length)") {
                _ = try link.publish(length) { _ in }
            }
        }
    }

    @Test func memoryHasASizeThatLinksCanHave() {
        for size in [-4096, 0, 1, 4095, 4097, 1 << 32] {
            #expect(throws: LinkError.size(byteCount: size)) { _ = try SharedMemory(byteCount: size) }
        }
    }

    /// As a second process sees a link: the descriptor is adopted, and what one end sends the other receives.
    @Test func memoryIsAdopted() throws {
        let memory = try SharedMemory(byteCount: 32768)
        let other = try SharedMemory(adopting: dup(memory.fileDescriptor))
        var driver = try DriverSide<PackedLayout>(over: memory, queueLength: 64)
        var device = try DeviceSide<PackedLayout>(over: other, queueLength: 64)
        let sent = try driver.send([1 as UInt8, 2, 3].span.bytes)
        #expect(sent)
        guard let frame = try device.peek() else {
            Issue.record("nothing arrived")
            return
        }
        #expect(frame.byteCount == 3)
    }

    /// A file that its maker can still shorten is not mapped.
    @Test func unsealedMemoryIsNotAdopted() throws {
        let file = try #require(tmpfile())
        defer { fclose(file) }
        #expect(throws: LinkError.self) { _ = try SharedMemory(adopting: fileno(file)) }
        #expect(throws: LinkError.system(call: "fcntl", errno: EBADF)) { _ = try SharedMemory(adopting: -1) }
    }

    /// Every fault of the core has a name.
    @Test func everyFaultHasAName() {
        for number in 1..<TOPOC_VQ_FAULT_COUNT.rawValue { #expect(Fault(rawValue: number) != nil) }
        #expect(Fault(rawValue: TOPOC_VQ_FAULT_COUNT.rawValue) == nil)
    }
}
