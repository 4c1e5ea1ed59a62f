// SPDX-License-Identifier: BSD-2-Clause

import ArgumentParser
import Diagnostics

@main
struct Topoc: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "topoc",
        abstract: "From one topology file to virtual machines that talk to each other on seL4.",
        discussion: """
            A .topo file declares VMs and the partitions that join them. `topoc lint` finds what would fail, or fail \
            silently, in a seL4 build; `topoc build` writes the CAmkES app.

            Exit status: 0 nothing to report, 1 findings, 64 wrong use, 74 a file cannot be read or written, 70 a \
            fault in topoc itself.
            """,
        version: TopocVersion.current,
        subcommands: [
            Build.self, Lint.self, Format.self, Diff.self, Import.self, Install.self, Verify.self, Explain.self,
            Targets.self, Init.self, LabCommand.self,
        ])
}
