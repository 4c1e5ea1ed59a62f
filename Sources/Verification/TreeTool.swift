// SPDX-License-Identifier: BSD-2-Clause

import CAmkES
import Checkout
import Files
import FoundationEssentials
import Processes
import SystemPackage
import Wiring

/// The CAmkES tool of a checkout, run by a program of topoc's own that does what the checkout's CMake would have it do.
struct TreeTool: Sendable {
    let checkout: Checkout
    /// The interpreter.
    let python: String
    /// For which machine the app is.
    let machine: Target.Machine
    /// For both steps together.
    let bound: Duration

    enum Answer: Sendable {
        case rendered(SyntaxTree, RenderedObjects)
        case parserRefuses(String)
        case rendererRefuses(SyntaxTree, String)
        /// Nothing is wrong with the app, as far as it was looked at; the message says what is missing.
        case notRun(String)
    }

    /// Parses an assembly and renders every template of a build of it.
    func run(_ assembly: FilePath, in scratch: FilePath) async throws(FileError) -> Answer {
        let driver = scratch.appending("camkes_check")
        try FileWriter().write(Self.driver.map { OutputFile(driver.appending($0.name), $0.text) })
        let (tree, objects) = (scratch.appending("tree.json"), scratch.appending("objects.json"))
        let command = Command(
            python,
            [
                driver.string, "--tree", checkout.root.string, "--form", "render", "--arch",
                machine == .arm ? "aarch64" : "x86_64",
                "--ast-json", tree.string, "--objects-json", objects.string, assembly.string,
            ],
            // The tool wants UTF-8 and fixed hashes, and nothing is written into the checkout.
            environment: [
                "PYTHONUTF8": "1", "PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1", "TMPDIR": scratch.string,
            ])
        let ended: Completed
        do throws(ProcessError) {
            ended = try await ChildProcess.run(command, within: bound)
        } catch {
            return .notRun("\(error.message); `--python` names another Python 3")
        }
        let said = Self.last(of: ended.errorText)
        switch ended.ending {
        case .exited(0):
            guard let read = Self.read(SyntaxTree.self, tree), let made = Self.read(RenderedObjects.self, objects)
            else { throw FileError("cannot read what the checkout's CAmkES has made: it is not what topoc expects") }
            return .rendered(read, made)
        case .exited(1):
            guard let read = Self.read(SyntaxTree.self, tree) else { return .parserRefuses(said) }
            return .rendererRefuses(read, said)
        case .exited(2): return .notRun(said)
        case .exited(3):
            let packages = ended.errorText.split(separator: "\n").map(String.init)
            return .notRun(
                "\(python) lacks \(packages.joined(separator: ", ")); `pip install \(packages.joined(separator: " "))` "
                    + "in an environment that `--python` names, or `pip install camkes-deps`")
        case .outOfTime: return .notRun("\(python) \(ended.ending); `--timeout` gives it longer")
        default: return .notRun("\(python) \(ended.ending)" + (said.isEmpty ? "" : ": \(said)"))
        }
    }

    /// A trace may be long; what it comes to stands at its end.
    private static func last(of text: String) -> String {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        return lines.suffix(30).joined(separator: "\n").trimmed
    }

    private static func read<Value: Decodable>(_ type: Value.Type, _ path: FilePath) -> Value? {
        (try? FileReader.read(path)).flatMap { try? JSONDecoder().decode(type, from: Data($0)) }
    }

    private static let driver: [(name: String, text: [UInt8])] = [
        ("__main__.py", PackageResources.__main___py), ("cmake.py", PackageResources.cmake_py),
        ("device_tree.py", PackageResources.device_tree_py), ("objects.py", PackageResources.objects_py),
        ("packages.py", PackageResources.packages_py), ("steps.py", PackageResources.steps_py),
        ("syntax_tree.py", PackageResources.syntax_tree_py),
        ("tool.py", PackageResources.tool_py), ("tree.py", PackageResources.tree_py),
        ("trouble.py", PackageResources.trouble_py),
    ]
}

extension String {
    fileprivate var trimmed: String {
        var text = self[...]
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
