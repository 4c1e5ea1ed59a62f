// SPDX-License-Identifier: BSD-2-Clause

/// Guests that end and begin again.
extension Lab {
    /// Ends the guest of a VM, with all that runs in it, and boots it again; waits until it takes commands. Its device
    /// stays.
    func reboot(_ number: Int) async throws(LabError) {
        // A guest waits for its device; one that is being started anew comes.
        let device = devices[number]
        if device.process == nil, device.isGivenUp || !order.heals { throw deviceIsMissing(number) }
        guard rebooting.insert(number).inserted else {
            throw LabError(
                LabRules.guest, "vm\(number) is being rebooted already", notes: ["`topoc lab status` says when it runs"]
            )
        }
        let machine = machines[number]
        // Whoever asked may go: a guest that was ended boots all the same.
        let work = Task { () async -> LabError? in
            do throws(LabError) {
                try await machine.reboot()
                return nil
            } catch {
                return error
            }
        }
        let error = await work.value
        rebooting.remove(number)
        if let error { throw error }
    }
}
