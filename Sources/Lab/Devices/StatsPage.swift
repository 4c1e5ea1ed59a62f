// SPDX-License-Identifier: BSD-2-Clause

import CLab
import CLabHost
import Processes

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The counters of a VM (lab/stats.h): written by its device, and only read here.
final class StatsPage: Sendable {
    let file: Descriptor
    private let linkCount: Int
    // The pages stay where they are until the end; whoever writes them is another process.
    nonisolated(unsafe) private let base: UnsafeRawPointer
    private let size: Int

    init(_ instance: String, linkCount: Int) throws(LabError) {
        let size = Int(lab_stats_bytes(UInt32(linkCount)))
        let number = topoc_lab_memory("\(instance)-stats", size)
        guard number != -1 else {
            throw LabError(LabRules.tooLarge, "no memory for the counters of \(instance): \(ErrorNumber())")
        }
        file = Descriptor(number)
        guard let base = mmap(nil, size, PROT_READ, MAP_SHARED, number, 0), base != MAP_FAILED else {
            throw LabError(LabRules.tooLarge, "no memory for the counters of \(instance): \(ErrorNumber())")
        }
        self.base = UnsafeRawPointer(base)
        self.size = size
        self.linkCount = linkCount
    }

    deinit {
        munmap(UnsafeMutableRawPointer(mutating: base), size)
    }

    /// A copy of the counters of the VM.
    func read() -> lab_stats {
        var copy = lab_stats()
        lab_stats_read(base.assumingMemoryBound(to: lab_stats.self), &copy)
        return copy
    }

    /// A copy of those of a link.
    func readLink(_ number: Int) -> lab_link_stats {
        var copy = lab_link_stats()
        guard (0..<linkCount).contains(number) else { return copy }
        lab_stats_read_link(base.assumingMemoryBound(to: lab_stats.self), UInt32(number), &copy)
        return copy
    }
}
