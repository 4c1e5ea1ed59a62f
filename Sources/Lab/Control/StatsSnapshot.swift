// SPDX-License-Identifier: BSD-2-Clause

/// The counters of all links at a moment, for programs and for people.
public struct StatsSnapshot: Codable, Sendable {
    /// One direction at one end.
    public struct Flow: Codable, Sendable {
        public var frames: UInt64
        /// Of Ethernet.
        public var bytes: UInt64
        /// Frames by cause; only causes that occurred.
        public var drops: [String: UInt64]

        public var dropped: UInt64 { drops.values.reduce(0, +) }
    }

    /// A VM's end of a link.
    public struct Link: Codable, Sendable {
        public var vm: Int
        public var peer: Int
        public var partition: String
        /// "live", "stalled", "broken", "cut" or "none".
        public var state: String
        public var generation: UInt64
        public var sent: Flow
        public var received: Flow
        /// Frames that had to wait for room.
        public var parked: UInt64
        /// From the sending guest's side to this one's, of received frames, in nanoseconds; `nil` where none came.
        public var latencyP50: UInt64?
        public var latencyP99: UInt64?
        public var latencyMax: UInt64?
    }

    /// What concerns no one link, at a guest's interface.
    public struct Interface: Codable, Sendable {
        public var vm: Int
        public var interface: Int
        /// "gone", "ready" or "faulty".
        public var state: String
        public var fromGuest: Flow
        public var toGuest: Flow
        public var interrupts: UInt64
    }

    public var formatVersion = 1
    public var lab: String
    /// Nanoseconds since the host started.
    public var time: UInt64
    /// What is otherwise than a reader expects.
    public var notes: [String]
    public var links: [Link]
    public var interfaces: [Interface]
}
