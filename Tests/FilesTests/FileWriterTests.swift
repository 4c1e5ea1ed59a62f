// SPDX-License-Identifier: BSD-2-Clause

import Files
import Foundation
import SystemPackage
import Testing

@Suite struct FileWriterTests {
    /// Two files that are new, with new directories; one that changes; one that stays; a link that is followed; two
    /// that go, one of them the last in its directory, and one that is already gone.
    private func setUp(_ scratch: Scratch) throws -> [OutputFile] {
        try scratch.put("app/changes.h", "old", permissions: 0o666)
        try scratch.put("app/stays.h", "same", permissions: 0o600)
        try scratch.put("app/vm1/etc/hosts", "goes")
        try scratch.put("app/goes.h", "goes", permissions: 0o640)
        try scratch.put("elsewhere/real.txt", "old")
        try FileManager.default.createSymbolicLink(
            atPath: scratch.path.appending("app/link.txt").string, withDestinationPath: "../elsewhere/real.txt")
        let files: [(String, String?)] = [
            ("app/vm0/etc/network/interfaces", "lo"), ("app/vm0/etc/hosts", "127.0.0.1"), ("app/changes.h", "new"),
            ("app/stays.h", "same"), ("app/link.txt", "new"), ("app/vm1/etc/hosts", nil), ("app/goes.h", nil),
            ("app/gone.h", nil),
        ]
        return files.map { OutputFile(scratch.path.appending($0.0), $0.1.map { Array($0.utf8) }) }
    }

    @Test func everythingIsWrittenAndWhatIsRightIsLeftAlone() throws {
        let scratch = try Scratch()
        let files = try setUp(scratch)
        let stays = scratch.path.appending("app/stays.h").string
        let past = Date(timeIntervalSince1970: 1_000_000)
        try FileManager.default.setAttributes([.modificationDate: past], ofItemAtPath: stays)
        let written = try FileWriter().write(files)
        #expect(
            written.map { $0.file.path.lastComponent?.string } == [
                "interfaces", "hosts", "changes.h", "link.txt", "hosts", "goes.h",
            ])
        #expect(try FileManager.default.attributesOfItem(atPath: stays)[.modificationDate] as? Date == past)
        let snapshot = scratch.snapshot
        #expect(snapshot["app/vm0/etc/hosts"] == "644 127.0.0.1")
        #expect(snapshot["app/changes.h"] == "666 new")
        #expect(snapshot["elsewhere/real.txt"] == "644 new")
        #expect(snapshot["app/goes.h"] == nil)
        #expect(snapshot["app/vm1/etc"] == nil)
        #expect(snapshot["app/vm1"] != nil)
        #expect(snapshot.keys.allSatisfy { !$0.contains(".tmp") })
        #expect(try FileWriter().write(files) == [])
    }

    @Test(arguments: [true, false])
    func whereverAStepFailsNothingHasChanged(hasLinks: Bool) throws {
        let counting = FaultyDisk(hasLinks: hasLinks)
        let first = try Scratch()
        try FileWriter(counting).write(try setUp(first))
        // After the last rename all is written, and the steps left remove four old files and up to two directories.
        let stepsThatMatter = counting.stepCount - 6
        #expect(stepsThatMatter > 20)
        for step in 0..<stepsThatMatter {
            let scratch = try Scratch()
            let files = try setUp(scratch)
            let before = scratch.snapshot
            // Without links the attempt to link fails anyhow.
            let disk = FaultyDisk(failing: step, hasLinks: hasLinks)
            do throws(FileError) {
                try FileWriter(disk).write(files)
                #expect(scratch.snapshot["app/changes.h"] == "666 new", "step \(step) was survived")
            } catch {
                #expect(error.message.contains("o space left"), "step \(step)")
                #expect(scratch.snapshot == before, "step \(step)")
            }
        }
    }

    @Test func aDirectoryOrADeviceInTheWayIsNamed() throws {
        let scratch = try Scratch()
        try scratch.put("a.camkes/inside", "")
        #expect(throws: FileError.self) {
            try FileWriter().write([OutputFile(scratch.path.appending("a.camkes"), [])])
        }
        do throws(FileError) {
            try FileWriter().write([OutputFile("/dev/null", [])])
            Issue.record("written")
        } catch {
            #expect(error.message == "cannot write `/dev/null`: it is no regular file")
        }
    }

    @Test func aFileInPlaceOfADirectoryIsNamed() throws {
        let scratch = try Scratch()
        try scratch.put("app", "a file")
        do throws(FileError) {
            try FileWriter().write([OutputFile(scratch.path.appending("app/a.camkes"), [])])
            Issue.record("written")
        } catch {
            #expect(error.message.hasSuffix("app/a.camkes`: not a directory"))
        }
    }

    @Test func twoFilesAtOnePlaceAreRefused() throws {
        let scratch = try Scratch()
        let paths = ["a/b", "a/./c/../b"].map { OutputFile(scratch.path.appending($0), []) }
        #expect(throws: FileError.self) { try FileWriter().write(paths) }
        #expect(scratch.snapshot.isEmpty)
    }
}

@Suite struct FileReaderTests {
    @Test func whatCannotBeReadIsNamedWithTheReason() throws {
        let scratch = try Scratch()
        func message(_ path: FilePath) -> String? {
            do throws(FileError) {
                _ = try FileReader.read(path)
                return nil
            } catch {
                return error.message + error.notes.map { " | " + $0 }.joined()
            }
        }
        #expect(message(scratch.path) == "cannot read `\(scratch.path)`: is a directory | name the file in it")
        #expect(message("none/such.topo") == "cannot read `none/such.topo`: no such file or directory")
        #expect(message("/dev/zero") == "cannot read `/dev/zero`: file too large | topoc reads files of up to 64 MiB")
        #expect(try FileReader.read("/dev/null") == [])
    }
}
