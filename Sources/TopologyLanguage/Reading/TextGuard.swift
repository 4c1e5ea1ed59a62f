// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics

/// Refuses, before the parser sees it, a text that the parser could not take: no UTF-8, or so deep that the parser,
/// which recurses, would run out of stack.
enum TextGuard {
    static func fault(in bytes: [UInt8]) -> Finding? {
        if bytes.count > Limits.fileSize {
            return LanguageRules.fileTooLarge.finding(
                "the file has \(bytes.count) bytes; a topology may have \(Limits.fileSize)", at: nil,
                notes: ["write repeated declarations as a loop: `for n in 0..<16 { VM(n) }`"])
        }
        if let fault = encodingFault(in: bytes) { return fault }
        var scan = TextScan(bytes)
        return scan.fault() ?? (scan.isEmpty ? emptyFile : nil)
    }

    private static var emptyFile: Finding {
        LanguageRules.emptyFile.finding(
            "the file declares nothing", at: nil, notes: ["`topoc init` writes a topology to start from"])
    }

    private static func encodingFault(in bytes: [UInt8]) -> Finding? {
        let invalid = firstInvalidByte(in: bytes)
        if let offset = bytes[..<(invalid ?? bytes.count)].firstIndex(of: 0) {
            return LanguageRules.notText.finding(
                "byte \(offset) of the file is NUL", at: offset..<offset + 1,
                notes: ["a topology is UTF-8 text; remove the byte, or name another file"])
        }
        guard let offset = invalid else { return nil }
        let digits = String(bytes[offset], radix: 16, uppercase: true)
        return LanguageRules.notText.finding(
            "byte \(offset) of the file, 0x\(digits), is not UTF-8", at: offset..<offset + 1,
            notes: ["save the file as UTF-8"])
    }

    private static func firstInvalidByte(in bytes: [UInt8]) -> Int? {
        // The whole is valid nearly always, which the standard library finds out fast.
        guard String(validating: bytes, as: UTF8.self) == nil else { return nil }
        var decoder = Unicode.UTF8.ForwardParser()
        var iterator = bytes.makeIterator()
        var offset = 0
        while true {
            switch decoder.parseScalar(from: &iterator) {
            case .valid(let scalar): offset += scalar.count
            case .error: return offset
            case .emptyInput: return nil
            }
        }
    }
}
