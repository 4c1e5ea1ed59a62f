// SPDX-License-Identifier: BSD-2-Clause

import Files
import SystemPackage
import Wiring

/// A checkout of camkes-vm-examples with its projects, as `repo sync` leaves it. Nothing of it is run.
public struct Checkout: Sendable {
    public let root: FilePath
    /// The CAmkES tool's directory, relative to the root.
    public let tool: FilePath
    /// What the CAmkES tool calls itself: `3.10.0`, or `3.13.0-dev` between releases; `nil` where it says nothing.
    public let version: String?
    private let evidence: Evidence

    /// The CAmkES tool, in the manifests of today and in those before.
    public static let tools: [FilePath] = ["projects/camkes-tool", "tools/camkes"]
    static let examples: FilePath = "projects/vm-examples"

    public init(_ path: String) throws(FileError) {
        do throws(Errno) {
            root = try Disk().resolve(FilePath(path))
        } catch {
            throw FileError("cannot use `\(path)`: there is no such directory", notes: [Self.wayOut])
        }
        guard let tool = Self.tools.first(where: { [root] in Self.has($0.pushing("camkes/parser"), below: root) })
        else {
            throw FileError(
                "`\(path)` is no checkout of camkes-vm-examples: it has neither \(Self.tools[0]) nor \(Self.tools[1])",
                notes: [Self.wayOut])
        }
        for part in ["projects/vm/components/Init", Self.examples] as [FilePath]
        where !Self.has(part, below: root) {
            throw FileError(
                "`\(path)` is no checkout of camkes-vm-examples: it has no \(part)", notes: [Self.wayOut])
        }
        self.tool = tool
        let said = (try? FileReader.read(root.pushing(tool).appending("VERSION"))).map {
            String(decoding: $0.prefix(64), as: UTF8.self).split(whereSeparator: \.isWhitespace).first.map(String.init)
        }
        version = said.flatMap { $0.map { $0.hasPrefix("camkes-") ? String($0.dropFirst(7)) : $0 } }
        evidence = Evidence(of: root)
    }

    private static let wayOut =
        "name the directory in which `repo init` with camkes-vm-examples-manifest and `repo sync` were run"

    /// What the checkout is built for: the release of the tool, if the VMM's files do not speak against it.
    ///
    /// - Parameter said: what the user says that it is; `nil`: nothing.
    public func target(said: Target? = nil) throws(FileError) -> Target {
        if let said { return said }
        let known = Target.all.filter { $0.dialect != nil }.map(\.name).joined(separator: ", ")
        guard let version, let release = Self.target(ofTool: version, evidence) else {
            throw FileError(
                version.map { "`\(root)` has CAmkES \($0), for which topoc writes no app" }
                    ?? "`\(root)/\(tool)/VERSION` does not say which release of CAmkES the checkout has",
                notes: ["topoc writes for \(known); where it is one of these, name it with `--target`"])
        }
        guard evidence.fits(release) else {
            throw FileError(
                "`\(root)` has CAmkES \(version), but projects/vm is of another release: \(evidence)",
                notes: ["bring both to one release, or name the one of projects/vm with `--target`"])
        }
        return release
    }

    /// Between two releases of the tool the VMM's files decide.
    private static func target(ofTool version: String, _ evidence: Evidence) -> Target? {
        let numbers = version.split(whereSeparator: { $0 == "." || $0 == "-" }).prefix(2).map { Int($0) }
        guard numbers.count == 2, numbers[0] == 3, let minor = numbers[1] else { return nil }
        let isDevelopment = version.contains("-")
        switch minor {
        case 8: return .camkes3_8
        case 9: return isDevelopment && !evidence.hasCrossVM ? .camkes3_8 : .camkes3_9
        case 10: return .camkes3_10
        case 11...: return isDevelopment && minor == 11 && !evidence.hasInterruptLines ? .camkes3_10 : .newest
        default: return nil
        }
    }

    /// Where an app of a name belongs, relative to the root: beside upstream's, or in another project laid out likewise.
    public func directory(ofApp name: String, for target: Target, project: FilePath? = nil) -> FilePath {
        let project = project ?? Self.examples
        // Until 3.8 the project held x86 apps alone.
        if target.dialect?.configuresVMThroughConfigComponent == true { return project.appending(name) }
        return project.pushing(target.dialect?.machine == .arm ? "apps/Arm" : "apps/x86").appending(name)
    }

    /// Fails where the project would build another app of the name in place of this one.
    public func checkName(ofApp name: String, for target: Target, project: FilePath? = nil) throws(FileError) {
        let other = (project ?? Self.examples).pushing("apps/Arm").appending(name)
        let place = directory(ofApp: name, for: target, project: project)
        guard place.removingLastComponent().lastComponent == "x86", Self.has(other, below: root) else { return }
        throw FileError(
            "`\(root.pushing(other))` is an app of this name, and the project's settings.cmake looks there first",
            notes: ["nothing was changed; choose another name with `--name`"])
    }

    /// Whether something stands at a path relative to the root.
    public func has(_ path: String) -> Bool { Self.has(FilePath(path), below: root) }

    static func has(_ path: FilePath, below root: FilePath) -> Bool {
        (try? Disk().kind(of: root.pushing(path))) ?? nil != nil
    }
}

/// What projects/vm has tells its release apart, whatever the tool says.
private struct Evidence: Sendable, CustomStringConvertible {
    /// Since 3.9.
    let hasCrossVM: Bool
    /// Since 3.11.
    let hasInterruptLines: Bool

    init(of root: FilePath) {
        hasCrossVM = Checkout.has("projects/vm/components/Init/src/crossvm.c", below: root)
        hasInterruptLines = Checkout.has("projects/vm/components/Init/src/virtio_irq.h", below: root)
    }

    func fits(_ target: Target) -> Bool {
        switch target {
        case .camkes3_8: !hasCrossVM
        case .camkes3_9, .camkes3_10: hasCrossVM && !hasInterruptLines
        default: hasInterruptLines
        }
    }

    var description: String {
        hasInterruptLines
            ? "it has components/Init/src/virtio_irq.h, which came with 3.11"
            : hasCrossVM
                ? "it has components/Init/src/crossvm.c, but not virtio_irq.h beside it, as in 3.9 and 3.10"
                : "it has no components/Init/src/crossvm.c, which came with 3.9"
    }
}
