// SPDX-License-Identifier: BSD-2-Clause

import CLab
import Processes
import Wiring

/// What a user does to links.
extension Lab {
    func impair(_ from: String, _ to: String, _ impairment: Impairment, bothWays: Bool) async throws(LabError) {
        let (index, sender, receiver) = try link(from, to)
        for vm in bothWays ? [sender, receiver] : [sender] {
            links[index].impair(from: vm, impairment)
            try await tell(vm, links[index].impairMessage(to: vm))
        }
    }

    func cut(_ from: String, _ to: String, _ isCut: Bool) async throws(LabError) {
        let (index, sender, receiver) = try link(from, to)
        try await cut(index, isCut, [sender, receiver])
    }

    /// Joins all links that were cut; how many.
    func healAll() async throws(LabError) -> Int {
        let cuts = links.indices.filter { links[$0].isCut }
        for index in cuts { try await cut(index, false, [links[index].lower, links[index].higher]) }
        return cuts.count
    }

    private func cut(_ index: Int, _ isCut: Bool, _ ends: [Int]) async throws(LabError) {
        links[index].isCut = isCut
        for vm in ends { try await tell(vm, links[index].cutMessage(to: vm)) }
    }

    /// Tells a device that serves; another is told when it begins.
    private func tell<Message: DeviceMessage & BitwiseCopyable & Sendable>(
        _ vm: Int, _ message: Message
    ) async throws(LabError) {
        guard devices[vm].serves, let device = devices[vm].process else { return }
        do throws(LabError) {
            try await device.tell(message)
        } catch {
            // It may be ending just now.
            if !device.isOver { throw error }
        }
    }

    /// A capture that a device writes.
    struct RunningCapture: Sendable {
        let vm: Int
        fileprivate let number: UInt32
        /// Ends when it does, with how many frames found no room in the pipe.
        let ended: AsyncStream<UInt64>
    }

    /// Lets a device write its frames into a pipe, until nobody reads it. How many found no room in it.
    func capture(_ vm: String, _ other: String?, into pipe: Descriptor) async throws(LabError) -> UInt64 {
        let capture = try await beginCapture(vm, other, into: pipe)
        let dropped = await capture.ended.reduce(0, +)
        if Task.isCancelled { await endCapture(capture) }
        return dropped
    }

    /// Lets a device write the frames of a VM, or of its link to another, into a pipe from now on.
    ///
    /// - Parameter length: bytes of each frame that are written at most; 0: all.
    func beginCapture(
        _ vm: String, _ other: String?, length: UInt32 = 0, into pipe: Descriptor
    ) async throws(LabError) -> RunningCapture {
        let number = try self.vm(vm).number
        var message = lab_capture()
        message.length = length
        message.link = LAB_ALL_LINKS
        if let other {
            let found = try link(vm, other)
            message.link = UInt32(links[found.index].number(at: number))
        }
        guard devices[number].serves, let device = devices[number].process else { throw deviceIsMissing(number) }
        guard let free = (0..<LAB_CAPTURES_MAX).first(where: { captures[number]?[$0] == nil }) else {
            throw LabError(
                LabRules.tooLarge, "vm\(number) is captured \(LAB_CAPTURES_MAX) times already",
                notes: ["end one of the others"])
        }
        let (ended, sink) = AsyncStream.makeStream(of: UInt64.self)
        captures[number, default: [:]][free] = sink
        message.number = free
        do throws(LabError) {
            try await device.tell(message, [pipe])
        } catch {
            captures[number]?[free] = nil
            throw error
        }
        return RunningCapture(vm: number, number: free, ended: ended)
    }

    /// Ends a capture, if it goes on: what was recorded is in the pipe then.
    func endCapture(_ capture: RunningCapture) async {
        guard captures[capture.vm]?[capture.number] != nil else { return }
        var message = lab_capture()
        message.number = capture.number
        message.link = LAB_ALL_LINKS
        // Without a pipe: it ends.
        try? await devices[capture.vm].process?.tell(message)
        captures[capture.vm]?.removeValue(forKey: capture.number)?.finish()
    }
}
