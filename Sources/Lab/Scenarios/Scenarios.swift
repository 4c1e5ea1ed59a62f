// SPDX-License-Identifier: BSD-2-Clause

/// What is played across the VMs of a lab.
enum Scenarios {
    static func play(
        _ name: String, in lab: Lab, _ say: @escaping @Sendable (Event) -> Void
    ) async throws(LabError) -> Event {
        throw LabError(LabRules.scenario, "there is no scenario `\(name)`")
    }
}
