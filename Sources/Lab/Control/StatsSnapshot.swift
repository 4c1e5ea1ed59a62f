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

    /// A filter: what each rule decided about, and what fulfilled none.
    public struct Filter: Codable, Sendable {
        public struct Rule: Codable, Sendable {
            /// As the language writes it.
            public var rule: String
            public var frames: UInt64
            public var bytes: UInt64
            /// Of a rule that allows: dropped beyond its rate.
            public var overRate: UInt64
        }

        public var name: String
        /// The two VMs that it stands between.
        public var vms: [Int]
        public var rules: [Rule]
        /// Dropped since they fulfilled no rule: sound and whole frames, fragments, malformed ones.
        public var unruled: UInt64
        public var fragments: UInt64
        public var malformed: UInt64
        /// Frames of a length that no frame has, and frames to a VM whose link is broken.
        public var lengths: UInt64
        public var lost: UInt64
    }

    public var formatVersion = 1
    public var lab: String
    /// Nanoseconds since the host started.
    public var time: UInt64
    /// What is otherwise than a reader expects.
    public var notes: [String]
    public var links: [Link]
    public var interfaces: [Interface]
    public var filters: [Filter]
}
