// SPDX-License-Identifier: BSD-2-Clause

import Processes

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Debian packages, unpacked into a directory of the user's. None is installed, and none is fetched twice.
public struct PackageCache: Sendable, Hashable {
    /// Holds a directory for each package, by its name.
    public let directory: String

    public init(directory: String) {
        self.directory = directory
    }

    /// `topoc/packages` in the user's cache directory.
    public static var standard: PackageCache { PackageCache(directory: "\(caches)/packages") }

    /// `topoc` in the user's cache directory.
    public static var caches: String {
        func variable(_ name: String) -> String? {
            getenv(name).map { String(cString: $0) }.flatMap { $0.hasPrefix("/") ? $0 : nil }
        }
        let caches = variable("XDG_CACHE_HOME") ?? variable("HOME").map { "\($0)/.cache" } ?? "/var/tmp"
        return "\(caches)/topoc"
    }

    /// The directory with the files of a package, which apt fetches where the cache does not have it.
    ///
    /// - Parameter complete: does what is to be done once, over the files, before others see them.
    public func unpacked(
        _ package: String, complete: (String) async throws(GuestError) -> Void = { _ throws(GuestError) in }
    ) async throws(GuestError) -> String {
        let place = "\(directory)/\(package)"
        if access(place, F_OK) == 0 { return place }
        // Others may do the same now: each in a directory of its own, and the first that is done gives the place.
        let scratch = "\(directory)/.\(package)-\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
        try await must(Command("mkdir", ["-p", scratch]))
        do throws(GuestError) {
            try await fetch(package, into: scratch)
            try await must(Command("sh", ["-c", "dpkg-deb -x \"$0\"/*.deb \"$0/files\"", scratch]))
            try await complete("\(scratch)/files")
            guard rename("\(scratch)/files", place) == 0 || access(place, F_OK) == 0 else {
                throw GuestError("cannot write `\(place)`: \(String(cString: strerror(errno)).lowercased())")
            }
        } catch {
            try? await must(Command("rm", ["-rf", scratch]))
            throw error
        }
        try await must(Command("rm", ["-rf", scratch]))
        return place
    }

    private func fetch(_ package: String, into scratch: String) async throws(GuestError) {
        let done = try await run(
            Command(
                "sh", ["-c", "cd \"$0\" && exec apt-get -qq -o Acquire::Retries=2 download \"$1\"", scratch, package]),
            within: .seconds(300))
        guard done.succeeded else {
            throw GuestError(
                "apt cannot fetch the package `\(package)`: \(done.lastWords)",
                notes: [
                    "run `apt-get update` as root, and see that this host reaches its Debian mirror",
                    "a directory with the files of the package may be put at \(directory)/\(package)",
                ])
        }
    }

    /// The package that a package stands for: `linux-image-cloud-amd64` depends on the kernel of the day.
    func dependency(of package: String, prefix: String) async throws(GuestError) -> String {
        let done = try await run(
            Command("apt-cache", ["depends", "--important", package], environment: ["LC_ALL": "C"]),
            within: .seconds(60))
        let names = done.outputText.split(separator: "\n").compactMap { line -> Substring? in
            let words = line.split(separator: " ")
            return words.count == 2 && words[0] == "Depends:" && words[1].hasPrefix(prefix) ? words[1] : nil
        }
        guard done.succeeded, let name = names.first else {
            throw GuestError(
                "apt knows no package `\(package)`: \(done.lastWords)",
                notes: ["run `apt-get update` as root; the lab's guests are of Debian's packages"])
        }
        return String(name)
    }

    private func must(_ command: Command) async throws(GuestError) {
        let done = try await run(command, within: .seconds(120))
        guard done.succeeded else { throw GuestError("`\(command.program)` failed: \(done.lastWords)") }
    }
}

/// Runs a program that the guests' images need.
func run(_ command: Command, within bound: Duration) async throws(GuestError) -> Completed {
    do throws(ProcessError) {
        return try await ChildProcess.run(command, within: bound)
    } catch {
        throw GuestError(error.message)
    }
}

extension Completed {
    /// How it ended, and the last line that it complained with.
    var lastWords: String {
        let line = errorText.split(separator: "\n").last.map { ": \($0)" } ?? ""
        return "it \(ending)\(line)"
    }
}
