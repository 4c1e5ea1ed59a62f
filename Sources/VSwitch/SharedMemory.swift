// SPDX-License-Identifier: BSD-2-Clause

import CHostMemory
import Glibc

/// Memory that the two ends of a link share, as a sealed file in memory (`memfd_create(2)`). It belongs to one owner
/// and is closed with it; what was mapped from it stays until its own end.
///
/// The descriptor can be sent to another process over a Unix socket (`SCM_RIGHTS`), which adopts it.
public struct SharedMemory: ~Copyable, Sendable {
    /// A multiple of the page size.
    public let byteCount: Int
    /// Borrowed: valid as long as this value lives.
    public let fileDescriptor: Int32

    /// Makes `byteCount` bytes, all zero.
    /// - Parameter byteCount: A positive multiple of 4096, below 4 GiB: what seL4 can share, and what a ring can say.
    public init(byteCount: Int) throws(LinkError) {
        try SharedMemory.check(byteCount)
        let descriptor = topoc_host_memory_create(byteCount)
        guard descriptor >= 0 else { throw .system(call: "memfd_create", errno: errno) }
        self.byteCount = byteCount
        fileDescriptor = descriptor
    }

    /// Takes over `descriptor`, which another process made. It stays the caller's where this throws.
    public init(adopting descriptor: Int32) throws(LinkError) {
        switch topoc_host_memory_is_sealed(descriptor) {
        case 1: break
        case 0: throw .unsealed
        default: throw .system(call: "fcntl", errno: errno)
        }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw .system(call: "fstat", errno: errno) }
        try SharedMemory.check(Int(status.st_size))
        byteCount = Int(status.st_size)
        fileDescriptor = descriptor
    }

    deinit { close(fileDescriptor) }

    /// Maps the whole of it. Every end of a link has a mapping of its own.
    public borrowing func map() throws(LinkError) -> Mapping {
        let address = unsafe mmap(nil, byteCount, PROT_READ | PROT_WRITE, MAP_SHARED, fileDescriptor, 0)
        guard let address = unsafe address, unsafe address != MAP_FAILED else {
            throw .system(call: "mmap", errno: errno)
        }
        return unsafe Mapping(base: address, byteCount: byteCount)
    }

    private static func check(_ byteCount: Int) throws(LinkError) {
        guard byteCount > 0, byteCount % 4096 == 0, byteCount <= UInt32.max else { throw .size(byteCount: byteCount) }
    }
}

/// Shared memory where this process sees it. A peer can change every byte of it at every moment.
@safe
public struct Mapping: ~Copyable, @unchecked Sendable {
    @usableFromInline let base: UnsafeMutableRawPointer
    public let byteCount: Int

    init(base: UnsafeMutableRawPointer, byteCount: Int) {
        unsafe self.base = unsafe base
        self.byteCount = byteCount
    }

    deinit { unsafe munmap(base, byteCount) }

    /// Gives the bytes to `body`, for as long as it runs: for tools and tests that play a peer of their own.
    public borrowing func withUnsafeBytes<Result: ~Copyable, Failure: Error>(
        _ body: (UnsafeMutableRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try unsafe body(UnsafeMutableRawBufferPointer(start: base, count: byteCount))
    }
}
