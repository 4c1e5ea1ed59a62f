// SPDX-License-Identifier: BSD-2-Clause

import CClang

/// A file that is given to clang in memory; nothing of this name needs to be on disk.
public struct CFile: Sendable, Hashable {
    public var path: String
    public var text: String

    public init(path: String, text: String) {
        self.path = path
        self.text = text
    }
}

/// What clang says of a text.
struct ClangDiagnostic: Sendable, Hashable {
    enum Severity: Int32, Sendable, Hashable {
        case ignored, note, warning, error, fatal
    }

    var severity: Severity
    var message: String
    /// The option that switches it, as `-Wimplicit-function-declaration`; empty where none does.
    var option: String
    /// `nil` where it is about no place.
    var place: ClangPlace?
    /// The notes that clang attaches.
    var notes: [ClangDiagnostic]
}

/// A place in a file that clang has read.
struct ClangPlace: Sendable, Hashable {
    var path: String
    /// Counts from 1.
    var line: Int
    /// The UTF-8 offsets of the token that stands there; empty where none does.
    var span: Range<Int>
}

/// Why clang gave no diagnostics: a fault in clang, or of the machine.
public struct ClangFailure: Error {
    /// libclang's `CXErrorCode`.
    let code: Int32
}

/// One C file with what it includes, parsed.
///
/// The unit is disposed of when it goes out of scope; what is taken of it is copied.
struct TranslationUnit: ~Copyable {
    let api: cclang_api_t
    private let index: UnsafeMutableRawPointer
    let unit: UnsafeMutableRawPointer

    /// Parses `path` with the arguments of a clang command line. `files` are seen before those on disk, `path` among
    /// them. Any text is taken: that it is no C is found out by its diagnostics.
    ///
    /// - Parameter keepsMacros: what the preprocessor did is kept, too.
    init(
        _ libclang: Libclang, path: String, arguments: [String], files: [CFile], keepsMacros: Bool = false
    ) throws(ClangFailure) {
        let options = keepsMacros ? UInt32(CCLANG_PREPROCESSING_RECORD) : 0
        api = libclang.api
        guard let index = api.createIndex(0, 0) else { throw ClangFailure(code: 1) }
        var unit: UnsafeMutableRawPointer?
        let status = CStrings(files.flatMap { [$0.path, $0.text] }).with { texts in
            CStrings(arguments).with { words in
                // libclang copies the files while it parses.
                var unsaved = stride(from: 0, to: texts.count, by: 2).map { at in
                    cclang_unsaved_file_t(
                        path: texts[at].start, contents: texts[at + 1].start, length: UInt(texts[at + 1].count))
                }
                var starts = words.map { Optional($0.start) }
                return libclang.api.parseTranslationUnit2(
                    index, path, &starts, Int32(starts.count), &unsaved, UInt32(unsaved.count), options,
                    &unit)
            }
        }
        guard status == 0, let unit else {
            api.disposeIndex(index)
            throw ClangFailure(code: status)
        }
        self.index = index
        self.unit = unit
    }

    deinit {
        api.disposeTranslationUnit(unit)
        api.disposeIndex(index)
    }

    /// In the order in which clang found them.
    var diagnostics: [ClangDiagnostic] {
        (0..<api.getNumDiagnostics(unit)).compactMap { number in
            guard let diagnostic = api.getDiagnostic(unit, number) else { return nil }
            defer { api.disposeDiagnostic(diagnostic) }
            return self.diagnostic(diagnostic)
        }
    }

    private func diagnostic(_ diagnostic: UnsafeMutableRawPointer) -> ClangDiagnostic {
        // The set belongs to the diagnostic, and so do its members.
        let children = api.getChildDiagnostics(diagnostic)
        let notes = (0..<(children.map { api.getNumDiagnosticsInSet($0) } ?? 0)).compactMap { number in
            api.getDiagnosticInSet(children, number).map { self.diagnostic($0) }
        }
        return ClangDiagnostic(
            severity: .init(rawValue: api.getDiagnosticSeverity(diagnostic)) ?? .error,
            message: api.text(api.getDiagnosticSpelling(diagnostic)),
            option: api.text(api.getDiagnosticOption(diagnostic, nil)),
            place: place(
                api.getDiagnosticLocation(diagnostic),
                ranges: (0..<api.getDiagnosticNumRanges(diagnostic)).map { api.getDiagnosticRange(diagnostic, $0) }),
            notes: notes)
    }

    /// The span is what clang underlines from the location on, or else the token that stands there.
    func place(_ location: cclang_location_t, ranges: [cclang_range_t] = []) -> ClangPlace? {
        let (file, line, start) = position(location)
        guard let file else { return nil }
        var span = ranges.map { self.span($0) }.first { $0.lowerBound == start && !$0.isEmpty }
        if span == nil, let token = api.getToken(unit, location) {
            span = self.span(api.getTokenExtent(unit, token.pointee))
            api.disposeTokens(unit, token, 1)
        }
        if span?.lowerBound != start { span = nil }
        return ClangPlace(path: api.text(api.getFileName(file)), line: line, span: span ?? start..<start)
    }

    private func span(_ range: cclang_range_t) -> Range<Int> {
        let start = position(api.getRangeStart(range)).offset
        return start..<max(start, position(api.getRangeEnd(range)).offset)
    }

    /// Where a location is seen: the place where a macro is used, not the one where it is defined.
    private func position(_ location: cclang_location_t) -> (file: UnsafeMutableRawPointer?, line: Int, offset: Int) {
        var file: UnsafeMutableRawPointer?
        var (line, column, offset): (UInt32, UInt32, UInt32) = (0, 0, 0)
        api.getFileLocation(location, &file, &line, &column, &offset)
        return (file, Int(line), Int(offset))
    }

    /// What `#if` and the like left out: from the directive that decided to the one that ends it.
    var skipped: [(start: ClangPlace, end: ClangPlace)] {
        guard let list = api.getAllSkippedRanges(unit) else { return [] }
        defer { api.disposeSourceRangeList(list) }
        return (0..<Int(list.pointee.count)).compactMap { number in
            guard let range = list.pointee.ranges?[number], let start = place(api.getRangeStart(range)),
                let end = place(api.getRangeEnd(range))
            else { return nil }
            return (start, end)
        }
    }

    /// The place in the file that was parsed whose `#include` leads to a header; `nil` for a file that it does not
    /// include.
    func inclusion(of path: String) -> ClangPlace? {
        var visit = InclusionVisit(path: path, api: api)
        withUnsafeMutablePointer(to: &visit) { pointer in
            api.getInclusions(
                unit,
                { file, stack, depth, context in
                    guard let visit = context?.assumingMemoryBound(to: InclusionVisit.self), depth > 0,
                        let outermost = stack?[Int(depth) - 1]
                    else { return }
                    guard visit.pointee.location == nil,
                        visit.pointee.api.text(visit.pointee.api.getFileName(file)) == visit.pointee.path
                    else { return }
                    visit.pointee.location = outermost
                }, pointer)
        }
        return visit.location.flatMap { place($0) }
    }
}

/// What the visitor of inclusions looks for, and finds.
private struct InclusionVisit {
    let path: String
    let api: cclang_api_t
    var location: cclang_location_t?
}

/// Texts as C takes them: one allocation, each text with a NUL after it. A text may itself hold NULs.
private struct CStrings {
    struct Text {
        let start: UnsafePointer<CChar>
        /// In bytes, without the NUL after it.
        let count: Int
    }

    private var bytes: [UInt8] = []
    private var places: [Range<Int>] = []

    init(_ texts: [String]) {
        for text in texts {
            let start = bytes.count
            bytes += text.utf8
            places.append(start..<bytes.count)
            bytes.append(0)
        }
    }

    func with<Result>(_ body: ([Text]) -> Result) -> Result {
        bytes.withUnsafeBytes { buffer in
            // No text: no base address, and nothing that needs one.
            let start = buffer.assumingMemoryBound(to: CChar.self).baseAddress
            return body(
                places.compactMap { place in start.map { Text(start: $0 + place.lowerBound, count: place.count) } })
        }
    }
}
