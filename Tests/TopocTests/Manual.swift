// SPDX-License-Identifier: BSD-2-Clause

import Foundation

/// The man page, made of what the commands say of themselves (`--experimental-dump-help`).
struct Manual {
    private struct Dump: Decodable {
        var command: Command
    }

    private struct Command: Decodable {
        var commandName: String
        /// The commands that stand before it.
        var superCommands: [String]?
        var shouldDisplay: Bool?
        var abstract: String?
        var discussion: String?
        var subcommands: [Command]?
        var arguments: [Argument]?
        var preamble: String?

        enum CodingKeys: CodingKey {
            case commandName, superCommands, shouldDisplay, abstract, discussion, subcommands, arguments
        }
    }

    private struct Argument: Decodable {
        struct Name: Decodable {
            var kind: String
            var name: String
        }

        var kind: String
        var shouldDisplay: Bool
        var isOptional: Bool
        var isRepeating: Bool
        var names: [Name]?
        var valueName: String?
        var defaultValue: String?
        var abstract: String?
    }

    private let command: Command
    private let version: String

    init(dump: String, version: String) throws {
        command = try JSONDecoder().decode(Dump.self, from: Data(dump.utf8)).command
        self.version = version
    }

    var page: String {
        let commands = commands(of: command)
        var lines = [
            ".\\\" SPDX-License-Identifier: BSD-2-Clause", ".\\\" Made from the commands by `make docs`.",
            ".TH TOPOC 1 \"\" \"topoc \(version)\" \"User Commands\"", ".SH NAME",
            "topoc \\- " + escaped(command.abstract ?? ""), ".SH SYNOPSIS",
        ]
        for command in commands { lines += [synopsis(command), ".br"] }
        lines += ["\\fBtopoc\\fR [\\fB\\-\\-version\\fR] [\\fB\\-\\-help\\fR]", ".SH DESCRIPTION"]
        lines += paragraphs(command.discussion) + [".SH COMMANDS"]
        for command in commands { lines += section(command) }
        lines += [
            ".SH ENVIRONMENT", ".TP", "\\fBNO_COLOR\\fR",
            "With any value but the empty one: no colours, also on a terminal.", ".TP", "\\fBTOPOC_DEVICE\\fR",
            "The program that is a VM's network device in the lab, where it is not the one beside topoc.",
            ".SH SHELL COMPLETION", "\\fBtopoc \\-\\-generate\\-completion\\-script\\fR \\fIshell\\fR",
            "prints a script for bash, zsh or fish.",
        ]
        return lines.joined(separator: "\n") + "\n"
    }

    /// Those that do something. What is said of a command that has others stands before the first of these.
    private func commands(of command: Command) -> [Command] {
        (command.subcommands ?? []).filter { $0.commandName != "help" && $0.shouldDisplay != false }.flatMap {
            command in
            var commands = self.commands(of: command)
            guard !commands.isEmpty else { return [command] }
            commands[0].preamble = [command.abstract, command.discussion].compactMap(\.self).joined(separator: "\n")
            return commands
        }
    }

    /// As it is typed: `lab up`.
    private func name(_ command: Command) -> String {
        ((command.superCommands ?? []).dropFirst() + [command.commandName]).joined(separator: " ")
    }

    private func section(_ command: Command) -> [String] {
        var lines =
            command.preamble.map { [".SS topoc " + escaped(command.superCommands?.last ?? "")] + paragraphs($0) } ?? []
        lines += [".SS topoc " + escaped(name(command)), synopsis(command), ".PP"]
        lines += paragraphs(command.abstract)
        if let discussion = command.discussion { lines += [".PP"] + paragraphs(discussion) }
        for argument in shown(command) {
            let value = argument.defaultValue.map { " (default: \($0))" } ?? ""
            lines += [".TP", names(argument), escaped((argument.abstract ?? "") + value)]
        }
        return lines
    }

    private func shown(_ command: Command) -> [Argument] {
        (command.arguments ?? []).filter { argument in
            argument.shouldDisplay && !["help", "version"].contains(argument.names?.last?.name)
        }
    }

    private func synopsis(_ command: Command) -> String {
        let arguments = shown(command).map { argument in
            let name = names(argument) + (argument.isRepeating ? " ..." : "")
            return argument.isOptional ? "[\(name)]" : name
        }
        return (["\\fBtopoc \(escaped(name(command)))\\fR"] + arguments).joined(separator: " ")
    }

    private func names(_ argument: Argument) -> String {
        let value = "\\fI\(escaped(argument.valueName ?? "value"))\\fR"
        guard argument.kind != "positional" else { return value }
        let names = (argument.names ?? []).map { name in
            "\\fB" + escaped((name.kind == "long" ? "--" : "-") + name.name) + "\\fR"
        }
        return names.joined(separator: ", ") + (argument.kind == "option" ? " " + value : "")
    }

    private func paragraphs(_ text: String?) -> [String] {
        (text ?? "").split(separator: "\n").flatMap { [escaped(String($0)), ".PP"] }.dropLast()
    }

    /// Text that roff prints as it is.
    private func escaped(_ text: String) -> String {
        let escaped = text.replacing("\\", with: "\\e").replacing("-", with: "\\-").replacing(
            "`", with: "\\(ga")
        return escaped.hasPrefix(".") || escaped.hasPrefix("'") ? "\\&" + escaped : escaped
    }
}
