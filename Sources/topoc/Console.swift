// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import Files
import SystemPackage

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Standard output and standard error.
enum Console {
    /// The style for standard output.
    static var style: TextStyle { TextStyle(isColoured: isColoured(.standardOutput)) }
    /// The style for standard error.
    static var errorStyle: TextStyle { TextStyle(isColoured: isColoured(.standardError)) }

    /// What a terminal is cleared with, where standard output is one.
    static var cleared: String { isatty(FileDescriptor.standardOutput.rawValue) == 1 ? "\u{1B}[H\u{1B}[2J" : "" }

    /// Prints to standard output. A full disk behind it is an error, not silence.
    static func print(_ text: String) throws(FileError) {
        do {
            try FileDescriptor.standardOutput.writeAll(Array(text.utf8))
        } catch {
            throw FileError("cannot write standard output: \(error)")
        }
    }

    /// Prints to standard error.
    static func note(_ text: String) {
        // There is nowhere left to complain.
        _ = try? FileDescriptor.standardError.writeAll(Array(text.utf8))
    }

    /// Says on standard error what could not be read or written.
    static func complain(_ error: FileError) {
        note(TextRenderer(style: errorStyle).render(error: error.message, notes: error.notes))
    }

    /// Colour only on a terminal that has it, and unless the user said no (`NO_COLOR`, any value but the empty one).
    private static func isColoured(_ descriptor: FileDescriptor) -> Bool {
        func variable(_ name: String) -> String { getenv(name).map { String(cString: $0) } ?? "" }
        return isatty(descriptor.rawValue) == 1 && variable("NO_COLOR").isEmpty && variable("TERM") != "dumb"
    }
}
