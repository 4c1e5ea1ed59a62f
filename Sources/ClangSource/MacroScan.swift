// SPDX-License-Identifier: BSD-2-Clause

import CClang

/// What the preprocessor meets in a text, whatever language the rest of it is: where macros are defined, which parts
/// are left out, and which headers are not there.
public struct MacroScan: Sendable, Hashable {
    /// A line of a file that clang has read.
    public struct Place: Sendable, Hashable {
        public let path: String
        /// Counts from 1.
        public let line: Int
    }

    /// Lines that a directive left out, without the directives themselves.
    public struct Skipped: Sendable, Hashable {
        public let path: String
        /// Of the directive that decided.
        public let line: Int
        /// Of the directive that ends it.
        public let end: Int
    }

    public struct MissingHeader: Sendable, Hashable {
        /// As `#include` names it.
        public let name: String
        public let place: Place
    }

    /// Of each macro the last definition.
    public let definitions: [String: Place]
    public let skipped: [Skipped]
    /// The first that is not there: clang goes no further.
    public let missing: MissingHeader?

    /// Looks at a file on disk. `headers` are seen before what is on disk.
    ///
    /// - Parameters:
    ///   - directories: searched for headers, in this order.
    ///   - defines: `NAME` or `NAME=value`.
    public init(
        _ path: String, over directories: [String], headers: [CFile], defining defines: [String], libclang: Libclang
    ) throws(ClangFailure) {
        let unit = try TranslationUnit(
            libclang, path: path,
            // The text is no C, so all that clang says of its meaning is noise.
            arguments: ["-x", "c", "-nostdinc", "-w", "-ferror-limit=0"] + directories.map { "-I\($0)" }
                + defines.map { "-D\($0)" },
            files: headers, keepsMacros: true)
        let api = libclang.api
        var definitions: [String: Place] = [:]
        for cursor in api.children(of: api.getTranslationUnitCursor(unit.unit))
        where Int(cursor.kind) == CCLANG_MACRO_DEFINITION {
            guard let place = unit.place(api.getCursorLocation(cursor)) else { continue }
            definitions[api.text(api.getCursorSpelling(cursor))] = Place(path: place.path, line: place.line)
        }
        self.definitions = definitions
        skipped = unit.skipped.map { Skipped(path: $0.start.path, line: $0.start.line, end: $0.end.line) }
        missing = unit.diagnostics.lazy.compactMap(Self.missing).first
    }

    /// clang's `'autoconf.h' file not found`.
    private static func missing(_ diagnostic: ClangDiagnostic) -> MissingHeader? {
        let parts = diagnostic.message.split(separator: "'", omittingEmptySubsequences: false)
        guard diagnostic.severity == .fatal, parts.count == 3, parts[2] == " file not found",
            let place = diagnostic.place
        else { return nil }
        return MissingHeader(name: String(parts[1]), place: Place(path: place.path, line: place.line))
    }
}
