// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics

/// Which rule an error of clang's belongs to, and how topoc says it.
///
/// libclang gives no number with a diagnostic: the option that switches it is the surest sign, then the sentence, whose
/// wording has been the same for clang's releases from 14 on.
struct Classification {
    let rule: RuleDescription
    let message: String

    init(_ diagnostic: ClangDiagnostic) {
        let said = diagnostic.message
        let names = said.quoted
        func starts(_ beginnings: String...) -> Bool { beginnings.contains { said.hasPrefix($0) } }

        if diagnostic.option == "-Wimplicit-function-declaration" {
            rule = SourceRules.unknownFunction
            message = "no header declares the function `\(names.first ?? "")`"
        } else if starts("too few arguments to", "too many arguments to") {
            rule = SourceRules.wrongArity
            let callee = diagnostic.notes.first { $0.message.hasSuffix("declared here") }?.message.quoted.first
            message = (callee.map { "`\($0)`: " } ?? "") + said.backticked
        } else if starts("no member named", "field designator") {
            rule = SourceRules.unknownField
            message = names.count >= 2 ? "`\(names[1])` has no field `\(names[0])`" : said.backticked
        } else if said.hasSuffix("file not found") {
            rule = SourceRules.missingHeader
            message = "there is no header `\(names.first ?? "")`"
        } else if Self.options.contains(diagnostic.option) || said.contains("incompatible")
            || starts("conflicting types for", "invalid operands")
        {
            rule = SourceRules.incompatibleTypes
            message = said.backticked
        } else if starts("use of undeclared", "unknown type name", "incomplete definition of type")
            || said.contains("incomplete type")
        {
            rule = SourceRules.unknownName
            message = said.backticked
        } else {
            rule = SourceRules.refused
            message = said.backticked
        }
    }

    /// The warnings of C that say that types differ. `SourceChecker` makes errors of them, for upstream's compiler may.
    static let options: Set<String> = [
        "-Wincompatible-pointer-types", "-Wincompatible-function-pointer-types", "-Wint-conversion",
        "-Wincompatible-pointer-types-discards-qualifiers", "-Wformat", "-Wformat-extra-args",
        "-Wformat-insufficient-args",
    ]
}

extension String {
    /// What stands between single quotes, in order: the names that clang speaks of.
    fileprivate var quoted: [Substring] {
        split(separator: "'", omittingEmptySubsequences: false).enumerated().filter { $0.offset % 2 == 1 }.map(
            \.element)
    }

    /// With the names quoted as topoc quotes them.
    var backticked: String { replacing("'", with: "`") }
}
