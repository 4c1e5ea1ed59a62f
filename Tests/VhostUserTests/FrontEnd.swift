// SPDX-License-Identifier: BSD-2-Clause

import CLab
import CVhostUser
import Foundation
import Testing
import VhostUserHarness

/// Two back ends on sockets of names that no other test has.
final class BackEnds {
    let wire: OpaquePointer
    let names: [String]

    /// - Parameter restarted: others before these have died.
    init(offload: Bool = false, restarted: Bool = false) throws {
        names = (0..<2).map { "topoc-test/\(getpid())/\(UInt64.random(in: 0...UInt64.max))/\($0)" }
        var listening = names.map { wire_listen($0) }
        var vm = lab_vm()
        vm.frame_max = offload ? 65550 : 1514
        vm.offload = offload ? 1 : 0
        vm.restarted = restarted ? 1 : 0
        var text = [CChar](repeating: 0, count: 112)
        wire = try #require(wire_open(&listening, &vm, &text))
    }

    deinit { wire_close(wire) }

    /// What the port of an end was told last.
    func state(_ end: Int = 0) -> (state: lab_guest_state, text: String) {
        var counts = wire_count(wire, Int32(end))
        return withUnsafeBytes(of: &counts.text) { bytes in
            (counts.state, String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self))
        }
    }
}

/// A front end that says what a test wants.
final class FrontEnd {
    let front: UnsafeMutablePointer<front>
    private let backEnds: BackEnds
    private let name: String

    enum Answer: Hashable {
        case nothing
        case value(UInt64)
        case closed
    }

    /// Connected, and nothing said.
    init(_ backEnds: BackEnds, end: Int = 0, sealed: Bool = true) throws {
        self.backEnds = backEnds
        name = backEnds.names[end]
        front = .allocate(capacity: 1)
        try #require(front_open(front, backEnds.wire, sealed))
        try #require(front_connect(front, name))
    }

    deinit {
        front_close(front)
        front.deallocate()
    }

    func send(_ message: vhost_user_message) {
        var message = message
        front_send(front, &message)
    }

    func send(_ messages: [vhost_user_message]) {
        for message in messages { send(message) }
    }

    var answer: Answer {
        var reply = vhost_user_message()
        switch front_answer(front, &reply) {
        case FRONT_NOTHING: return .nothing
        case FRONT_REPLY: return .value(reply.payload.value)
        default: return .closed
        }
    }

    func ask(_ message: vhost_user_message) -> Answer {
        send(message)
        return answer
    }

    func kick(_ ring: UInt32) -> Int32 { ring == 0 ? front.pointee.kicks.0 : front.pointee.kicks.1 }
    func error(_ ring: UInt32) -> Int32 { ring == 0 ? front.pointee.errors.0 : front.pointee.errors.1 }

    func reconnect() {
        front_disconnect(front)
        #expect(front_connect(front, name))
    }

    /// All that a driver says until its rings run.
    func start(_ features: Features = Features(), length: UInt16 = 64) -> Bool {
        let base: UInt32 = features.isPacked ? 0x8000_8000 : 0
        return front_start(front, features.bits, length, [base, base])
    }
}

extension vhost_user_message {
    static func value(_ request: vhost_user_request, _ value: UInt64 = 0) -> Self { front_value(request, value) }

    static func ring(_ request: vhost_user_request, _ ring: UInt32 = 0, _ value: UInt32 = 0) -> Self {
        front_state(request, ring, value)
    }

    static func event(_ request: vhost_user_request, _ ring: UInt32 = 0, _ descriptor: Int32) -> Self {
        front_event(request, ring, descriptor)
    }

    func with(_ change: (inout Self) -> Void) -> Self {
        var message = self
        change(&message)
        return message
    }
}
