// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import Topology
import Wiring

/// Programs that cannot be built or put into a guest, or a start that no guest can run.
enum GuestPrograms: Rule {
    static let description = RuleDescription(
        code: "TOPO243", name: "guest-programs", severity: .error,
        summary: "Programs cannot be put into the guests, or what a guest starts cannot be run.",
        rationale: """
            `Programs` names a CMake project by its folder beside the topology. `topoc build` copies the folder into the \
            app, where CMake builds it with the guests' compiler, so the folder is a path that leads down from the \
            topology and that CMake and a shell read as it is written. Each executable becomes `/usr/bin/NAME` of each \
            guest, so a name stands once.

            `start:` is one line of the guest's shell. It becomes a script in `/etc/init.d`, of at most 1000 characters \
            of ASCII. Both can be added only to the tree's root file system: a guest that names its own `initrd` brings \
            its own programs and its own script.
            """,
        bad: """
            import Topology

            Assembly("pair") {
                Programs("../src", "hello")
                VM(0, guest: Guest(initrd: "mine.cpio", start: "hello 192.168.1.2"))
                VM(1)
                Partition("lan") { Link(0, 1) }
            }
            """,
        good: """
            import Topology

            Assembly("pair") {
                Programs("src", "hello")
                VM(0, guest: Guest(start: "hello 192.168.1.2"))
                VM(1)
                Partition("lan") { Link(0, 1) }
            }
            """,
        isAllowable: false)

    static let longestStart = 1000

    static func check(_ subject: Subject, _ report: (Finding) -> Void) {
        checkFolders(subject, report)
        checkNames(subject, report)
        checkStarts(subject, report)
        guard let first = subject.assembly.programs.first,
            !subject.nodes.isEmpty, !subject.nodes.contains(where: \.hasTreesRootFileSystem)
        else { return }
        report(
            description.finding(
                "no guest has the tree's root file system, so none can be given programs", at: first.origin.span,
                notes: ["leave the `initrd:` of a guest out, or put the programs into your own"]))
    }

    private static func checkFolders(_ subject: Subject, _ report: (Finding) -> Void) {
        var first: [String: Placed<String>] = [:]
        for programs in subject.assembly.programs {
            let folder = programs.folder
            if !isFolder(folder.value) {
                report(
                    description.finding(
                        "the programs' folder \(Names.quoted(folder.value)) does not lead down from the topology",
                        at: folder.origin.span ?? programs.origin.span,
                        notes: [
                            "write folders with `/` between them, each a letter or digit, then letters, digits "
                                + "and \"_-.+\""
                        ]))
            } else if let other = first[folder.value] {
                report(
                    description.finding(
                        "the programs of \(Names.quoted(folder.value)) stand twice", at: folder.origin.span,
                        labels: [Label(other.origin, "the other is here")].compactMap { $0 },
                        notes: ["name all of a folder's programs in one `Programs`"]))
            }
            if first[folder.value] == nil { first[folder.value] = folder }
        }
    }

    private static func checkNames(_ subject: Subject, _ report: (Finding) -> Void) {
        var first: [String: Placed<String>] = [:]
        for name in subject.assembly.programs.flatMap(\.names) {
            if !Names.isFileName(name.value) {
                report(
                    description.finding(
                        "the program \(Names.quoted(name.value)) cannot be a file of the guest's `/usr/bin`",
                        at: name.origin.span,
                        notes: ["write a letter or digit, then letters, digits and \"_-.+\""]))
            } else if let other = first[name.value] {
                report(
                    description.finding(
                        "two programs are named \(Names.quoted(name.value))", at: name.origin.span,
                        labels: [Label(other.origin, "the other is named here")].compactMap { $0 },
                        notes: ["a guest has one file of a name; leave one out, or give it another name"]))
            } else {
                first[name.value] = name
            }
        }
    }

    private static func checkStarts(_ subject: Subject, _ report: (Finding) -> Void) {
        var common: Set<SourceSpan> = []
        for node in subject.nodes where !node.guest.start.value.isEmpty {
            let start = node.guest.start
            let text = start.value
            if text.utf8.count > longestStart || !text.utf8.allSatisfy({ (0x20...0x7e).contains($0) }) {
                // What VMs have in common is written once and said once.
                if let span = start.origin.span, !common.insert(span).inserted { continue }
                report(
                    description.finding(
                        "\(node.label) starts \(Names.quoted(text)), which is not a line of a script",
                        at: start.origin.span ?? node.identityOrigin.span,
                        notes: ["write printable ASCII, \(longestStart) characters at most"]))
            } else if !node.hasTreesRootFileSystem {
                report(
                    description.finding(
                        "\(node.label) has a root file system of its own, to which no start can be added",
                        at: start.origin.span ?? node.identityOrigin.span,
                        labels: [Label(node.guest.initrd.origin, "it is named here")].compactMap { $0 },
                        notes: ["start it there, or leave `initrd:` out; `start: \"\"` is none"]))
            }
        }
    }

    private static func isFolder(_ path: String) -> Bool {
        path.utf8.count <= 200
            && path.split(separator: "/", omittingEmptySubsequences: false).allSatisfy { Names.isFileName(String($0)) }
    }
}

extension Node {
    fileprivate var hasTreesRootFileSystem: Bool { guest.initrd.value == Defaults.initrd(vm: number) }
}
