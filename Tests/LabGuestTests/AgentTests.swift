// SPDX-License-Identifier: BSD-2-Clause

import Foundation
import Processes
import Testing

@testable import LabGuest

struct AgentTests {
    /// What a guest says, in pieces of every size, means the same.
    @Test(arguments: [1, 2, 3, 7, 20, 1000])
    func piecesDoNotMatter(_ size: Int) throws {
        var conversation = AgentConversation()
        #expect(events(&conversation, "noise\ntopoc ready\n", size) == ([UInt8](), [.ready]))
        let mark = try self.mark(conversation.begin(["ls"], seconds: 5))
        let said = "one\n\n\(mark)x 1\n\(mark.dropLast()) 2\n"
        let (output, others) = events(&conversation, "\(said)\n\(mark) 17\n", size)
        #expect(String(decoding: output, as: UTF8.self) == said)
        #expect(others == [.done(status: 17)])
    }

    /// What cannot be the mark is said at once, also when the command then says nothing for long.
    @Test func linesAreNotHeldBack() throws {
        var conversation = AgentConversation()
        _ = conversation.take(Array("topoc ready\n".utf8))
        let mark = try self.mark(conversation.begin(["ping"], seconds: 5))
        #expect(conversation.take(Array("1 ms".utf8)) == [.output(Array("1 ms".utf8))])
        #expect(conversation.take(Array("\n\(mark.prefix(3))".utf8)) == [])
        #expect(conversation.take(Array("?\n".utf8)) == [.output(Array("\n\(mark.prefix(3))?".utf8))])
        #expect(conversation.take(Array("\(mark) 0\n".utf8)) == [.done(status: 0)])
    }

    @Test func whatNobodyAskedForIsOfNoCommand() throws {
        var conversation = AgentConversation()
        _ = conversation.take(Array("topoc ready\n".utf8))
        #expect(conversation.take(Array("late\n".utf8)) == [])
        let mark = try self.mark(conversation.begin(["true"], seconds: 1))
        #expect(conversation.take(Array("\n\(mark) 0\n".utf8)) == [.done(status: 0)])
        // The mark of a command that is done is no mark any more.
        _ = conversation.begin(["true"], seconds: 1)
        #expect(!conversation.take(Array("\n\(mark) 0\n".utf8)).contains(.done(status: 0)))
    }

    @Test(arguments: ["", "f", "fo", "foo", "foob", "fooba", "foobar", "\u{ff}\u{0}\n"])
    func base64IsThatOfOthers(_ text: String) {
        #expect(AgentConversation.base64(Array(text.utf8)) == Data(text.utf8).base64EncodedString())
    }

    /// The shell gets each word as it was.
    @Test func wordsStayWords() async throws {
        let words = ["a b", "", "it's", "$HOME", "`id`", "\\", "\"", "*", "line\nline", "ü"]
        let line = (["printf", "%s|"] + words).map(AgentConversation.quoted).joined(separator: " ")
        let done = try await ChildProcess.run(Command("sh", ["-c", line]), within: .seconds(100))
        #expect(done.outputText == words.map { "\($0)|" }.joined())
    }

    private func mark(_ line: [UInt8]) throws -> String {
        try String(#require(String(decoding: line, as: UTF8.self).split(separator: " ").first))
    }

    private func events(
        _ conversation: inout AgentConversation, _ text: String, _ size: Int
    ) -> ([UInt8], [AgentConversation.Event]) {
        let bytes = Array(text.utf8)
        var output: [UInt8] = []
        var others: [AgentConversation.Event] = []
        for start in stride(from: 0, to: bytes.count, by: size) {
            for event in conversation.take(Array(bytes[start..<min(start + size, bytes.count)])) {
                if case .output(let bytes) = event { output += bytes } else { others.append(event) }
            }
        }
        return (output, others)
    }
}
