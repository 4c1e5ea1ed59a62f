// SPDX-License-Identifier: BSD-2-Clause

/// What a lab is, and how its parts are.
public struct LabStatus: Codable, Sendable {
    public struct VM: Codable, Sendable {
        public var number: Int
        public var name: String?
        public var hostname: String
        /// By number of the link.
        public var peers: [Int]
        public var addresses: [String]
        public var macs: [String]
        /// "running", or how it ended.
        public var guest: String
        public var device: String
        /// `nil` while there is none.
        public var deviceProcess: Int32?
        /// How often the device was started anew.
        public var restarts: Int

        public var instance: String { "vm\(number)" }
    }

    public struct Link: Codable, Sendable {
        public var from: Int
        public var to: Int
        public var partition: String
        /// Counts the memories that the link has had.
        public var generation: UInt32
        public var isCut: Bool
        /// In the direction from `from` to `to`.
        public var there: Impairment
        public var back: Impairment
    }

    public struct Filter: Codable, Sendable {
        public var name: String
        /// The two VMs that it stands between.
        public var vms: [Int]
        public var state: String
        /// `nil` while there is none.
        public var process: Int32?
        public var restarts: Int
    }

    public var name: String
    public var assembly: String
    public var version: String
    public var guests: GuestKind
    public var process: Int32
    /// What is otherwise than a reader expects.
    public var notes: [String]
    public var vms: [VM]
    public var links: [Link]
    public var filters: [Filter]
}
