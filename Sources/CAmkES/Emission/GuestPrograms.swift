// SPDX-License-Identifier: BSD-2-Clause

import Templates
import Wiring

/// The programs of guests, and what each starts.
public enum GuestPrograms {
    /// Where an app has the folders of programs: copies of those beside the topology.
    public static let directory = "programs"
    /// Where it has what guests start.
    static let starts = "start"

    /// Where an app has a folder of programs.
    public static func path(of folder: ProgramsFolder) -> String { "\(directory)/\(folder.path)" }

    /// What each guest starts: a script that its init reads when the network is up.
    static func files(for wiring: Wiring) -> [EmittedFile] {
        wiring.vms.filter(\.starts).map { vm in
            EmittedFile(
                path: "\(starts)/\(vm.instance).sh",
                text: Template.start.filled(["provenance": wiring.provenance, "start": vm.guest.start.value]))
        }
    }

    /// Whether a path, relative to the app's directory, is that of what a guest starts.
    package static func isStart(_ path: String) -> Bool { isOwn(path) }

    /// What a script of an app starts, and the line at which that begins; `nil` where topoc has not written it.
    package static func start(in text: String) -> (line: Int, text: String)? {
        // What stands around it is the same for all topologies, but for their names.
        let (provenance, start): (Character, Character) = ("\u{1}", "\u{2}")
        let parts = Template.start.filled(["provenance": "\(provenance)", "start": "\(start)"])
            .split(whereSeparator: { $0 == provenance || $0 == start })
        guard parts.count > 1, text.hasPrefix(parts[0]), let head = text.firstRange(of: parts[1]) else { return nil }
        let rest = text[head.upperBound...]
        let line = text[..<head.upperBound].count { $0 == "\n" } + 1
        return (line, String(rest.last == "\n" ? rest.dropLast() : rest))
    }

    static func isOwn(_ path: String) -> Bool {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0] == starts, let number = Int(parts[1].dropFirst(2).dropLast(3)) else {
            return false
        }
        return parts[1] == "vm\(number).sh"
    }
}

extension VMWiring {
    /// Whether the app can make it start something, and is to.
    var starts: Bool { hasTreesRootFileSystem && !guest.start.value.isEmpty }
}
