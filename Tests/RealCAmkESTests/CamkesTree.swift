// SPDX-License-Identifier: BSD-2-Clause

import Foundation
import Wiring

/// A checkout of a release of camkes-vm-examples with its projects, and the Python that runs its CAmkES.
///
/// `TOPOC_CAMKES_TREE` names the newest; `TOPOC_CAMKES_TREE_3_9` and the like the older ones;
/// `TOPOC_CAMKES_PYTHON` the interpreter (`python3` unless said).
struct CamkesTree: Sendable {
    let root: URL
    let python: String

    init?(release: String? = nil) {
        let environment = ProcessInfo.processInfo.environment
        let suffix = release.map { "_" + $0.replacingOccurrences(of: ".", with: "_") } ?? ""
        guard let path = environment["TOPOC_CAMKES_TREE\(suffix)"] else { return nil }
        root = URL(filePath: path)
        python = environment["TOPOC_CAMKES_PYTHON"] ?? "python3"
    }

    /// The app's own assembly, in the place that the release has it.
    var ownExample: URL {
        let places = ["projects/vm-examples/apps/x86/zmq_samples", "projects/vm-examples/zmq_samples"]
        let found = places.map { root.appending(path: "\($0)/zmq_samples.camkes") }
            .first { FileManager.default.fileExists(atPath: $0.path) }
        return found ?? root.appending(path: "\(places[0])/zmq_samples.camkes")
    }

    struct Verdict {
        /// 0 accepted, 1 refused, 2 the tree or the Python cannot be used.
        let exitCode: Int32
        let messages: String
        /// The parsed assembly; `nil` where none was asked for or none was made.
        let syntaxTree: SyntaxTree?
    }

    enum Step: String {
        case parse, render
    }

    /// Runs the tree's own parser, and for `.render` every template that a build would render; those in `templates`
    /// take the place of the tree's.
    func check(
        _ assembly: URL, _ step: Step, for machine: Target.Machine = .x86, templates: [URL] = []
    ) throws -> Verdict {
        let scratch = FileManager.default.temporaryDirectory.appending(path: "topoc-real-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: scratch) }
        let json = scratch.appending(path: "ast.json")
        let log = scratch.appending(path: "log")
        try Data().write(to: log)
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        let checker = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Sources/Verification/camkes_check").path
        process.arguments =
            [python, checker, "--tree", root.path, "--form", step.rawValue, "--ast-json", json.path]
            + (machine == .arm ? ["--arch", "aarch64"] : [])
            + templates.flatMap { ["--templates", $0.path] } + [assembly.path]
        let sink = try FileHandle(forWritingTo: log)
        process.standardOutput = sink
        process.standardError = sink
        try process.run()
        process.waitUntilExit()
        return Verdict(
            exitCode: process.terminationStatus, messages: try String(contentsOf: log, encoding: .utf8),
            syntaxTree: (try? Data(contentsOf: json)).flatMap { try? JSONDecoder().decode(SyntaxTree.self, from: $0) })
    }
}

/// The parsed assembly, as far as two of them are compared.
struct SyntaxTree: Decodable, Equatable {
    struct Instance: Decodable, Equatable {
        let name: String
        let type: String
    }

    struct Connection: Decodable, Equatable {
        let name: String
        let type: String
        let from: [String]
        let to: [String]
    }

    let instances: [Instance]
    let connections: [Connection]
    let components: [String: JSONValue]
    let settings: [[JSONValue]]

    /// The tree without settings that no later release reads: `*_attributes` of virtqueue ends.
    var withoutEndAttributes: SyntaxTree {
        SyntaxTree(
            instances: instances, connections: connections, components: components,
            settings: settings.filter { setting in
                guard case .string(let name) = setting[1] else { return true }
                return !(name.hasPrefix("ether_") && name.hasSuffix("_attributes"))
            })
    }
}

/// Any JSON value.
enum JSONValue: Decodable, Equatable {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let value = try? container.decode([JSONValue].self) {
            self = .array(value)
        } else {
            self = .object(try container.decode([String: JSONValue].self))
        }
    }
}
