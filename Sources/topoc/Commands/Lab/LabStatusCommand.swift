// SPDX-License-Identifier: BSD-2-Clause

import ArgumentParser
import Diagnostics
import Lab

struct LabStatusCommand: LabSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Say how the VMs, devices and links of a lab are.")

    @OptionGroup var lab: LabOptions
    @Flag(help: "As JSON.") var json = false

    func perform() async throws -> Int32 {
        try await lab.connect().ask(.status) { event in
            guard case .status(let status) = event else { return }
            try Console.print(json ? try JSONRenderer.encoded(status) : status.text)
        }
    }
}
