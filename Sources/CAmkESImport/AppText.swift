// SPDX-License-Identifier: BSD-2-Clause

import CAmkES
import ClangSource
import Diagnostics
import Wiring

/// Where an app's text is, and what a build of it would know.
public struct AppSource: Sendable {
    /// The path of the `.camkes` file.
    public var file: String
    /// Directories of headers, in the order in which they are searched: the app's own, then a tree's.
    public var directories: [String]
    /// `NAME` or `NAME=value`.
    public var defines: [String]
    public var target: Target

    public init(file: String, directories: [String], defines: [String] = [], target: Target) {
        self.file = file
        self.directories = directories
        self.defines = defines
        self.target = target
    }
}

/// An app's text, expanded and read.
struct AppText {
    let specification: Specification
    private let reader: SpecificationReader
    private let definitions: [String: MacroScan.Place]
    private(set) var findings: [PlacedFinding] = []

    /// Headers that are not there are found empty, so that the rest is read; each is a finding.
    static let mostMissingHeaders = 32

    init(_ source: AppSource, preprocessor: Preprocessor, libclang: Libclang?) {
        let before = [HeadersForReading.vm]
        var after = [HeadersForReading.connections(for: source.target)].compactMap { $0 }
        var definitions: [String: MacroScan.Place] = [:]
        var findings: [PlacedFinding] = []
        if let libclang {
            var scan = try? Self.scan(source, before, after, libclang)
            while let missing = scan?.missing, findings.count < Self.mostMissingHeaders {
                findings.append(Self.missing(missing))
                let parts = missing.name.split(separator: "/", omittingEmptySubsequences: false)
                guard parts.allSatisfy({ !["", ".", ".."].contains($0) }) else { break }
                after.append(EmittedFile(path: missing.name, text: ""))
                scan = try? Self.scan(source, before, after, libclang)
            }
            definitions = scan?.definitions ?? [:]
            findings += (scan?.skipped ?? []).filter { !$0.path.hasPrefix(Self.memory) }.map(Self.leftOut)
        }
        var bytes: [UInt8] = []
        do throws(PreprocessorError) {
            bytes = try preprocessor.expand(
                source.file, over: source.directories, before: before, after: after, defining: source.defines)
        } catch {
            findings.append(
                PlacedFinding(
                    ReaderRules.preprocessorFailed.finding(
                        error.message, at: nil, notes: ["name headers with `--tree`, and macros with `--define`"]),
                    at: nil))
        }
        let reader = SpecificationReader(bytes, file: source.file)
        self.reader = reader
        self.definitions = definitions
        specification = reader.specification
        self.findings =
            findings
            + reader.findings.map { finding in
                var bare = finding
                bare.span = nil
                return PlacedFinding(bare, at: finding.span.map { reader.place(of: $0.lowerBound) })
            }
    }

    /// Where something stands in the files that a person edits.
    func place(of offset: Int) -> SpecificationPlace { reader.place(of: offset) }

    /// Where a macro is defined, in a file of the app.
    func place(ofMacro name: String) -> SpecificationPlace? {
        definitions[name].flatMap { place in
            place.path.hasPrefix(Self.memory) ? nil : SpecificationPlace(file: place.path, line: place.line)
        }
    }

    /// Where clang believes that the headers in memory lie.
    private static let memory = "/topoc/headers/"

    private static func scan(
        _ source: AppSource, _ before: [EmittedFile], _ after: [EmittedFile], _ libclang: Libclang
    ) throws(ClangFailure) -> MacroScan {
        func files(_ name: String, _ headers: [EmittedFile]) -> [CFile] {
            headers.map { CFile(path: "\(memory)\(name)/\($0.path)", text: $0.text) }
        }
        return try MacroScan(
            source.file, over: ["\(memory)before"] + source.directories + ["\(memory)after"],
            headers: files("before", before) + files("after", after), defining: source.defines, libclang: libclang)
    }

    private static func missing(_ header: MacroScan.MissingHeader) -> PlacedFinding {
        PlacedFinding(
            ImportRules.missingHeader.finding(
                "the header `\(header.name)` is not found, and taken to be empty", at: nil,
                notes: ["name the checkout with `--tree`, where it has this header"]),
            at: SpecificationPlace(file: header.place.path, line: header.place.line))
    }

    private static func leftOut(_ skipped: MacroScan.Skipped) -> PlacedFinding {
        PlacedFinding(
            ImportRules.leftOut.finding(
                "the lines from here to line \(skipped.end) are left out", at: nil,
                notes: ["`--define NAME` makes a build in which NAME is defined"]),
            at: SpecificationPlace(file: skipped.path, line: skipped.line))
    }
}
