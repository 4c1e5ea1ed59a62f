// SPDX-License-Identifier: BSD-2-Clause

import CVSwitch
import Testing
import Wiring

/// What reaches whom, and what is counted where it does not.
@Suite struct TrafficTests {
    @Test func aFrameReachesItsStationAndNoOther() throws {
        let network = try Network(mesh: 4)
        for length in [14, 15, 60, 64, 1500, 1514] {
            let sent = frame(to: network[2].address, from: network[0].address, length: length, mark: length)
            #expect(network[0].send(sent) == nil)
            for station in network.stations { station.receive() }
            #expect(network[2].delivered.last == sent)
        }
        #expect(network[1].delivered.isEmpty)
        #expect(network[3].delivered.isEmpty)
        #expect(network[0].link(to: 2).pointee.counters.sent_frames == 6)
        #expect(network[0].link(to: 2).pointee.counters.sent_bytes == 14 + 15 + 60 + 64 + 1500 + 1514)
        #expect(network[2].link(to: 0).pointee.counters.received_frames == 6)
        #expect(network[2].link(to: 0).pointee.counters.received_bytes == 14 + 15 + 60 + 64 + 1500 + 1514)
    }

    @Test(arguments: [
        0xffff_ffff_ffff, 0x0100_5e00_00fb, 0x3333_0000_0001, 0x0180_c200_000e, 0x0300_0000_0001,
    ])
    func everyGroupReachesAllPeers(_ group: UInt64) throws {
        let network = try Network(mesh: 5)
        let sent = frame(to: MACAddress(value: group), from: network[1].address)
        network[1].send(sent)
        for station in network.stations { station.receive() }
        #expect(network.stations.map(\.delivered.count) == [1, 0, 1, 1, 1])
        #expect(network[4].delivered == [sent])
    }

    @Test func nothingIsPassedOnToAnotherLink() throws {
        // 1 stands between 0 and 2, which are not joined.
        let network = try Network(3, joined: [(0, 1), (1, 2)])
        network[0].send(frame(to: .broadcast, from: network[0].address))
        network[0].send(frame(to: network[2].address, from: network[0].address))
        for _ in 0..<3 { for station in network.stations { station.receive() } }
        #expect(network.stations.map(\.delivered.count) == [0, 1, 0])
        #expect(network[0].drops(TOPOC_DROP_DESTINATION) == 1)
        #expect(network[1].link(to: 2).pointee.counters.sent_frames == 0)
    }

    @Test func aSourceThatIsNotTheGuestsIsDroppedAndCounted() throws {
        let network = try Network(mesh: 3)
        network[0].send(frame(to: network[1].address, from: network[2].address))
        network[0].send(frame(to: .broadcast, from: MACAddress(value: 0x0200_0000_aaff)))
        network[1].receive()
        #expect(network[0].drops(TOPOC_DROP_SOURCE) == 2)
        #expect(network[1].delivered.isEmpty)
    }

    @Test func aPeerCannotSpeakForAnother() throws {
        // Station 0's switch lets any address out; those of 1 and 2 let in only what is the peer's own.
        let loose = try Network(mesh: 3)
        loose[0].sw.pointee.config.sources = TOPOC_SOURCES_ANY
        loose[0].send(frame(to: loose[1].address, from: loose[2].address))
        loose[0].send(frame(to: loose[1].address, from: loose[0].address))
        loose[1].receive()
        #expect(loose[1].delivered.count == 1)
        #expect(loose[1].receiveDrops(from: 0, TOPOC_DROP_SOURCE) == 1)
    }

    @Test func aFrameForAnotherStationIsNotDelivered() throws {
        let network = try Network(mesh: 3)
        // A peer that floods, as upstream's Arm VMM does: what is for 1 goes to 2.
        network[0].links[0].peer = 0
        network[0].sw.pointee.config.table = network.table(
            try MACTable(links: [(network[1].address, 1), (network[2].address, 1)]))
        network[0].send(frame(to: network[1].address, from: network[0].address))
        network[2].receive()
        #expect(network[2].delivered.isEmpty)
        #expect(network[2].receiveDrops(from: 0, TOPOC_DROP_DESTINATION) == 1)
    }

    @Test func lengthsBeyondTheBoundsAreDropped() throws {
        let network = try Network(mesh: 2)
        let whole = frame(to: network[1].address, from: network[0].address, length: 1514)
        network[0].send([])
        network[0].send(Array(whole.prefix(13)))
        network[0].send(whole + [0])
        network[0].send(whole, cuts: [700, 1500])
        network[0].send(whole + [0], cuts: [700, 1500])
        network[0].send(Array(whole.prefix(13)), cuts: [4])
        network[1].receive()
        #expect(network[0].drops(TOPOC_DROP_LENGTH) == 5)
        #expect(network[1].delivered == [whole])
        // A receiver with a lower bound than the sender's.
        network[1].sw.pointee.config.frame_max = 100
        network[0].send(whole)
        network[1].receive()
        #expect(network[1].receiveDrops(from: 0, TOPOC_DROP_LENGTH) == 1)
    }

    @Test func anUnknownDestinationStopsNothingElse() throws {
        let network = try Network(mesh: 3)
        for mark in 0..<6 {
            let to = mark.isMultiple(of: 2) ? MACAddress(value: 0x0200_0000_bb00) : network[1].address
            network[0].send(frame(to: to, from: network[0].address, mark: mark), flush: false)
        }
        network[0].send(frame(to: MACAddress(value: 0), from: network[0].address), flush: false)
        network[0].send(frame(to: network[0].address, from: network[0].address), flush: false)
        topoc_switch_flush(network[0].sw)
        network[1].receive()
        #expect(network[1].delivered.map(mark(of:)) == [1, 3, 5])
        #expect(network[0].drops(TOPOC_DROP_DESTINATION) == 5)
    }

    @Test func aFrameInPiecesArrivesWhole() throws {
        let network = try Network(mesh: 3)
        let sent = frame(to: .broadcast, from: network[0].address, length: 200)
        for cuts in [[1], [6], [13], [14], [15], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13], [0, 0, 100, 100]] {
            network[0].send(sent, cuts: cuts)
            network[1].receive()
            network[2].receive()
            #expect(network[1].delivered.last == sent)
        }
        #expect(network[2].delivered.count == 7)
    }

    @Test func theHeaderThatWasCheckedIsTheOneThatIsCopied() {
        var bytes = frame(to: Network.address(1), from: Network.address(0))
        let before = bytes
        bytes.withUnsafeMutableBufferPointer { buffer in
            var segment = topoc_vq_segment(base: buffer.baseAddress, length: UInt32(buffer.count))
            var checked = topoc_switch_frame()
            #expect(topoc_switch_frame_of(&checked, &segment, 1, 1514))
            for index in 0..<14 { buffer[index] = 0xee }
            var copy = [UInt8](repeating: 0, count: buffer.count)
            topoc_switch_frame_copy(&checked, &copy)
            #expect(copy == before)
        }
    }

    @Test func oneSignalForABatchAndNoneForThoseAwake() throws {
        let network = try Network(mesh: 3, Build(ringLength: 64, memory: 32768))
        #expect(!network[1].listen())
        #expect(!network[2].listen())
        for mark in 0..<10 {
            network[0].send(frame(to: network[1].address, from: network[0].address, mark: mark), flush: false)
        }
        network[0].send(frame(to: .broadcast, from: network[0].address), flush: false)
        topoc_switch_flush(network[0].sw)
        #expect(network[0].signals[0] == 1)
        #expect(network[0].signals[1] == 1)
        network[1].receive()
        for mark in 0..<10 {
            network[0].send(frame(to: network[1].address, from: network[0].address, mark: mark))
        }
        #expect(network[0].signals[0] == 1)
        #expect(network[1].listen(), "there are frames: not to sleep")
        network[1].receive()
        #expect(network[1].delivered.count == 21)
        #expect(!network[1].listen())
    }

    @Test func learnedAddressesLeadBackAndNeverAside() throws {
        let network = try Network(mesh: 3, Build(bridges: [0, 1, 2], learned: 16))
        let inner = MACAddress(value: 0x0200_0000_cc01)
        network[0].send(frame(to: inner, from: network[0].address))
        #expect(network[0].drops(TOPOC_DROP_DESTINATION) == 1)
        network[1].send(frame(to: .broadcast, from: inner))
        network[0].receive()
        network[2].receive()
        network[0].send(frame(to: inner, from: network[0].address, mark: 7))
        network[1].receive()
        #expect(network[1].delivered.map(mark(of:)) == [7])
        // 1 speaks as 2: 0 still sends to 2 what is for 2.
        network[1].send(frame(to: .broadcast, from: network[2].address))
        // 1 speaks as 0, and as a group.
        network[1].send(frame(to: .broadcast, from: network[0].address))
        network[1].send(frame(to: .broadcast, from: .broadcast))
        network[0].receive()
        network[2].receive()
        network[2].delivered = []
        network[0].send(frame(to: network[2].address, from: network[0].address, mark: 8))
        network[1].receive()
        network[2].receive()
        #expect(network[2].delivered.map(mark(of:)) == [8])
        #expect(network[1].delivered.map(mark(of:)) == [7])
        // The station moved: the last place counts.
        network[2].send(frame(to: .broadcast, from: inner))
        network[0].receive()
        network[0].send(frame(to: inner, from: network[0].address, mark: 9))
        network[2].receive()
        #expect(network[2].delivered.map(mark(of:)) == [8, 9])
    }

    @Test func aBridgesPeerPinsItsOthers() throws {
        let network = try Network(mesh: 3, Build(bridges: [0], learned: 16))
        let behind = MACAddress(value: 0x0200_0000_cc01)
        // Neither the guest of 1 nor that of 2 may do as 0 does.
        network[1].send(frame(to: network[0].address, from: behind))
        #expect(network[1].drops(TOPOC_DROP_SOURCE) == 1)
        network[2].sw.pointee.config.sources = TOPOC_SOURCES_ANY
        network[2].send(frame(to: network[1].address, from: behind))
        network[1].receive()
        #expect(network[1].receiveDrops(from: 2, TOPOC_DROP_SOURCE) == 1)
        // And 0 may not speak for those that are known, nor for a group, nor for nobody.
        let nobody = MACAddress(value: 0)
        for source in [network[1].address, network[2].address, .broadcast, nobody] {
            network[0].send(frame(to: network[1].address, from: source))
        }
        network[1].receive()
        #expect(network[1].receiveDrops(from: 0, TOPOC_DROP_SOURCE) == 4)
        #expect(network[1].delivered.isEmpty)
        network[0].send(frame(to: network[1].address, from: behind, mark: 3))
        network[1].receive()
        #expect(network[1].delivered.map(mark(of:)) == [3])
        // The answer goes to the bridge, whose guest is given what is for another station.
        network[1].send(frame(to: behind, from: network[1].address, mark: 4))
        network[0].receive()
        network[2].receive()
        #expect(network[0].delivered.map(mark(of:)) == [4])
        #expect(network[2].delivered.isEmpty)
    }
}
