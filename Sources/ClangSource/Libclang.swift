// SPDX-License-Identifier: BSD-2-Clause

import CClang

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Why C cannot be checked on this machine. Nothing is wrong with the C.
public struct ClangUnavailable: Error, Sendable, Hashable {
    /// One sentence, without a full stop: "not checked: libclang was not found (apt-get install libclang1-14)".
    public let message: String
    /// The same without its beginning: "libclang was not found (apt-get install libclang1-14)".
    public var reason: String {
        message.hasPrefix(Self.beginning) ? String(message.dropFirst(Self.beginning.count)) : message
    }

    private static let beginning = "not checked: "
    /// The libraries that were tried, each with what was wrong with it.
    public let notes: [String]
}

/// A loaded libclang: clang's parser, behind the C interface that every release keeps.
public struct Libclang: @unchecked Sendable {
    // Never written after loading, and libclang's functions may be called from any thread.
    let api: cclang_api_t
    /// As `--version` of that clang prints it: `Debian clang version 14.0.6`.
    public let version: String

    /// Loads the library of a path, or of a name that the dynamic linker finds.
    public init(path: String) throws(ClangUnavailable) {
        var api = cclang_api_t()
        var reason = [CChar](repeating: 0, count: 1024)
        guard cclang_load(path, &api, &reason, reason.count) == 0 else {
            let said = reason.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
            throw ClangUnavailable(
                message: "not checked: \(path) cannot be used as libclang",
                notes: [String(decoding: said, as: UTF8.self)])
        }
        self.api = api
        version = api.text(api.getClangVersion())
    }

    /// The library that `TOPOC_LIBCLANG` names, or else the first of `candidates` that loads. Found once in a process.
    public static func find() throws(ClangUnavailable) -> Libclang { try found.get() }

    private static let found: Result<Libclang, ClangUnavailable> = Result { () throws(ClangUnavailable) in
        if let path = getenv("TOPOC_LIBCLANG").map({ String(cString: $0) }), !path.isEmpty {
            return try Libclang(path: path)
        }
        return try first(of: candidates)
    }

    /// The first library that loads.
    static func first(of paths: [String]) throws(ClangUnavailable) -> Libclang {
        var notes: [String] = []
        for path in paths {
            do throws(ClangUnavailable) {
                return try Libclang(path: path)
            } catch {
                notes += error.notes
            }
        }
        throw ClangUnavailable(
            message: "not checked: libclang was not found (apt-get install libclang1-14)", notes: notes)
    }

    /// Debian's names for its releases, the development package's, the directories of LLVM's releases, and the library
    /// beside the Swift toolchain on `PATH`.
    public static var candidates: [String] {
        let names = ["libclang-14.so.1"] + (15...22).map { "libclang-\($0).so.1" } + ["libclang.so.1", "libclang.so"]
        return names + files(matching: "/usr/lib/llvm-*/lib/libclang.so.1") + besideSwift
    }

    private static var besideSwift: [String] {
        let path = getenv("PATH").map { String(cString: $0) } ?? ""
        for directory in path.split(separator: ":") where directory.hasPrefix("/") {
            guard let swift = realpath("\(directory)/swift", nil) else { continue }
            defer { free(swift) }
            let parts = String(cString: swift).split(separator: "/").dropLast(2)
            return files(matching: "/\(parts.joined(separator: "/"))/lib/libclang.so")
        }
        return []
    }

    private static func files(matching pattern: String) -> [String] {
        var result = glob_t()
        defer { globfree(&result) }
        guard glob(pattern, 0, nil, &result) == 0, let paths = result.gl_pathv else { return [] }
        return (0..<Int(result.gl_pathc)).compactMap { paths[$0].map { String(cString: $0) } }
    }
}

extension cclang_api_t {
    /// The text of a string of libclang's, which is disposed of.
    func text(_ string: cclang_string_t) -> String {
        defer { disposeString(string) }
        return getCString(string).map { String(cString: $0) } ?? ""
    }
}
