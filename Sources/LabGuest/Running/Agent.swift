// SPDX-License-Identifier: BSD-2-Clause

/// The conversation with a guest's init over its second serial line (see Resources/guest-init).
///
/// The guest says that it is ready. Then it is given one command at a time: a line of a mark, the seconds that it may
/// take, and the command as base64. What the command says comes as it is, and behind it a line of the mark and the exit
/// status. A mark is a random number of 64 bits, so that nothing which a command says is taken for it.
struct AgentConversation: Sendable {
    enum Event: Sendable, Hashable {
        case ready
        case output([UInt8])
        case done(status: Int32)
    }

    static let greeting = Array("topoc ready\n".utf8)

    private var mark: [UInt8]?
    private var isReady = false
    private var rest: [UInt8] = []

    /// The line that begins a command. What came before it is of no command.
    mutating func begin(_ words: [String], seconds: Int) -> [UInt8] {
        let name = "topoc-" + String(UInt64.random(in: 0...UInt64.max), radix: 16)
        mark = Array("\n\(name) ".utf8)
        rest = []
        let command = words.map(Self.quoted).joined(separator: " ")
        return Array("\(name) \(seconds) \(Self.base64(Array(command.utf8)))\n".utf8)
    }

    /// What bytes that have come mean.
    mutating func take(_ bytes: [UInt8]) -> [Event] {
        rest += bytes
        if !isReady {
            guard let greeting = rest.firstRange(of: Self.greeting) else { return [] }
            isReady = true
            rest = Array(rest[greeting.upperBound...])
            return [.ready]
        }
        guard let mark else {
            rest = []
            return []
        }
        guard let place = rest.firstRange(of: mark) else {
            // What ends as the mark begins may be its first bytes; all else is what the command says.
            let held = (0..<mark.count).last { rest.suffix($0).elementsEqual(mark.prefix($0)) } ?? 0
            let certain = rest.count - held
            guard certain > 0 else { return [] }
            let output = Array(rest[..<certain])
            rest.removeFirst(certain)
            return [.output(output)]
        }
        guard let end = rest[place.upperBound...].firstIndex(of: UInt8(ascii: "\n")),
            let status = Int32(String(decoding: rest[place.upperBound..<end], as: UTF8.self))
        else { return [] }
        let output = Array(rest[..<place.lowerBound])
        self.mark = nil
        rest = []
        return (output.isEmpty ? [] : [.output(output)]) + [.done(status: status)]
    }

    /// A word as the shell reads it: as it is.
    static func quoted(_ word: String) -> String {
        "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }

    /// RFC 4648.
    static func base64(_ bytes: [UInt8]) -> String {
        let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var text: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
            for position in 0..<4 {
                let digit = digits[bits >> (18 - 6 * position) & 63]
                text.append(position <= group.count ? digit : UInt8(ascii: "="))
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}
