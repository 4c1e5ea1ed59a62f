// SPDX-License-Identifier: BSD-2-Clause

import AllocationCount
import Testing
import VSwitch

@Suite struct AllocationTests {
    /// A million frames, each sent, received and given back: not one allocation on this thread.
    @Test func framesMoveWithoutAllocation() throws {
        let memory = try SharedMemory(byteCount: 32768)
        var driver = try DriverSide<PackedLayout>(over: memory, queueLength: 256)
        var device = try DeviceSide<PackedLayout>(over: memory, queueLength: 256)
        let frame: [UInt8] = .init(repeating: 7, count: 64)
        // What Swift allocates once, at the first call of a generic type's function, is allocated here.
        var bytes = try exchange(1000, frame.span.bytes, &driver, &device)
        let before = topoc_allocation_count()
        bytes += try exchange(1_000_000, frame.span.bytes, &driver, &device)
        let after = topoc_allocation_count()
        #expect(after == before)
        #expect(bytes == 1_001_000 * 64)
    }

    /// The count counts.
    @Test func anAllocationIsSeen() {
        let before = topoc_allocation_count()
        let array = [UInt8](repeating: 1, count: Int.random(in: 1000...2000))
        #expect(topoc_allocation_count() > before, "\(array.count) bytes")
    }

    private func exchange<Layout: WireLayout>(
        _ frames: Int, _ bytes: RawSpan, _ driver: inout DriverSide<Layout>, _ device: inout DeviceSide<Layout>
    ) throws(LinkError) -> Int {
        var received = 0
        var sent = 0
        while sent < frames {
            while sent < frames, try driver.send(bytes) { sent += 1 }
            while let frame = try device.peek() {
                received += frame.withBytes { bytes in bytes.byteCount }
                frame.commit()
            }
        }
        return received
    }
}
