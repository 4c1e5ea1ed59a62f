// SPDX-License-Identifier: BSD-2-Clause

import CLab
import Processes
import Wiring

/// The guest of a VM, of either kind.
protocol Machine: Sendable {
    /// Where the device finds each interface of the guest: what LAB_INTERFACE takes with it.
    var attachments: [Descriptor] { get }
    /// enum lab_guest_kind.
    static var attachmentKind: lab_guest_kind { get }

    /// Lets the guest begin, and waits until it takes commands. Its device runs.
    func boot() async throws(LabError)
    /// Ends the guest, where it runs, and lets it begin again. Its device notices no more than a guest would let it.
    func reboot() async throws(LabError)
    /// Runs a program in it, and gives its exit status.
    ///
    /// - Parameters:
    ///   - bound: the program is ended when so much time has passed.
    ///   - each: gets what it says, as it comes.
    func run(
        _ words: [String], within bound: Duration, each: @escaping @Sendable ([UInt8]) -> Void
    ) async throws(LabError) -> Int32
    func openConsole() throws(LabError) -> Terminal
    /// "running", or how it ended.
    var state: String { get async }
    func stop() async
}

extension LabError {
    /// A guest that has ended.
    init(gone vm: VMWiring, _ how: String) {
        self.init(
            LabRules.guest, "\(vm.instance) is gone: \(how)",
            notes: ["`topoc lab reboot \(vm.instance)` boots it again"])
    }
}

/// What a person sees of a guest, and types.
struct Terminal: Sendable {
    let output: AsyncStream<[UInt8]>
    let type: @Sendable ([UInt8]) -> Void
    let close: @Sendable () -> Void
}
