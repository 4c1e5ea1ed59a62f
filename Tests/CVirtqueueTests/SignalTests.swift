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
