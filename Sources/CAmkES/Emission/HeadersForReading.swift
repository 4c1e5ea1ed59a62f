// SPDX-License-Identifier: BSD-2-Clause

import Topology
import Wiring

/// Headers in place of a tree's, for reading an app without one.
public enum HeadersForReading {
    /// `configurations/vm.h`: of the tree's macros only those that others are made with, so that its own stay as calls.
    public static let vm = EmittedFile(
        path: "configurations/vm.h",
        text: """
            #pragma once
            #define TOPOC_TEXT(...) #__VA_ARGS__
            #define VAR_STRINGIZE(...) TOPOC_TEXT(__VA_ARGS__)
            #define TOPOC_PASTE(a, b) a##b
            #define CAT(a, b) TOPOC_PASTE(a, b)

            """)

    /// `configurations/connections.h`, with the public macros of a release's and all arities up to those that may be
    /// edited by hand; `nil` for a target without an assembly.
    public static func connections(for target: Target) -> EmittedFile? {
        let target = target.with(.tree) ?? target
        let members = 0...ConnectionsHeader.longestNarrowRow
        let mesh = LinkGroup(shape: .star, members: members.map { Placed(.number($0)) })
        let assembly = Assembly(
            name: Placed("any"),
            elements: members.map { .vm(VM(number: Placed($0), name: nil)) }
                + [.partition(Partition(name: Placed("any"), links: [mesh]))])
        guard let dialect = target.dialect, let wiring = Wiring(Network(assembly), target: target) else { return nil }
        return EmittedFile(
            path: ConnectionsHeader.path, text: ConnectionsHeader.text(for: wiring, dialect: dialect))
    }
}
