// SPDX-License-Identifier: BSD-2-Clause

import Foundation
import LabGuest
import Processes
import Testing

struct CpioArchiveTests {
    private var archive: CpioArchive {
        var archive = CpioArchive()
        archive.add("init", text: "#!/bin/sh\n", executable: true)
        archive.add("bin/deep/program", .file([0, 1, 2, 255], executable: true))
        archive.add("bin/sh", .link("deep/program"))
        archive.add("etc/empty", .file([], executable: false))
        archive.add("etc", .directory)
        archive.add("proc", .directory)
        archive.add("ünïcode", text: String(repeating: "x", count: 100_001))
        return archive
    }

    @Test func beginsEachDirectoryBeforeWhatItHolds() {
        #expect(
            archive.paths
                == ["bin", "bin/deep", "bin/deep/program", "bin/sh", "etc", "etc/empty", "init", "proc", "ünïcode"])
    }

    /// The form, byte for byte, of one short file and of the end.
    @Test func writesTheNewASCIIForm() {
        var archive = CpioArchive()
        archive.add("ab", text: "xyz")
        let header = { (fields: [Int]) in "070701" + fields.map { String(format: "%08X", $0) }.joined() }
        // 110 bytes of header and 3 of name: 3 up to the next multiple of 4. Then 3 bytes: 1.
        let expected =
            header([1, 0o100644, 0, 0, 1, 0, 3, 0, 0, 0, 0, 3, 0]) + "ab\0\0\0\0" + "xyz\0"
            + header([0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 11, 0]) + "TRAILER!!!\0\0\0\0"
        #expect(String(decoding: archive.bytes, as: UTF8.self) == expected)
    }

    @Test(.enabled(if: Command.find("cpio") != nil, "there is no cpio"))
    func cpioUnpacksIt() async throws {
        let scratch = try Scratch()
        let done = try await ChildProcess.run(
            Command("sh", ["-c", "cd \"$0\" && cpio -i --quiet", scratch.path]),
            within: .seconds(20), input: archive.bytes)
        #expect(done.succeeded, "\(done.errorText)")
        let found = try FileManager.default.subpathsOfDirectory(atPath: scratch.path).sorted()
        #expect(found == archive.paths)
        for path in archive.paths {
            let attributes = try FileManager.default.attributesOfItem(atPath: "\(scratch.path)/\(path)")
            switch archive[path] {
            case .directory: #expect(attributes[.type] as? FileAttributeType == .typeDirectory)
            case .file(let bytes, let executable):
                #expect(FileManager.default.contents(atPath: "\(scratch.path)/\(path)") == Data(bytes))
                #expect(attributes[.posixPermissions] as? Int == (executable ? 0o755 : 0o644))
            case .link(let target):
                #expect(
                    try FileManager.default.destinationOfSymbolicLink(atPath: "\(scratch.path)/\(path)") == target)
            case nil: Issue.record("nothing at \(path)")
            }
        }
    }
}
