// SPDX-License-Identifier: BSD-2-Clause

import CVSwitch
import Testing
import Wiring

/// Full rings: what waits, for how long, and who does not have to.
@Suite struct ParkingTests {
    /// Fills the ring from 0 to a peer; the marks that went in.
    private func fill(_ network: Network, to peer: Int) -> [Int] {
        (0..<8).map { mark in
            #expect(network[0].send(frame(to: network[peer].address, from: network[0].address, mark: mark)) == nil)
            return mark
        }
    }

    @Test func aFrameWaitsForRoomAndKeepsItsPlace() throws {
        let network = try Network(mesh: 3)
        var expected = fill(network, to: 1)
        let cookies = (8..<11).map { mark in
            network[0].send(frame(to: network[1].address, from: network[0].address, mark: mark))
        }
        expected += [8, 9, 10]
        #expect(cookies.allSatisfy { $0 != nil })
        #expect(network[0].link(to: 1).pointee.parked == 3)
        #expect(network[0].completed.isEmpty)
        network[0].resume()
        #expect(network[0].completed.isEmpty, "there is still no room")
        // The peer takes two frames, and gives their buffers back as the batch ends; then it is asked for a signal.
        network[1].receive(budget: 2)
        #expect(network[1].signals[0] == 1, "it was asked to say when there is room")
        network[0].resume()
        #expect(network[0].completed == [cookies[0], cookies[1]].compactMap { $0 })
        // Room or not, what comes later stays behind what waits.
        network[1].receive(budget: 4)
        expected.append(11)
        #expect(network[0].send(frame(to: network[1].address, from: network[0].address, mark: 11)) != nil)
        network[0].resume()
        network[1].receive()
        #expect(network[1].delivered.map(mark(of:)) == expected)
        #expect(network[0].completed.count == 4)
        #expect(network[0].waitingCookies.isEmpty)
        #expect(network[0].link(to: 1).pointee.counters.parked_frames == 4)
        #expect(network[0].link(to: 1).pointee.counters.sent_frames == 12)
    }

    @Test func aPeerThatTakesNothingStopsNobody() throws {
        let network = try Network(mesh: 4)
        // 1 takes nothing, ever.
        for mark in 0..<200 {
            network[0].send(frame(to: .broadcast, from: network[0].address, mark: mark))
            network[2].receive()
            network[3].receive()
            network[0].resume()
        }
        #expect(network[2].delivered.map(mark(of:)) == Array(0..<200))
        #expect(network[3].delivered.map(mark(of:)) == Array(0..<200))
        // Of 8 records it has half: 4 wait, the rest was dropped and counted.
        #expect(network[0].link(to: 1).pointee.parked == 4)
        #expect(network[0].sendDrops(to: 1, TOPOC_DROP_NO_ROOM) == 200 - 8 - 4)
        #expect(network[0].waitingCookies.count == 4)
    }

    @Test func aSlowPeerFindsRoomBesideDeadOnes() throws {
        let network = try Network(mesh: 5, Build(parked: 12))
        // 1, 2 and 3 are dead. 4 takes one frame for each that it is sent, but only after a burst of two beyond its ring.
        for mark in 0..<60 {
            for peer in 1...3 {
                network[0].send(frame(to: network[peer].address, from: network[0].address, mark: mark))
            }
        }
        let held = (1...3).map { Int(network[0].link(to: $0).pointee.parked) }
        #expect(held.reduce(0, +) <= 9)
        for mark in 0..<10 {
            network[0].send(frame(to: network[4].address, from: network[0].address, mark: mark))
        }
        for _ in 0..<2 {
            network[4].receive()
            network[0].resume()
        }
        #expect(network[4].delivered.map(mark(of:)) == Array(0..<10))
        #expect(network[0].sendDrops(to: 4, TOPOC_DROP_NO_ROOM) == 0)
    }

    @Test func aBroadcastWaitsOnlyWhereItMust() throws {
        let network = try Network(mesh: 3)
        _ = fill(network, to: 1)
        let cookie = network[0].send(frame(to: .broadcast, from: network[0].address, mark: 8))
        #expect(cookie != nil)
        network[2].receive()
        #expect(network[2].delivered.map(mark(of:)) == [8])
        network[1].receive()
        network[0].resume()
        network[1].receive()
        #expect(network[1].delivered.map(mark(of:)) == Array(0..<9))
        #expect(network[2].receive() == TOPOC_SWITCH_IDLE)
        #expect(network[2].delivered.count == 1)
        #expect(network[0].completed == [cookie].compactMap { $0 })
    }

    @Test func withoutRecordsAFrameIsDroppedAndCounted() throws {
        let network = try Network(mesh: 2, Build(parked: 0))
        _ = fill(network, to: 1)
        #expect(network[0].send(frame(to: network[1].address, from: network[0].address)) == nil)
        #expect(network[0].sendDrops(to: 1, TOPOC_DROP_NO_ROOM) == 1)
    }

    @Test func theGuestMaySendWhenItHearsThatAFrameIsThrough() throws {
        let network = try Network(mesh: 2)
        var expected = fill(network, to: 1)
        var next = 8
        network[0].onCompletion = { station in
            guard next < 300 else { return }
            station.send(frame(to: network[1].address, from: station.address, mark: next), flush: false)
            next += 1
        }
        for _ in 0..<3 {
            network[0].send(frame(to: network[1].address, from: network[0].address, mark: next))
            next += 1
        }
        while network[0].link(to: 1).pointee.parked > 0 {
            network[1].receive(budget: 3)
            network[0].resume()
        }
        topoc_switch_flush(network[0].sw)
        network[1].receive()
        expected += Array(8..<network[1].delivered.count)
        #expect(network[1].delivered.map(mark(of:)) == expected)
        #expect(network[0].sendDrops(to: 1, TOPOC_DROP_NO_ROOM) == 0)
    }

    @Test func whatIsParkedForALinkThatBreaksIsGivenBack() throws {
        let network = try Network(mesh: 3)
        _ = fill(network, to: 1)
        let cookies = (0..<2).map { _ in network[0].send(frame(to: .broadcast, from: network[0].address, mark: 9)) }
        // The peer gives back a buffer that it never had.
        let memory = UnsafeMutableRawPointer(try #require(network.memory[[0, 1]]))
        memory.storeBytes(of: 999, toByteOffset: 12, as: UInt16.self)
        memory.storeBytes(of: 0x8080, toByteOffset: 14, as: UInt16.self)
        network[0].resume()
        #expect(network[0].link(to: 1).pointee.state == TOPOC_LINK_BROKEN)
        #expect(Set(network[0].completed) == Set(cookies.compactMap { $0 }))
        #expect(network[0].sendDrops(to: 1, TOPOC_DROP_BROKEN) == 2)
        network[0].send(frame(to: .broadcast, from: network[0].address, mark: 10))
        network[2].receive()
        #expect(network[2].delivered.map(mark(of:)) == [9, 9, 10])
        #expect(network[0].sendDrops(to: 1, TOPOC_DROP_BROKEN) == 3)
    }

    @Test func aCallerThatAsksLosesNothingToASlowPeer() throws {
        let network = try Network(mesh: 3, Build(parked: 2))
        var sent = 0
        var rounds = 0
        while sent < 500 {
            while sent < 500 && network[0].ready {
                network[0].send(frame(to: network[1].address, from: network[0].address, mark: sent))
                sent += 1
            }
            // The peer is slow: one frame a round, and the caller's timer runs out each time.
            network[1].receive(budget: 1)
            network[0].resume()
            _ = network[0].expire()
            rounds += 1
        }
        for _ in 0..<4 {
            network[1].receive()
            network[0].resume()
        }
        #expect(network[1].delivered.map(mark(of:)) == Array(0..<500))
        #expect(rounds > 400)
    }

    @Test func aPeerThatIsStalledHoldsNobodyUp() throws {
        let network = try Network(mesh: 3, Build(parked: 2))
        var mark = 0
        while network[0].ready {
            network[0].send(frame(to: network[1].address, from: network[0].address, mark: mark))
            mark += 1
        }
        #expect(network[0].link(to: 1).pointee.parked == 1)
        #expect(network[0].expire(), "its first period may have begun just now")
        #expect(!network[0].ready)
        #expect(!network[0].expire())
        #expect(network[0].ready)
        #expect(network[0].waitingCookies.isEmpty)
        #expect(network[0].link(to: 1).pointee.state == TOPOC_LINK_STALLED)
        #expect(network[0].sendDrops(to: 1, TOPOC_DROP_STALLED) == 1)
        network[0].send(frame(to: .broadcast, from: network[0].address, mark: 50))
        network[2].receive()
        #expect(network[2].delivered.count == 1)
        #expect(network[0].sendDrops(to: 1, TOPOC_DROP_STALLED) == 2)
        // It wakes up, and is like any other.
        network[1].receive()
        network[0].send(frame(to: .broadcast, from: network[0].address, mark: 51))
        network[1].receive()
        #expect(network[0].link(to: 1).pointee.state == TOPOC_LINK_LIVE)
        #expect(network[1].delivered.last.map { CVSwitchTests.mark(of: $0) } == 51)
    }
}
