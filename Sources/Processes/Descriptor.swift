// SPDX-License-Identifier: BSD-2-Clause

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// What a call of the system failed with.
public struct ErrorNumber: Error, Sendable, Hashable, CustomStringConvertible {
    public let code: Int32

    public init(_ code: Int32 = errno) {
        self.code = code
    }

    public var description: String { String(cString: strerror(code)).lowercased() }
}

/// An open file, closed with the last who holds it.
public final class Descriptor: Sendable {
    public let number: Int32

    /// - Parameter number: of a descriptor that nobody else closes.
    public init(_ number: Int32) {
        self.number = number
    }

    deinit {
        close(number)
    }

    /// Lets go of the file before the last who holds it does: the number stands for nothing from now on. What a listening
    /// socket was called is free then.
    public func giveUp() {
        let nothing = open("/dev/null", O_RDONLY | O_CLOEXEC)
        guard nothing != -1 else { return }
        if dup2(nothing, number) != -1 { _ = fcntl(number, F_SETFD, FD_CLOEXEC) }
        close(nothing)
    }

    /// Waits for bytes; empty at the end, and where reading fails.
    public func read(upTo limit: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
            var size: Int
            repeat { size = systemRead(number, buffer.baseAddress, limit) } while size == -1 && errno == EINTR
            count = max(size, 0)
        }
    }

    /// Whether bytes, or the end, are there already.
    public var isReadable: Bool {
        var polled = pollfd(fd: number, events: Int16(POLLIN), revents: 0)
        return poll(&polled, 1, 0) > 0
    }

    /// Writes to a socket; false: nobody reads there.
    func write(_ bytes: [UInt8]) -> Bool {
        writeAll(bytes) { send(number, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
    }

    /// Writes to a file; false, with `errno`: not all of it.
    func write(all bytes: [UInt8]) -> Bool {
        writeAll(bytes) { systemWrite(number, $0.baseAddress, $0.count) }
    }

    private func writeAll(_ bytes: [UInt8], by call: (UnsafeRawBufferPointer) -> Int) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let size = rest.withUnsafeBytes(call)
            if size == -1 && errno == EINTR { continue }
            guard size > 0 else { return false }
            rest = rest.dropFirst(size)
        }
        return true
    }
}

/// What one end writes, the other reads.
struct Pipe {
    let reading: Descriptor?
    let writing: Descriptor?

    /// A pair of sockets, since a signal that nobody wants comes with the writing to a pipe that nobody reads.
    static func ofSockets() throws(ErrorNumber) -> Pipe {
        var ends: [Int32] = [-1, -1]
        let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, type, 0, &ends) == 0 else { throw ErrorNumber() }
        return Pipe(reading: Descriptor(ends[0]), writing: Descriptor(ends[1]))
    }

    private init(reading: Descriptor, writing: Descriptor) {
        self.reading = reading
        self.writing = writing
    }

    init() throws(ErrorNumber) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw ErrorNumber() }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        reading = Descriptor(ends[0])
        writing = Descriptor(ends[1])
    }

    /// A file, which nobody writes.
    init(reading path: String) throws(ErrorNumber) {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw ErrorNumber() }
        reading = Descriptor(file)
        writing = nil
    }
}

private func systemWrite(_ file: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int { write(file, bytes, count) }
private func systemRead(_ file: Int32, _ bytes: UnsafeMutableRawPointer?, _ count: Int) -> Int {
    read(file, bytes, count)
}
