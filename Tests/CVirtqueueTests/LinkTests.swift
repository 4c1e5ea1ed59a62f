// SPDX-License-Identifier: BSD-2-Clause

import CVirtqueue
import CVirtqueueHarness
import Testing

@Suite("A link, in every layout")
struct LinkTests {
    /// Queues of 4 pass index 65535 more than once, those of 32768 wrap with every lap.
    @Test(
        "Frames arrive once, in order and whole, and no wake-up is lost, whatever the turns",
        arguments: Layout.all, [4, 8, 256] as [UInt16])
    func exchange(layout: Layout, length: UInt16) {
        for seed in 1...2 as ClosedRange<UInt64> {
            let fault = layout.calls.exchange(length, 32768, 300, 70_000, seed)
            #expect(fault == nil, "seed \(seed): \(fault.map { String(cString: $0) } ?? "")")
        }
    }

    @Test("Memory for a single full frame suffices", arguments: Layout.all)
    func smallestPool(layout: Layout) {
        let fault = layout.calls.exchange(4, layout.calls.overhead(4) + 1536, 1514, 5_000, 1)
        #expect(fault == nil, "\(fault.map { String(cString: $0) } ?? "")")
    }

    @Test("The longest queue of virtio works through the wrap of its positions", arguments: Layout.all)
    func longestQueue(layout: Layout) {
        let fault = layout.calls.exchange(32768, 4 << 20, 100, 140_000, 1)
        #expect(fault == nil, "\(fault.map { String(cString: $0) } ?? "")")
    }

    @Test("Lengths that are no power of two, and memory without a buffer, are refused", arguments: Layout.all)
    func refusedParameters(layout: Layout) {
        for length in [0, 1, 2, 3, 5, 255, 257, 32769, 65535] as [UInt16] {
            #expect(Link(layout, length: length, size: 65536) == nil)
        }
        let overhead = layout.calls.overhead(256)
        #expect(Link(layout, length: 256, size: overhead) == nil)
        #expect(Link(layout, length: 256, size: overhead + 63) == nil)
        #expect(Link(layout, length: 256, size: overhead + 64) != nil)
        #expect(Link(layout, length: 256, size: 0) == nil)
    }

    @Test("A frame that can never fit is refused, and the link goes on", arguments: Layout.all)
    func refusedFrames(layout: Layout) throws {
        let link = try #require(Link(layout))
        #expect(link.send([]) == TOPOC_VQ_REFUSED)
        #expect(link.send([UInt8](repeating: 1, count: 8192)) == TOPOC_VQ_REFUSED)
        #expect(link.send([1, 2, 3]) == TOPOC_VQ_READY)
        #expect(link.receive() == [1, 2, 3])
    }

    @Test("A full ring says so, and has room for what is given back", arguments: Layout.all)
    func fullRing(layout: Layout) throws {
        let link = try #require(Link(layout))
        let capacity = Int(layout.calls.capacity(4))
        for round in 0..<100 {
            for i in 0..<capacity { #expect(link.send([UInt8(i)]) == TOPOC_VQ_READY) }
            #expect(link.send([9]) == TOPOC_VQ_FULL)
            #expect(link.receive() == [0], "round \(round)")
            #expect(link.send([UInt8(capacity)]) == TOPOC_VQ_READY)
            #expect(link.send([9]) == TOPOC_VQ_FULL)
            for i in 1...capacity { #expect(link.receive() == [UInt8(i)]) }
            #expect(link.receive() == nil)
        }
    }

    @Test("What is staged is seen when it is flushed, not before", arguments: Layout.all)
    func staged(layout: Layout) throws {
        let link = try #require(Link(layout))
        #expect(link.stage([1]) == TOPOC_VQ_READY)
        #expect(link.stage([2]) == TOPOC_VQ_READY)
        #expect(!link.driverMustSignal)
        #expect(link.peek().status == TOPOC_VQ_EMPTY)
        link.flushDriver()
        #expect(link.receive() == [1])
        #expect(link.receive() == [2])
    }

    @Test("A batch that fills half of the pool is seen then, what follows when it is flushed", arguments: Layout.all)
    func stagedHalf(layout: Layout) throws {
        let link = try #require(Link(layout, length: 8, size: 8192))
        let frames = (1...5).map { [UInt8](repeating: $0, count: 1000) }
        for frame in frames[..<3] { #expect(link.stage(frame) == TOPOC_VQ_READY) }
        #expect(link.peek().status == TOPOC_VQ_EMPTY)
        #expect(link.stage(frames[3]) == TOPOC_VQ_READY)
        #expect(link.stage(frames[4]) == TOPOC_VQ_READY)
        #expect(link.driverMustSignal)
        for frame in frames[..<4] { #expect(link.receive() == frame) }
        #expect(link.receive() == nil)
        link.flushDriver()
        #expect(link.receive() == frames[4])
    }

    @Test("A frame stays until it is committed, and a commit without a frame takes none", arguments: Layout.all)
    func peekTwice(layout: Layout) throws {
        let link = try #require(Link(layout))
        link.commit()
        #expect(link.send([1]) == TOPOC_VQ_READY)
        #expect(link.send([2]) == TOPOC_VQ_READY)
        #expect(link.peek().frame == [1])
        #expect(link.peek().frame == [1])
        #expect(link.copy().frame == [1])
        link.commit()
        link.commit()
        #expect(link.peek().frame == [2])
    }

    @Test("Copy says how long a frame is that does not fit, and commit drops it", arguments: Layout.all)
    func copyTooLong(layout: Layout) throws {
        let link = try #require(Link(layout))
        #expect(link.send([1, 2, 3, 4]) == TOPOC_VQ_READY)
        #expect(link.send([5]) == TOPOC_VQ_READY)
        let (status, length, frame) = link.copy(capacity: 3)
        #expect(status == TOPOC_VQ_REFUSED)
        #expect(length == 4)
        #expect(frame == [1, 2, 3])
        link.commit()
        #expect(link.copy(capacity: 3).frame == [5])
    }

    @Test("Frames are given back together, at the limit, when nothing is left, and on demand", arguments: Layout.all)
    func heldBack(layout: Layout) throws {
        let link = try #require(Link(layout, length: 128, size: 65536))
        let capacity = Int(layout.calls.capacity(128))
        for _ in 0..<capacity { #expect(link.send([1]) == TOPOC_VQ_READY) }
        for _ in 0..<31 {
            #expect(link.peek().status == TOPOC_VQ_READY)
            link.commit()
        }
        #expect(link.send([2]) == TOPOC_VQ_FULL)
        #expect(link.peek().status == TOPOC_VQ_READY)
        link.commit()
        for _ in 0..<32 { #expect(link.send([2]) == TOPOC_VQ_READY) }
        #expect(link.send([2]) == TOPOC_VQ_FULL)
    }
}
