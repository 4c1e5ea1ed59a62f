// SPDX-License-Identifier: BSD-2-Clause

import ArgumentParser

@main
struct Topoc: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "topoc", abstract: "From one topology file to virtual machines that talk to each other on seL4.")
}
