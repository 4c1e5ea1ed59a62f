// SPDX-License-Identifier: BSD-2-Clause

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A directory of this process alone, for the preprocessor.
struct ScratchDirectory {
    let path: String

    init() throws(PreprocessorError) {
        let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(parent)/topoc-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Self.failure("\(parent) takes no directory") }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Writes a file, and the directories above it.
    func write(_ bytes: [UInt8], to name: String) throws(PreprocessorError) {
        var directory = path
        for part in name.split(separator: "/").dropLast() {
            directory += "/\(part)"
            guard mkdir(directory, 0o700) == 0 || errno == EEXIST else { throw Self.failure(directory) }
        }
        let file = open("\(path)/\(name)", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw Self.failure("\(path)/\(name)") }
        defer { close(file) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { systemWrite(file, $0.baseAddress, $0.count) }
            guard count > 0 else { throw Self.failure("\(path)/\(name)") }
            rest = rest.dropFirst(count)
        }
    }

    func read(_ name: String) throws(PreprocessorError) -> [UInt8] {
        let file = open("\(path)/\(name)", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw Self.failure("\(path)/\(name)") }
        defer { close(file) }
        let size = Int(lseek(file, 0, SEEK_END))
        guard size >= 0, lseek(file, 0, SEEK_SET) == 0 else { throw Self.failure("\(path)/\(name)") }
        var filled = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            while filled < size {
                let read = systemRead(file, buffer.baseAddress.map { $0 + filled }, size - filled)
                guard read > 0 else { break }
                filled += read
            }
            count = filled
        }
        guard filled == size else { throw Self.failure("\(path)/\(name)") }
        return bytes
    }

    /// Removes what the preprocessor and this process have put here.
    func remove() {
        removeTree(path)
    }

    private func removeTree(_ path: String) {
        if let directory = opendir(path) {
            while let entry = readdir(directory) {
                let name = withUnsafePointer(to: &entry.pointee.d_name) {
                    $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
                }
                if name != ".", name != ".." { removeTree("\(path)/\(name)") }
            }
            closedir(directory)
            rmdir(path)
        } else {
            unlink(path)
        }
    }

    private static func failure(_ what: String) -> PreprocessorError {
        PreprocessorError(message: "\(what): \(String(cString: strerror(errno)))")
    }
}

private func systemWrite(_ file: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int { write(file, bytes, count) }
private func systemRead(_ file: Int32, _ bytes: UnsafeMutableRawPointer?, _ count: Int) -> Int {
    read(file, bytes, count)
}
