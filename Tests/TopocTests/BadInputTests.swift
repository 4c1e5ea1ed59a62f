// SPDX-License-Identifier: BSD-2-Clause

import Foundation
import Testing

@Suite struct BadInputTests {
    private func lint(_ data: Data) throws -> Ended {
        let scratch = try Scratch()
        try scratch.put("mesh.topo", data)
        return try Executable.topoc("lint", "mesh.topo", in: scratch)
    }

    @Test func anEmptyFileIsAFinding() throws {
        let ended = try lint(Data())
        #expect(ended.status == 1)
        #expect(ended.output.contains("the file declares nothing"))
    }

    @Test func bytesThatAreNoUTF8AreAFinding() throws {
        let ended = try lint(Data(Sample.good.utf8) + [0x2F, 0x2F, 0xFF, 0xFE, 0x0A])
        #expect(ended.status == 1)
        #expect(ended.output.contains("UTF-8"))
        #expect(ended.output.contains("--> mesh.topo:9:3"))
    }

    @Test func aDirectoryIsNoFile() throws {
        let scratch = try Scratch()
        for command in ["lint", "format"] {
            let ended = try Executable.topoc(command, ".", in: scratch)
            #expect(ended.status == 74)
            #expect(
                ended.errors == "error: cannot read `.`: is a directory\n  = note: name the file in it\n")
        }
    }

    @Test func aHugeOrEndlessFileIsRefused() throws {
        let huge = try lint(Data(repeating: UInt8(ascii: " "), count: 3 << 20))
        #expect(huge.status == 1)
        let endless = try Executable.topoc("lint", "/dev/zero")
        #expect(endless.status == 74)
        #expect(endless.errors.hasPrefix("error: cannot read `/dev/zero`: file too large\n"))
    }

    @Test func aFullStandardOutputIsAnError() throws {
        let scratch = try Scratch()
        try scratch.put("mesh.topo", Sample.good)
        for command in [
            "lint mesh.topo", "format - < mesh.topo", "explain", "targets", "build mesh.topo --stdout",
        ] {
            let ended = try Executable.shell("\"$TOPOC\" \(command) > /dev/full", in: scratch)
            #expect(ended.status == 74, "\(command)")
            #expect(
                ended.errors.hasPrefix("error: cannot write standard output: No space left"),
                "\(ended.errors)")
        }
    }
}
