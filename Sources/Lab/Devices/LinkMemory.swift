// SPDX-License-Identifier: BSD-2-Clause

import CLabHost
import Processes

/// What lies between the two ends of a link: for each direction sealed memory and a bell. When an end has died, the
/// link gets another.
struct LinkMemory: Sendable {
    enum End: Sendable {
        /// The VM of the lower number.
        case lower
        case higher
    }

    /// Memory into which the lower, and into which the higher VM sends.
    private let sentByLower: Descriptor
    private let sentByHigher: Descriptor
    /// What the lower, and what the higher VM is woken by.
    private let bellOfLower: Descriptor
    private let bellOfHigher: Descriptor

    /// - Parameter size: of each memory, in bytes.
    init(between lower: Int, and higher: Int, size: Int) throws(LabError) {
        sentByLower = try Self.kept(topoc_lab_memory("vm\(lower)-vm\(higher)", size))
        sentByHigher = try Self.kept(topoc_lab_memory("vm\(higher)-vm\(lower)", size))
        bellOfLower = try Self.kept(topoc_lab_bell())
        bellOfHigher = try Self.kept(topoc_lab_bell())
    }

    /// As lab/control.h has them: memory to send into, to receive from, its own bell and its peer's.
    func descriptors(of end: End) -> [Descriptor] {
        switch end {
        case .lower: [sentByLower, sentByHigher, bellOfLower, bellOfHigher]
        case .higher: [sentByHigher, sentByLower, bellOfHigher, bellOfLower]
        }
    }

    private static func kept(_ number: Int32) throws(LabError) -> Descriptor {
        guard number != -1 else {
            throw LabError(
                LabRules.tooLarge, "no memory or bell for a link: \(ErrorNumber())",
                notes: ["each link takes four descriptors of the lab's process: see `ulimit -n`"])
        }
        return Descriptor(number)
    }
}
