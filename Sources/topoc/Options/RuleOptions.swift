// SPDX-License-Identifier: BSD-2-Clause

import ArgumentParser
import CAmkES
import CAmkESImport
import Checkout
import ClangSource
import Diagnostics
import Lab
import Topology
import TopologyRules
import Verification
import Wiring

/// What the rules take from the command line.
struct RuleOptions: ParsableArguments {
    @Option(
        name: .customLong("target"),
        help: ArgumentHelp(
            "The release of camkes-vm, or the lab; see `topoc targets`. Unless said: that of a checkout that is named, "
                + "or the newest.", valueName: "name"),
        completion: .list(Target.all.map(\.name)), transform: Self.named)
    private var release: Target?

    @Option(help: "What moves the frames: topoc (its own device) or tree (the device that camkes-vm has).")
    private var dataPath: DataPath?

    @Option(
        name: .customLong("allow"),
        help: ArgumentHelp("Let findings of this code pass. May be given several times.", valueName: "code"),
        transform: Self.code)
    var allowed: [String] = []

    /// The release, with the data path that was asked for or is customary.
    var target: Target { over(release ?? .newest) ?? release ?? .newest }

    /// The same where nobody named a release: that of a checkout.
    func target(of checkout: Checkout) throws -> Target {
        let found = try checkout.target(said: release)
        guard let target = over(found) else { throw refusal(of: found) }
        return target
    }

    func validate() throws {
        if let release, over(release) == nil { throw refusal(of: release) }
    }

    /// A release with the data path that was asked for; `nil` where it has none such.
    private func over(_ release: Target) -> Target? { dataPath.map { release.with($0) } ?? release }

    private func refusal(of release: Target) -> ValidationError {
        let possible = release.dataPaths.map(\.rawValue).joined(separator: ", ")
        return ValidationError(
            "the target `\(release.name)` has no data path `\(dataPath?.rawValue ?? "")`; it has \(possible).")
    }

    private static func named(_ name: String) throws -> Target {
        if let target = Target.named(name) { return target }
        let names = Target.all.map(\.name)
        throw ValidationError(
            "there is no target `\(name)`." + meant(name, among: names) + " There are \(names.joined(separator: ", "))."
        )
    }

    private static func code(_ text: String) throws -> String {
        let rule = try Catalogue.named(text)
        guard rule.isAllowable else {
            throw ValidationError("\(rule.code) (\(rule.name)) cannot be allowed: it leaves nothing to write.")
        }
        return rule.code
    }
}

extension DataPath: ExpressibleByArgument {}

extension Catalogue {
    /// The rules of the text and of the topology, of what is read back, imported or verified, of emitted C, and of the lab.
    static var all: [RuleDescription] {
        descriptions + ReaderRules.all + ImportRules.all + VerificationRules.all + SourceRules.all + LabRules.all
    }

    /// The rule of a code or a name, in letters of either case.
    static func named(_ text: String) throws -> RuleDescription {
        let wanted = text.lowercased()
        if let rule = all.first(where: { $0.code.lowercased() == wanted || $0.name == wanted }) {
            return rule
        }
        throw ValidationError(
            "there is no rule `\(text)`." + meant(text, among: all.flatMap { [$0.code, $0.name] })
                + " `topoc explain` lists the rules.")
    }
}

private func meant(_ text: String, among names: [String]) -> String {
    Suggestion.nearest(to: text, among: names).map { " Did you mean `\($0)`?" } ?? ""
}
