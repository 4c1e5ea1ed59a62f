// SPDX-License-Identifier: BSD-2-Clause

import CVSwitch
import Testing

/// Turns, budgets and back-pressure on the way to the guest.
@Suite struct ReceiveTests {
    private let deep = Build(ringLength: 256, memory: 65536)

    @Test func aBudgetIsKeptAndNothingIsLost() throws {
        let network = try Network(mesh: 3, deep)
        for mark in 0..<100 {
            network[1].send(frame(to: network[0].address, from: network[1].address, mark: mark))
        }
        #expect(network[0].receive(budget: 0) == TOPOC_SWITCH_MORE)
        #expect(network[0].receive(budget: 7) == TOPOC_SWITCH_MORE)
        #expect(network[0].delivered.count == 7)
        #expect(network[0].receive(budget: 93) == TOPOC_SWITCH_MORE)
        #expect(network[0].receive(budget: 1) == TOPOC_SWITCH_IDLE)
        #expect(network[0].delivered.map(mark(of:)) == Array(0..<100))
    }

    @Test func aBusyLinkDoesNotStarveTheOthers() throws {
        let network = try Network(mesh: 4, deep)
        for mark in 0..<200 {
            network[1].send(frame(to: network[0].address, from: network[1].address, mark: mark))
        }
        for peer in 2...3 { network[peer].send(frame(to: network[0].address, from: network[peer].address)) }
        // The quantum of the busy link, then one of each of the others.
        network[0].receive(budget: TOPOC_SWITCH_QUANTUM + 2)
        #expect(network[0].link(to: 1).pointee.counters.received_frames == UInt64(TOPOC_SWITCH_QUANTUM))
        #expect(network[0].link(to: 2).pointee.counters.received_frames == 1)
        #expect(network[0].link(to: 3).pointee.counters.received_frames == 1)
    }

    @Test func smallBudgetsAreFairToo() throws {
        let network = try Network(mesh: 4, deep)
        for peer in 1...3 {
            for mark in 0..<100 {
                network[peer].send(frame(to: network[0].address, from: network[peer].address, mark: mark))
            }
        }
        for _ in 0..<30 { network[0].receive(budget: 5) }
        for peer in 1...3 { #expect(network[0].link(to: peer).pointee.counters.received_frames == 50) }
    }

    @Test func whereTheGuestHasNoRoomFramesWait() throws {
        let network = try Network(mesh: 3, deep)
        for mark in 0..<10 {
            network[1].send(frame(to: network[0].address, from: network[1].address, mark: mark))
        }
        network[0].room = 4
        #expect(network[0].receive() == TOPOC_SWITCH_BLOCKED)
        #expect(network[0].receive() == TOPOC_SWITCH_BLOCKED)
        #expect(network[0].delivered.count == 4)
        network[0].room = .max
        #expect(network[0].receive() == TOPOC_SWITCH_IDLE)
        #expect(network[0].delivered.map(mark(of:)) == Array(0..<10))
        #expect(network[0].link(to: 1).pointee.counters.received_frames == 10)
    }

    @Test func droppedFramesGiveTheirBuffersBack() throws {
        let network = try Network(mesh: 2, Build(parked: 0))
        network[0].sw.pointee.config.sources = TOPOC_SOURCES_ANY
        for _ in 0..<100 {
            network[0].send(frame(to: network[1].address, from: Network.address(9)))
            network[1].receive()
        }
        #expect(network[1].receiveDrops(from: 0, TOPOC_DROP_SOURCE) == 100)
        #expect(network[0].sendDrops(to: 1, TOPOC_DROP_NO_ROOM) == 0)
    }

    @Test func aBrokenLinkIsGoneAndTheOthersAreNot() throws {
        let network = try Network(mesh: 3)
        network[0].send(frame(to: network[1].address, from: network[0].address))
        // The descriptor that was just published names memory that is not the link's.
        let memory = try #require(network.memory[[0, 1]])
        UnsafeMutableRawPointer(memory).storeBytes(of: UInt64.max - 4096, as: UInt64.self)
        network[2].send(frame(to: network[1].address, from: network[2].address, mark: 5))
        #expect(network[1].receive() == TOPOC_SWITCH_IDLE)
        #expect(network[1].delivered.map(mark(of:)) == [5])
        #expect(network[1].link(to: 0).pointee.state == TOPOC_LINK_BROKEN)
        #expect(network[1].link(to: 2).pointee.state == TOPOC_LINK_LIVE)
        network[1].send(frame(to: .broadcast, from: network[1].address, mark: 6))
        network[1].send(frame(to: network[0].address, from: network[1].address))
        network[2].receive()
        #expect(network[2].delivered.map(mark(of:)) == [6])
        #expect(network[1].sendDrops(to: 0, TOPOC_DROP_BROKEN) == 2)
        #expect(!network[1].listen())
    }
}
