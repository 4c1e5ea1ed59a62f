// SPDX-License-Identifier: BSD-2-Clause

/// The parts of SARIF 2.1.0 that topoc writes. The names and the nesting are those of the standard.
struct SARIFLog: Encodable {
    var schema = "https://json.schemastore.org/sarif-2.1.0.json"
    var version = "2.1.0"
    var runs: [Run]

    enum CodingKeys: String, CodingKey {
        case schema = "$schema"
        case version, runs
    }

    struct Run: Encodable {
        var tool: Tool
        /// As `SourceText` counts columns.
        var columnKind = "unicodeCodePoints"
        var artifacts: [Artifact]
        var results: [Result]
    }

    struct Tool: Encodable {
        var driver: Driver
    }

    struct Driver: Encodable {
        var name = "topoc"
        var version: String
        var semanticVersion: String
        var rules: [Rule]
    }

    struct Rule: Encodable {
        var id: String
        var name: String
        var shortDescription: Message
        var fullDescription: Message
        var help: MarkdownMessage
        var defaultConfiguration: Configuration
    }

    struct Configuration: Encodable {
        var level: Severity
    }

    struct Artifact: Encodable {
        var location: ArtifactLocation
        var mimeType = "text/x-swift"
    }

    struct Result: Encodable {
        var ruleId: String
        /// Absent for a code that the catalogue does not hold.
        var ruleIndex: Int?
        var level: Severity
        var message: Message
        var locations: [Location]
        var relatedLocations: [Location]
        var partialFingerprints: [String: String]
        var fixes: [Fix]?
        var suppressions: [Suppression]?
    }

    struct Message: Encodable {
        var text: String
    }

    struct MarkdownMessage: Encodable {
        var text: String
        var markdown: String
    }

    struct Location: Encodable {
        var id: Int?
        var physicalLocation: PhysicalLocation
        var message: Message?
    }

    struct PhysicalLocation: Encodable {
        var artifactLocation: ArtifactLocation
        var region: Region?
    }

    struct ArtifactLocation: Encodable {
        var uri: String
        /// Into `Run.artifacts`.
        var index: Int?
    }

    struct Region: Encodable {
        var startLine: Int
        var startColumn: Int
        var endLine: Int
        var endColumn: Int
    }

    struct Fix: Encodable {
        var description: Message
        var artifactChanges: [ArtifactChange]
    }

    struct ArtifactChange: Encodable {
        var artifactLocation: ArtifactLocation
        var replacements: [Replacement]
    }

    struct Replacement: Encodable {
        var deletedRegion: Region
        var insertedContent: Message
    }

    struct Suppression: Encodable {
        /// `inSource` for `topoc:allow`, `external` for `--allow`.
        var kind: String
        var justification: String?
    }
}
