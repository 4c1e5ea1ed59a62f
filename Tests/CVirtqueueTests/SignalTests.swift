// SPDX-License-Identifier: BSD-2-Clause

import CVirtqueue
import CVirtqueueHarness
import Testing

@Suite("Signals of a link")
struct SignalTests {
    /// libvirtqueue's peers neither ask nor decline.
    static let suppressing = Layout.all.filter { $0.name != "libvirtqueue" }

    @Test("The device hears of frames while it listens, and only then", arguments: suppressing)
    func deviceListens(layout: Layout) throws {
        let link = try #require(Link(layout))
        #expect(link.deviceListen() == TOPOC_VQ_EMPTY)
        #expect(!link.driverMustSignal)
        #expect(link.send([1]) == TOPOC_VQ_READY)
        #expect(link.driverMustSignal)
        #expect(!link.driverMustSignal, "nothing was published since")
        link.deviceMute()
        #expect(link.receive() == [1])
        #expect(link.send([2]) == TOPOC_VQ_READY)
        #expect(!link.driverMustSignal)
        #expect(link.deviceListen() == TOPOC_VQ_READY, "what came while it was awake is not slept over")
    }

    @Test("The driver hears of room while it listens, and only then", arguments: suppressing)
    func driverListens(layout: Layout) throws {
        let link = try #require(Link(layout))
        for i in 0..<layout.calls.capacity(4) { #expect(link.send([UInt8(i)]) == TOPOC_VQ_READY) }
        #expect(link.receive() == [0])
        #expect(!link.deviceMustSignal)
        #expect(link.driverListen() == TOPOC_VQ_READY)
        #expect(link.driverListen() == TOPOC_VQ_EMPTY)
        #expect(link.receive() == [1])
        #expect(link.deviceMustSignal)
        #expect(!link.deviceMustSignal)
        link.driverMute()
        #expect(link.receive() == [2])
        #expect(!link.deviceMustSignal)
    }

    @Test("A batch is asked about once, wherever the listener's position is in it", arguments: suppressing)
    func batches(layout: Layout) throws {
        let link = try #require(Link(layout, length: 16))
        for round in 0..<14_000 {
            let sleeps = link.deviceListen() == TOPOC_VQ_EMPTY
            for i in 0..<5 as Range<UInt8> where link.stage([i]) != TOPOC_VQ_READY { Issue.record("no room") }
            link.flushDriver()
            let signalled = link.driverMustSignal
            link.deviceMute()
            let received = (0..<5).map { _ in link.receive() }
            guard sleeps, signalled, received == [[0], [1], [2], [3], [4]] else {
                Issue.record("round \(round): \(sleeps), \(signalled), \(received)")
                return
            }
        }
    }

    @Test(
        "Who fell asleep between two batches that are asked about together hears of the second", arguments: suppressing)
    func askedTogether(layout: Layout) throws {
        let link = try #require(Link(layout))
        link.deviceMute()
        #expect(link.send([1]) == TOPOC_VQ_READY)
        #expect(link.receive() == [1])
        #expect(link.deviceListen() == TOPOC_VQ_EMPTY)
        #expect(link.send([2]) == TOPOC_VQ_READY)
        #expect(link.driverMustSignal)

        #expect(link.driverListen() == TOPOC_VQ_READY)
        #expect(link.driverListen() == TOPOC_VQ_EMPTY)
        #expect(link.receive() == [2])
        #expect(link.deviceMustSignal)
    }

    /// Against the definition: a signal is due if a position was added that has the event's slot and its wrap counter.
    @Test("A packed peer that waits for a position hears of it, and of no other", arguments: [4, 8] as [UInt16])
    func packedPositions(length: UInt16) {
        func wrap(_ position: UInt16) -> Bool { position & length == 0 }
        for start in [0, 32760, 65520] as [UInt16] {
            for offset in 0..<2 * length {
                for count in 1...length {
                    let before = start &+ offset
                    let now = before &+ count
                    for event in 0..<2 * length {
                        let (slot, wrapped) = (event % length, event < length)
                        let due = (0..<count).contains { i in
                            (before &+ i) % length == slot && wrap(before &+ i) == wrapped
                        }
                        var asked = topoc_packed_event(
                            position: slot | (wrapped ? 0x8000 : 0), flags: UInt16(TOPOC_PACKED_EVENT_POSITION))
                        let told = topoc_packed_wants(&asked, true, now, before, length)
                        #expect(told == due, "\(before) to \(now), slot \(slot), wrap \(wrapped)")
                        #expect(topoc_packed_wants(&asked, false, now, before, length), "not negotiated: enabled")
                    }
                }
            }
        }
    }

    @Test("Upstream's peers are always signalled")
    func libvirtqueue() throws {
        let layout = try #require(Layout.all.first { $0.name == "libvirtqueue" })
        let link = try #require(Link(layout))
        link.deviceMute()
        link.driverMute()
        #expect(link.send([1]) == TOPOC_VQ_READY)
        #expect(link.driverMustSignal)
        #expect(link.receive() == [1])
        #expect(link.deviceMustSignal)
    }
}
